"""The texts that models wrote."""

from __future__ import annotations

from rich.console import RenderableType

from minimind_tui.base.inert import inert
from minimind_tui.base.text import Language
from minimind_tui.content.plots import Samples
from minimind_tui.run.records import Sample
from minimind_tui.run.summary import Summary
from minimind_tui.views.plots.entries import Entry, EntryKind, recorded
from minimind_tui.views.plots.kind import Shown
from minimind_tui.views.plots.line import STEP
from minimind_tui.views.wrap import wrapped


class SamplesKind(EntryKind[Samples, Sample]):
    """Each text after its prompt, the latest of each arm first."""

    def data(self, shown: Shown[Samples]) -> list[Entry[Sample]]:
        """All texts that are kept."""
        return recorded(shown, Sample, "")

    def entry(self, content: Sample, language: Language) -> RenderableType:
        """The prompt muted, then the text."""
        return wrapped("").append(inert(content.prompt), "muted").append(inert(content.text))


def newest_sample(summary: Summary, language: Language) -> str | None:
    """The text that was recorded last, after its prompt, in one line; None where there is none yet."""
    samples = [sample for recorded in summary.arms.values() for sample in recorded.all(Sample)]
    if not samples:
        return None
    last = max(samples, key=lambda sample: sample.step)  # of several from one step, the first prompt's
    said = inert(last.prompt + last.text).replace("\n", "⏎")
    return f"{STEP.of(language)} {last.step}: {said}"


KIND = SamplesKind()
