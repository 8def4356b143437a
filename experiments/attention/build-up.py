"""Attention in six steps, from no look back to several heads, each with what the one before it lacks.

A small model reads stories word by word and is asked for the next word. All that differs is how a word gets something
from the words before it. From the mean on, each step can say what the step before it says, and begins as that: its new
parameters start where they change nothing. So all five begin as one function, the mean, and part by training alone.

Shapes: B stories, T words of a story, C width, H heads, D numbers in a head, V words of the vocabulary.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from data import tinytales
from minimind_tui.nn.feedforward import SwiGLU
from minimind_tui.nn.model import Output
from minimind_tui.nn.norm import RMSNorm
from minimind_tui.nn.training import IGNORED, adamw, updates
from minimind_tui.run.recorder import Recorder, Settings

STORIES, UNSEEN = 3000, 200
BATCH = 32
WARMUP = 10
LONGEST = 96
"""More words than a story has."""
LOOK_EVERY = 50
FARTHEST = 8
"""The distances, from 0, at which weights are read."""


class Nothing(nn.Module):
    """Step 0, no look back: x (B, T, C) to zeros."""

    def forward(self, x: Tensor) -> Tensor:
        """A word hears of no other word."""
        return torch.zeros_like(x)  # (B, T, C)


def mean_in_a_loop(x: Tensor) -> Tensor:
    """Each word gets the mean of all words up to itself, one after another: x (B, T, C) to (B, T, C)."""
    means = [x[:, : t + 1].mean(dim=1) for t in range(x.shape[1])]  # T times (B, C)
    return torch.stack(means, dim=1)  # (B, T, C)


def mean_weights(T: int) -> Tensor:
    """The same means as a matrix (T, T): row t has t + 1 equal weights, and 0 for what comes later."""
    seen = torch.ones(T, T).tril()  # (T, T) 1 on the diagonal and below it
    return seen / seen.sum(dim=-1, keepdim=True)  # (T, T) / (T, 1): each row sums to 1


class Mean(nn.Module):
    """Step 1, the mean: one product for all words at once."""

    def weights(self, x: Tensor) -> Tensor:
        """(1, 1, T, T), the same for every story."""
        return mean_weights(x.shape[1])[None, None]  # (1, 1, T, T)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        weights = mean_weights(x.shape[1])  # (T, T)
        return weights @ x  # (T, T) @ (B, T, C) = (B, T, C)


def distances(T: int) -> Tensor:
    """How many words back from row t the word of each column stands, below 0 where it comes later: (T, T)."""
    places = torch.arange(T)  # (T,)
    return places[:, None] - places[None, :]  # (T, 1) - (1, T) = (T, T)


class ByDistance(nn.Module):
    """Step 2, the matrix learned: a score for each distance, and the softmax makes weights of scores."""

    def __init__(self, C: int) -> None:
        super().__init__()
        self.by_distance = nn.Parameter(torch.zeros(LONGEST))  # (LONGEST,) all equal: it begins as the mean

    def scores(self, x: Tensor) -> Tensor:
        """(T, T) the same for every story, -inf for what comes later."""
        back = distances(x.shape[1])  # (T, T)
        scores = self.by_distance[back.clamp_min(0)]  # (T, T)
        masked: Tensor = scores.masked_fill(back < 0, -torch.inf)  # (T, T) e^-inf is 0
        return masked

    def weights(self, x: Tensor) -> Tensor:
        """(B or 1, 1, T, T)."""
        weights = self.scores(x).softmax(dim=-1)  # (T, T) or (B, T, T): each row sums to 1
        return weights.view(-1, 1, *weights.shape[-2:])  # (B or 1, 1, T, T)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        weights = self.scores(x).softmax(dim=-1)  # (T, T) or (B, T, T)
        return weights @ x  # (B, T, C)


class ByContent(ByDistance):
    """Step 3, query and key: the score also says how well the two words fit."""

    def __init__(self, C: int) -> None:
        super().__init__(C)
        self.q_proj = nn.Linear(C, C, bias=False)
        self.k_proj = nn.Linear(C, C, bias=False)

    def scores(self, x: Tensor) -> Tensor:
        """(B, T, T) each story has its own."""
        query, key = self.q_proj(x), self.k_proj(x)  # (B, T, C) each
        fit = query @ key.transpose(-2, -1) / math.sqrt(x.shape[-1])  # (B, T, C) @ (B, C, T) = (B, T, T)
        scores: Tensor = fit + super().scores(x)  # (B, T, T) + (T, T)
        return scores


class WithValues(ByContent):
    """Step 4, value and output: what is handed over is no longer the word itself."""

    def __init__(self, C: int) -> None:
        super().__init__(C)
        self.v_proj = nn.Linear(C, C, bias=False)
        self.o_proj = nn.Linear(C, C, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        weights = self.scores(x).softmax(dim=-1)  # (B, T, T)
        value = self.v_proj(x)  # (B, T, C)
        out: Tensor = self.o_proj(weights @ value)  # (B, T, C)
        return out


class WithHeads(nn.Module):
    """Step 5, several heads: the C numbers are cut into H parts, and each has weights of its own."""

    def __init__(self, C: int, H: int) -> None:
        super().__init__()
        self.H = H
        self.by_distance = nn.Parameter(torch.zeros(H, LONGEST))  # (H, LONGEST)
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(C, C, bias=False) for _ in range(4))

    def split(self, x: Tensor) -> Tensor:
        """(B, T, C) to (B, H, T, D): D = C / H numbers for each head."""
        B, T, C = x.shape
        return x.view(B, T, self.H, C // self.H).transpose(1, 2)  # (B, H, T, D)

    def weights(self, x: Tensor) -> Tensor:
        """(B, H, T, T)."""
        query, key = self.split(self.q_proj(x)), self.split(self.k_proj(x))  # (B, H, T, D) each
        fit = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])  # (B, H, T, T)
        back = distances(x.shape[1])  # (T, T)
        scores = fit + self.by_distance[:, back.clamp_min(0)]  # (B, H, T, T) + (H, T, T)
        return scores.masked_fill(back < 0, -torch.inf).softmax(dim=-1)  # (B, H, T, T)

    def forward(self, x: Tensor) -> Tensor:
        """x (B, T, C) to (B, T, C)."""
        out = self.weights(x) @ self.split(self.v_proj(x))  # (B, H, T, D)
        joined: Tensor = self.o_proj(out.transpose(1, 2).flatten(2))  # (B, T, C)
        return joined


def make_look(name: str, C: int, H: int) -> nn.Module:
    """The step that the factor names, at its start."""
    kinds = {"nothing": Nothing, "mean": Mean}
    if name in kinds:
        return kinds[name]()
    learned = {"distance": ByDistance, "content": ByContent, "values": WithValues}
    return learned[name](C) if name in learned else WithHeads(C, H)


class Reader(nn.Module):
    """Embedding, one block with this look, the logits. The same in all arms, but for the look."""

    def __init__(self, V: int, C: int, look: nn.Module) -> None:
        super().__init__()
        self.embed = nn.Embedding(V, C)
        self.look_norm, self.look = RMSNorm(C), look
        self.ffn_norm, self.ffn = RMSNorm(C), SwiGLU(C, 4 * C)
        self.norm, self.lm_head = RMSNorm(C), nn.Linear(C, V, bias=False)
        self.start()

    def start(self) -> None:
        """The first weights: the new ones change nothing (queries 0; value and output hand over x as it is)."""
        generator = torch.Generator().manual_seed(torch.initial_seed())
        for name, parameter in self.named_parameters():
            if name.startswith("look.") or parameter.dim() < 2:
                continue  # so that all arms draw the same numbers for the rest
            std = {"embed.weight": 1.0, "lm_head.weight": 0.02}.get(name, 1 / math.sqrt(parameter.shape[1]))
            nn.init.normal_(parameter, std=std, generator=generator)
        for name, parameter in self.look.named_parameters():
            if name == "q_proj.weight":
                nn.init.zeros_(parameter)
            elif name == "k_proj.weight":
                nn.init.normal_(parameter, std=1 / math.sqrt(parameter.shape[1]), generator=generator)
            elif name in ("v_proj.weight", "o_proj.weight"):
                nn.init.eye_(parameter)

    def read(self, ids: Tensor) -> Tensor:
        """What the look is given: ids (B, T) to (B, T, C)."""
        read: Tensor = self.look_norm(self.embed(ids))  # (B, T, C)
        return read

    def forward(self, ids: Tensor, targets: Tensor | None = None) -> Output:
        """ids and targets (B, T) to logits (B, T, V) and the mean loss."""
        x = self.embed(ids) + self.look(self.read(ids))  # (B, T, C)
        x = x + self.ffn(self.ffn_norm(x))  # (B, T, C)
        logits = self.lm_head(self.norm(x))  # (B, T, V)
        loss = None if targets is None else F.cross_entropy(logits.transpose(1, 2), targets, ignore_index=IGNORED)  # ()
        return Output(logits, loss, [])


class Places(NamedTuple):
    """Where the next word takes a look back: (story, word) of the word before it."""

    verb: list[tuple[int, int]]
    """After a pronoun: who is it?"""
    turn: list[tuple[int, int]]
    """Before the second pronoun: he or she?"""
    animal: list[tuple[int, int]]
    """Before the animal that something was done to: which of the two?"""


def places_of(stories: list[tinytales.Story]) -> Places:
    """Found in the stories' own record of who is who."""
    found = Places([], [], [])
    for b, story in enumerate(stories):
        found.verb.extend((b, pronoun.pronoun_word) for pronoun in story.pronouns)
        found.turn.append((b, story.pronouns[1].pronoun_word - 1))
        if "deed" in story.chosen:  # "a fox chased a hen . the hen hid": the second hen
            deed = story.words.index(story.chosen["deed"].split()[0])
            done_to = story.words.index(story.chosen["other"], deed)
            found.animal.append((b, story.words.index(story.chosen["other"], done_to + 1) - 1))
    return found


def encode(stories: list[tinytales.Story]) -> tuple[Tensor, Tensor]:
    """Inputs and targets, each (B, T): every word is asked for its successor; short stories are filled up."""
    number = {word: index for index, word in enumerate(tinytales.vocabulary(stories[0].language))}
    ids = torch.zeros(len(stories), LONGEST, dtype=torch.long)  # (B, LONGEST)
    targets = torch.full_like(ids, IGNORED)
    for b, story in enumerate(stories):
        words = torch.tensor([number[word] for word in story.words])  # (T,)
        ids[b, : len(words)] = words
        targets[b, : len(words) - 1] = words[1:]
    longest = max(len(story.words) for story in stories)
    return ids[:, :longest], targets[:, :longest]


def run(settings: Settings, record: Recorder) -> None:
    """Trains one step of the build-up and measures what it can and cannot do."""
    record.plan(settings.steps)
    language = settings.language
    V = len(tinytales.vocabulary(language))
    record.reference("uniform", math.log(V))
    inputs, targets = encode(tinytales.generate(language, STORIES, settings.seed))
    unseen = tinytales.generate(language, UNSEEN, 1_000_000 + settings.seed)
    model = Reader(V, settings.width, make_look(settings.look, settings.width, settings.heads))  # the factor
    measure_start(model, encode(unseen)[0], record)

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        generator = torch.Generator().manual_seed(settings.seed)
        while True:
            chosen = torch.randint(STORIES, (BATCH,), generator=generator)  # (B,)
            yield inputs[chosen], targets[chosen]

    optimizers = [adamw(model, settings.learning_rate)]
    steps = settings.steps
    for update in updates(model, optimizers, batches(), steps=steps, warmup=WARMUP, checkpoint=record.checkpoint):
        record.metric(update.step, loss=update.loss)
        if update.step % LOOK_EVERY == 0 or update.step == steps:
            measure(model, unseen, update.step, record)
    measure_looks(model, unseen, steps, record)


@torch.no_grad()
def measure_start(model: Reader, ids: Tensor, record: Recorder) -> None:
    """How far the untrained look is from the mean that a loop computes."""
    x = model.read(ids)  # (B, T, C)
    record.metric(0, off_the_mean=(model.look(x) - mean_in_a_loop(x)).abs().max())


@torch.no_grad()
def measure(model: Reader, stories: list[tinytales.Story], step: int, record: Recorder) -> None:
    """The loss on stories not seen, and loss and accuracy at the places that need a look back."""
    ids, targets = encode(stories)  # (B, T)
    output = model(ids, targets)
    losses = F.cross_entropy(output.logits.transpose(1, 2), targets, ignore_index=IGNORED, reduction="none")  # (B, T)
    right = (output.logits.argmax(dim=-1) == targets).float()  # (B, T)
    record.metric(step, validation_loss=output.loss)
    verb, turn, animal = (tuple(torch.tensor(places).T) for places in places_of(stories))  # each two of (N,)
    record.metric(step, verb_loss=losses[verb].mean(), verb_accuracy=right[verb].mean())
    record.metric(step, turn_loss=losses[turn].mean(), turn_accuracy=right[turn].mean())
    record.metric(step, animal_loss=losses[animal].mean(), animal_accuracy=right[animal].mean())


@torch.no_grad()
def measure_looks(model: Reader, stories: list[tinytales.Story], step: int, record: Recorder) -> None:
    """Where the look goes: from a pronoun to its person, and how far back before the second pronoun."""
    look = model.look
    if not isinstance(look, Mean | ByDistance | WithHeads):
        return
    weights = look.weights(model.read(encode(stories)[0])).expand(len(stories), -1, -1, -1)  # (B, H, T, T)
    person = torch.stack(
        [
            weights[b, :, pronoun.pronoun_word, list(pronoun.mention_words)].sum(dim=-1)  # (H,)
            for b, story in enumerate(stories)
            for pronoun in story.pronouns
        ]
    )  # (N, H)
    record.metric(step, person_weight=person.mean(dim=0).max())
    turns = torch.stack([weights[b, :, t, t - FARTHEST + 1 : t + 1].flip(-1) for b, t in places_of(stories).turn])
    looks = turns.mean(dim=0)  # (N, H, distances) to (H, distances)
    names = [f"h{head + 1}" for head in range(len(looks))]
    record.matrix("looks", looks, row_labels=names, column_labels=[str(back) for back in range(FARTHEST)])
    record.layer("turn_look", looks.amax(dim=0))  # (distances,) of the head that looks there most
