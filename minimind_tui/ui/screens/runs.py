"""Runs: all that were ever started, newest first; open one again, or compare two in one plot."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.coordinate import Coordinate
from textual.widgets import DataTable, Static

from minimind_tui.base.inert import inert
from minimind_tui.run.runs import RunInfo, list_runs
from minimind_tui.run.stop import delete, size_of, stop
from minimind_tui.ui.key_bar import Foot, NextBar
from minimind_tui.ui.screens.base import TutorScreen
from minimind_tui.ui.screens.states import STATES
from minimind_tui.views.findings import changed_parameters
from minimind_tui.views.words import megabytes, seconds

AT_ONCE = 200
"""Rows that are added before the keys are looked at again."""


class RunsScreen(TutorScreen):
    """The history as a table."""

    DEFAULT_CSS = """
    #runs-table { height: 1fr; }
    """

    BINDINGS = [
        Binding("enter", "open", "打开|Open", id="runs.open", tooltip="打开这次运行|Open this run"),
        Binding(
            "space",
            "mark",
            "选中|Mark",
            id="runs.mark",
            tooltip="选中或取消；选两次来比较|Mark for comparing, or not",
        ),
        Binding(
            "c",
            "compare",
            "比较|Compare",
            id="runs.compare",
            tooltip="把选中的两次画在一张图里|Both marked runs in one plot",
        ),
        Binding("s", "stop", "停止|Stop", id="runs.stop", tooltip="停止这次运行|Stop this run"),
        Binding(
            "x",
            "delete",
            "删除|Delete",
            id="runs.delete",
            tooltip="删除这次运行（先确认）|Delete this run (asks first)",
        ),
        Binding("j", "move(1)", "下|Down", show=False, id="runs.down", tooltip="下一行|Next row"),
        Binding("k", "move(-1)", "上|Up", show=False, id="runs.up", tooltip="上一行|Row above"),
        Binding(
            "escape",
            "app.pop_screen",
            "返回|Back",
            id="runs.back",
            tooltip="回到上一个屏幕|Back to the screen before",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._runs: list[RunInfo] = []
        self._marked: list[str] = []
        self._drawn: list[tuple[RunInfo, bool]] = []
        """What the rows of the table show: each run, and whether it is marked."""

    def compose(self) -> ComposeResult:
        """The table, or a sentence where there is nothing to show."""
        yield DataTable(id="runs-table", cursor_type="row", zebra_stripes=False)
        yield Static(id="runs-empty")
        yield Foot()

    def on_mount(self) -> None:
        """Read the history after the first paint, and again while something runs."""
        self.call_after_refresh(self.fill)
        self.set_interval(1.0, self._follow)

    def keep_place(self) -> Callable[[], None]:
        """The run that is chosen."""
        row = self.query_one(DataTable).cursor_row

        def back() -> None:
            while len(self._drawn) <= min(row, len(self._runs) - 1):
                self._follow()
            self.query_one(DataTable).move_cursor(row=row)

        return back

    def fill(self) -> None:
        """Write all rows of the table."""
        self._drawn = []
        self._follow()

    def _follow(self) -> None:
        """Draw what is new; of a long history the rest, part by part."""
        self._runs = list_runs(self.tutor.home)
        self._marked = [run_id for run_id in self._marked if any(run.id == run_id for run in self._runs)]
        rows = [(run, run.id in self._marked) for run in self._runs]
        before = self._drawn
        table, styles = self.query_one(DataTable), self.styles_by_name()
        if before and [run.id for run, _ in before] == [run.id for run, _ in rows[: len(before)]]:
            self._drawn = rows[: len(before) + AT_ONCE]
            for index, row in enumerate(self._drawn):
                if index >= len(before):
                    table.add_row(*self._row(row[0], styles))
                elif row != before[index]:
                    self._update(table, index, self._row(row[0], styles))
        else:
            self._drawn = rows[: self._fill_table(table, before, styles)]
        if len(self._drawn) < len(rows):
            self.set_timer(0.05, self._follow)
        self._guide()

    def _fill_table(
        self, table: DataTable[Text | str], before: list[tuple[RunInfo, bool]], styles: Mapping[str, Style]
    ) -> int:
        """The rows anew, the cursor on the run where it was; how many: a screenful beyond it, for a first look."""
        cursor, ids = table.cursor_row, [run.id for run in self._runs]
        if 0 <= cursor < len(before) and before[cursor][0].id in ids:
            cursor = ids.index(before[cursor][0].id)
        table.clear(columns=True)
        for heading in self.say(
            " ,开始,实验,状态,用时,种子,改过的参数", " ,Started,Experiment,State,Time,Seed,Changed"
        ).split(","):
            table.add_column(heading)
        seen = max(cursor, 0) + self.size.height
        for run in self._runs[:seen]:
            table.add_row(*self._row(run, styles))
        table.move_cursor(row=min(cursor, max(0, len(ids) - 1)))
        table.display = bool(ids)
        empty = self.query_one("#runs-empty", Static)
        empty.display = not ids
        empty.update(
            self.say("还没有运行过实验。{runs.back} 返回。", "No experiment has been run yet. {runs.back} goes back.")
        )
        if ids:
            table.focus()
        return seen

    @staticmethod
    def _update(table: DataTable[Text | str], index: int, row: list[Text | str]) -> None:
        for column, cell in enumerate(row):
            if table.get_cell_at(Coordinate(index, column)) != cell:
                table.update_cell_at(Coordinate(index, column), cell, update_width=True)

    def _row(self, run: RunInfo, styles: Mapping[str, Style]) -> list[Text | str]:
        mark, chinese, english, style = STATES[run.state]
        experiment = self.tutor.course.experiments.get(run.experiment)
        title = experiment.title.of(self.language) if experiment else inert(run.experiment, 60)
        changed = changed_parameters(experiment, run.parameters) if experiment else run.parameters
        return [
            "*" if run.id in self._marked else " ",
            time.strftime("%m-%d %H:%M", time.localtime(run.created)),
            Text(title),
            Text(f"{mark} {self.say(chinese, english)}", style=styles[style]),
            "" if run.seconds is None else seconds(run.seconds, self.language),
            str(run.seed),
            Text(inert(" ".join(f"{name}={value}" for name, value in changed.items()), 80)),
        ]

    def _guide(self) -> None:
        experiments = {run.experiment for run in self._runs if run.id in self._marked}
        if len(experiments) == 2:
            sentence = self.say(
                "选中的两次不是同一个实验，不能比较；用{runs.mark}换一次",
                "These two are of different experiments: mark another one with {runs.mark}",
            )
        elif len(self._marked) == 2:
            sentence = self.say(
                "按 {runs.compare} 比较选中的两次", "Press {runs.compare} to compare the two marked runs"
            )
        elif self._marked:
            sentence = self.say("再用{runs.mark}选一次，就能比较", "Mark one more with {runs.mark} to compare")
        else:
            sentence = self.say(
                "{runs.open} 打开；{runs.mark}选两次来比较",
                "{runs.open} opens; mark two with {runs.mark} to compare them",
            )
        self.query_one(NextBar).say(sentence)

    @property
    def _current(self) -> RunInfo | None:
        row = self.query_one(DataTable).cursor_row
        return self._runs[row] if 0 <= row < len(self._runs) else None

    def on_data_table_row_selected(self, _: DataTable.RowSelected) -> None:
        """Open the run of a row on Enter or a click."""
        self.action_open()

    def action_open(self) -> None:
        """Open the lab on the chosen run."""
        run = self._current
        if run is None:
            return
        if run.experiment not in self.tutor.course.experiments:
            self.notify(self.say("这门课里没有这个实验。", "This course has no such experiment."), severity="warning")
            return
        self.tutor.open_run(run.id, run.experiment)

    def action_mark(self) -> None:
        """Mark a run for the comparison; a third mark replaces the oldest."""
        run = self._current
        if run is None:
            return
        if run.id in self._marked:
            self._marked.remove(run.id)
        else:
            self._marked = [*self._marked, run.id][-2:]
        self._follow()

    def action_compare(self) -> None:
        """Show two runs in one plot."""
        if len(self._marked) != 2:
            self.notify(self.say("先用{runs.mark}选中两次运行。", "Mark two runs with {runs.mark} first."))
            return
        from minimind_tui.ui.screens.compare import CompareScreen

        marked = [run for run in reversed(self._runs) if run.id in self._marked]
        if len({run.experiment for run in marked}) > 1:
            self.notify(self.say("两次要是同一个实验，才能比较。", "Only two runs of one experiment can be compared."))
            return
        order = [run.id for run in marked]
        self.app.push_screen(CompareScreen(order[0], order[1]))

    def action_stop(self) -> None:
        """End the run, out of the event loop: it may take its grace time."""
        run = self._current
        if run and run.state in ("waiting", "running"):
            self.tutor.typed.hold(self.run_worker(partial(self._stop, run.id), thread=True, group="stop"))

    def _stop(self, run_id: str) -> None:
        stop(self.tutor.home, run_id)
        self.call_later(self._follow)

    def action_delete(self) -> None:
        """Ask first: what is deleted does not come back."""
        from minimind_tui.ui.screens.dialogs import DeleteDialog

        run = self._current
        if run is not None:
            moment = time.strftime("%m-%d %H:%M", time.localtime(run.created))
            experiment = self.tutor.course.experiments.get(run.experiment)
            title = experiment.title.of(self.language) if experiment else inert(run.experiment, 60)
            size = size_of(self.tutor.home.runs / run.id)
            self.app.push_screen(DeleteDialog(f"{moment}  {title}  {megabytes(size)}"), partial(self._deleted, run.id))

    def _deleted(self, run_id: str, answer: bool | None) -> None:
        if answer:
            self.tutor.typed.hold(self.run_worker(partial(self._delete, run_id), thread=True, group="delete"))

    def _delete(self, run_id: str) -> None:
        try:
            delete(self.tutor.home, run_id)
        except OSError as error:
            reason = error.strerror or str(error)
            sentence = self.say(f"删不掉：{reason}", f"Cannot be deleted: {reason}")
            self.app.call_later(self.app.notify, sentence, severity="error")  # wherever the learner is by now
        self.call_later(self._follow)

    def action_move(self, lines: int) -> None:
        """Move the cursor by so many rows."""
        table = self.query_one(DataTable)
        table.move_cursor(row=table.cursor_row + lines)
