"""Per-layer vectors as curves."""

from __future__ import annotations

from minimind_tui.base.text import Text
from minimind_tui.content.plots import Layers
from minimind_tui.run.series import Series
from minimind_tui.views.curves import PlotData
from minimind_tui.views.figure import Curve
from minimind_tui.views.plots.kind import Shown
from minimind_tui.views.plots.line import CurveKind, references

LAYER = Text(zh="层", en="layer")


class LayersKind(CurveKind[Layers]):
    """The last recorded vector of each arm, against the number of the layer (from 1)."""

    def data(self, shown: Shown[Layers]) -> PlotData:
        """One curve per arm."""
        plot, curves = shown.plot, []
        for index, label, recorded in shown.arms():
            values = recorded.layers.get(plot.metric)
            if values:
                series = Series()
                series.extend(list(range(1, len(values) + 1)), values)
                curves.append(Curve(label, index, series))
        longest = max((len(curve.series) for curve in curves), default=1)
        return PlotData(
            curves=curves,
            references=references(shown) if plot.references else [],
            x_range=(1.0, float(max(2, longest))),
            x_label=(plot.x_label or LAYER).of(shown.language),
            y_label=shown.said(plot.y_label),
            log=plot.log,
        )


KIND = LayersKind()
