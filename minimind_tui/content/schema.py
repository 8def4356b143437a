"""What the course's files may say: one typed structure for each table of the TOML files.

The files are read by people, so a wrong field is refused with its place instead of being ignored
(`forbid_unknown_fields`). Nothing here reads a file or knows of a screen.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from minimind_tui.base.text import LANGUAGES, Language, Text
from minimind_tui.content.plots import Plot
from minimind_tui.content.tables import ContentTable, Identifier, MeasureName, Reference, Value

PROCESSES = "processes"
"""The factor or parameter that says how many processes compute together."""

MOST_PROCESSES = 8
"""So many processes an experiment may ask for on one machine."""

DataKind = Literal["text", "chat", "preference", "task"]
"""What the rows of a data set are: see `minimind_tui/datasets/kinds/`."""


MadeKind = Literal["model", "tokenizer"]
"""What a run can make for later runs to begin from."""

Ability = Literal["writes", "talks", "tokens"]
"""What a made thing can do: a model goes on with a text, or also answers in turns; a tokenizer has tokens alone."""


class Tier(ContentTable):
    """A stage of the roadmap: foundation, architecture, training, advanced."""

    id: Identifier
    title: Text
    goal: Text


class Module(ContentTable):
    """One module of the roadmap. A planned one has no content yet, and the screen says so."""

    id: Identifier
    number: Annotated[int, Meta(ge=0, le=99)]
    tier: Identifier
    title: Text
    question: Text
    hours: Annotated[float, Meta(gt=0)]
    state: Literal["ready", "planned"]
    topics: list[Text] = []
    experiments: list[Identifier] = []
    """Names of the experiments that exist: `experiments/<module>/<name>.toml`."""
    quiz_first: bool = False
    """Whether its quiz comes before its lessons, as a self-test: whoever passes it may skip the module."""


class Lesson(ContentTable):
    """A text of a module: `lessons/<module>/<id>.<language>.md`."""

    id: Identifier
    title: Text
    minutes: Annotated[int, Meta(ge=1, le=120)]


class ModuleFile(ContentTable):
    """`lessons/<module>/module.toml`."""

    format: Literal[1]
    lessons: list[Lesson] = []


Kind = Literal["lesson", "experiment", "quiz", "exercise", "review"]


class Step(ContentTable):
    """One stop on a path. `ref` is `module/` and the lesson, the experiment, the exercise, `quiz` or `cards`."""

    kind: Kind
    ref: Reference


class LearningPath(ContentTable):
    """An ordered walk through lessons, experiments and practice. One without steps has all that its modules have.

    A module that is planned stands in `modules` only.
    """

    id: Identifier
    title: Text
    goal: Text
    hours: Annotated[float, Meta(gt=0)]
    state: Literal["ready", "planned"]
    modules: list[Identifier] = []
    steps: list[Step] = []


Range = tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]]
"""The least and the most allowed."""


class Ready(ContentTable):
    """What a module must have before it may be called ready; a field that is left out requires nothing."""

    choice_questions: int = 0
    open_questions: int = 0
    cards: int = 0
    exercises: int = 0
    lessons: list[Identifier] = []
    """The lessons that every module has."""
    answers_owed: list[Reference] = []
    """The experiments in which a `try_next` may still be without an answer: it has to be measured first."""
    beside_teaching: list[str] = []
    """Patterns of the lessons that are not counted as teaching, such as `quick-*`."""
    english_words: Range | None = None
    chinese_characters: Range | None = None
    """The length of its teaching lessons together, in words or in characters."""


class CourseFile(ContentTable):
    """`lessons/course.toml`: the whole roadmap."""

    format: Literal[1]
    title: Text
    tiers: list[Tier]
    modules: list[Module]
    paths: list[LearningPath]
    ready: Ready | None = None


class Factor(ContentTable):
    """The one thing in which the arms of an experiment differ."""

    name: MeasureName
    label: Text


class Arm(ContentTable):
    """One side of the comparison. `set` gives the factor's value; nothing else may differ."""

    id: MeasureName
    label: Text
    set: dict[str, Value]


class Parameter(ContentTable):
    """A value that the learner may change. `language` takes the screen's language as its default.

    `choices` lists what is allowed: the words of a `choice`, or the few whole numbers that an `int` may be. A `text`
    is a line of the learner's own, of `maximum` characters at most; its default is usually empty. A `corpus` is a data
    set by its name, of the kind that it `holds`.

    A `model` or a `tokenizer` is one that a run has made, by its name; `latest` is the newest, and `base` the one that
    the experiment named by `base` makes.
    """

    name: MeasureName
    kind: Literal["int", "float", "choice", "bool", "language", "corpus", "text", "model", "tokenizer"]
    label: Text
    default: Value
    help: Text | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: list[str] = []
    holds: DataKind | None = None
    """The kind of data set that a `corpus` may be: text, where nothing is said."""
    says: dict[str, Text] = {}
    """A sentence on each of the choices, where a dialog asks for one."""
    full: Value | None = None
    """The default under the `--full` budget, where it differs."""
    base: Reference | None = None
    """Which experiment makes what the value `base` stands for; it is among the spec's `begins_from`."""
    needs: Literal["writes", "talks"] = "writes"
    """What a `model` must be able to do."""

    @property
    def data_kind(self) -> DataKind:
        """The kind of data set that a `corpus` may be."""
        return self.holds or "text"


class Choice(ContentTable):
    """One possible prediction. `claim` names the claim whose holding makes this choice the right one."""

    id: Identifier
    text: Text


class SharedParameters(ContentTable):
    """`experiments/<name>.toml`: parameters that several experiments have in common."""

    format: Literal[1]
    parameters: list[Parameter]


class Prediction(ContentTable):
    """What the learner commits to before the first run.

    `answer` is the choice that the experiment shows at its default parameters, and stands only because the
    claims named in `rests_on` are measured to hold; where they do not hold in a run, the screen says so.
    """

    question: Text
    choices: Annotated[list[Choice], Meta(min_length=2, max_length=5)]
    answer: Identifier
    rests_on: Annotated[list[Identifier], Meta(min_length=1)]
    explanation: Text


class Claim(ContentTable):
    """A sentence that must be measured before a lesson may say it.

    `measure` is an expression over what was recorded (see `run/expression.py`). The claim holds when the
    measure lies beyond `holds_*`, does not hold when it lies beyond `fails_*`, and is inconclusive between.
    `values` are further measured numbers for the sentence, written in `text` as `{name}` or `{name:.1e}`;
    `{measure}` is the measure itself.
    """

    id: Identifier
    text: Text
    measure: str
    holds_above: float | None = None
    holds_below: float | None = None
    fails_above: float | None = None
    fails_below: float | None = None
    values: dict[str, str] = {}
    only: dict[str, list[str]] = {}
    """The values of parameters that the sentence is about: a run with others says nothing of it."""


USUAL_SEED = 1
"""The seed of a run that was not asked for another."""

SEED = "seed"
"""What `set` of a `TryNext` calls the random seed, which is no parameter of the experiment."""


class TryNext(ContentTable):
    """A question that a change of parameters answers ("what at depth 40?"), and what comes out.

    The answer is shown after an attempt: a finished run with the parameters of `set`, all others at their defaults.
    """

    question: Text
    set: dict[MeasureName, Value] = {}
    """What the question asks to change; `seed` stands for any seed but the usual one. Empty where no one run tells."""
    answer: Text | None = None
    """What comes out, with figures as far as other seeds bear them. Missing only where `answers_owed` allows it."""


class Experiment(ContentTable):
    """`experiments/<module>/<name>.toml`: the question, what differs, what is measured, what is claimed."""

    format: Literal[1]
    id: Reference
    title: Text
    question: Text
    fairness: Text
    """What is held equal between the arms, and why that is a fair comparison."""
    factor: Factor
    arms: Annotated[list[Arm], Meta(min_length=1, max_length=10)]
    seconds: Annotated[float, Meta(gt=0)]
    """The measured time of the default budget on two cores."""
    plots: Annotated[list[Plot], Meta(min_length=1)]
    processes: Annotated[int, Meta(ge=1, le=MOST_PROCESSES)] = 1
    """How many processes compute together, by torch.distributed. A factor or parameter of this name says it instead."""
    timed: bool = False
    """Whether it measures how long something takes, so that nothing else should run meanwhile."""
    makes: MadeKind | None = None
    """What `record.keep` is given, for later runs to begin from."""
    makes_in: MeasureName | None = None
    """The arm whose it is, where there are several."""
    talks: bool = False
    """Whether the models of this experiment answer in turns."""
    begins_from: list[Reference] = []
    """The experiments whose work it takes up with `record.base`: its figures rest on their code, too."""
    exercises: list[Reference] = []
    """The exercises whose files of the learner's, once passed, are parts of what it runs (`run/own_code.py`)."""
    exercises_alone: list[Reference] = []
    """Those of them that are taken by themselves only, when the parameter `part` names one."""
    parameters: list[Parameter] = []
    shared: Identifier | None = None
    """The file `experiments/<shared>.toml`, whose parameters come before the experiment's own."""
    defaults: dict[MeasureName, Value] = {}
    """Other defaults for shared parameters."""
    full: dict[MeasureName, Value] = {}
    """What shared parameters are under the `--full` budget."""
    omit: list[MeasureName] = []
    """Shared parameters that this experiment has not: its factor, say."""
    claims: list[Claim] = []
    prediction: Prediction | None = None
    try_next: list[TryNext] = []
    """What to change after the run at the defaults, each with its answer."""

    @property
    def is_distributed(self) -> bool:
        """Whether its code is written for several processes, one rank each."""
        return self.processes > 1 or PROCESSES in (self.factor.name, *(each.name for each in self.parameters))

    @property
    def languages(self) -> tuple[Language | None, ...]:
        """Those that it is measured in: both where its stories have a language, else None alone."""
        spoken = any(parameter.kind == "language" for parameter in self.parameters)
        return LANGUAGES if spoken else (None,)

    @property
    def making_arm(self) -> str | None:
        """The arm that makes something; None where none does."""
        return None if self.makes is None else self.makes_in or self.arms[0].id
