"""How many random facts does an FFN hold, and which are lost when one of its neurons is cut?

A fact is a subject, a relation and an object: "s12 r3 -> o7". Objects are drawn at random, so that nothing
can be worked out and all must be stored. The tokens' vectors stay as they were drawn: a subject's own
vector would be the easiest place to keep its facts, and the FFN would have nothing to do.

Shapes: F facts, M neurons (the inner numbers of the FFN).
"""

import math

import torch
from torch import Tensor, nn

from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.nn.training import IGNORED, adamw, updates
from minimind_tui.run.recorder import Recorder, Settings

LOOK_EVERY = 25
FACTS_SHOWN = 40
NEURONS_SHOWN = 32


def random_facts(settings: Settings) -> tuple[Tensor, Tensor]:
    """Subject and relation of every fact, (F, 2), and its object, (F,); the same for every arm."""
    generator = torch.Generator().manual_seed(settings.seed)
    subjects, relations = settings.subjects, settings.relations
    subject = torch.arange(subjects).repeat_interleave(relations)  # (F,)
    relation = subjects + torch.arange(relations).repeat(subjects)  # (F,)
    objects = torch.randint(settings.objects, (subjects * relations,), generator=generator)  # (F,)
    return torch.stack((subject, relation), dim=1), subjects + relations + objects


def make_model(settings: Settings) -> MiniMind:
    """One block: attention brings the subject to the relation's place, the FFN looks the fact up."""
    model = MiniMind(
        ModelConfig(
            vocab_size=settings.subjects + settings.relations + settings.objects,
            hidden_size=settings.width,
            num_layers=1,
            num_heads=1,
            num_kv_heads=1,
            max_position=2,
            rope_theta=10000.0,
            tied=False,
            ffn=settings.ffn if settings.neurons else "none",
            intermediate_size=settings.neurons,  # the factor
        )
    )
    vectors = model.model.embed_tokens.weight
    nn.init.normal_(vectors, generator=torch.Generator().manual_seed(settings.seed))  # the same for every arm
    vectors.requires_grad_(False)
    return model


@torch.no_grad()
def recalled(model: MiniMind, questions: Tensor, objects: Tensor) -> Tensor:
    """Which facts come first in the model's answer: (F, 2) and (F,) to (F,) of True and False."""
    answers: Tensor = model(questions).logits[:, -1].argmax(-1)  # (F,)
    return answers == objects


@torch.no_grad()
def lost_by_neuron(model: MiniMind, questions: Tensor, objects: Tensor) -> Tensor:
    """Which recalled facts are gone without a neuron, for each neuron: (M, F) of True and False."""
    known = recalled(model, questions, objects)  # (F,)
    feed_forward = model.model.layers[0].mlp
    assert feed_forward is not None
    weight = feed_forward.down_proj.weight  # (C, M) column m is what neuron m writes
    lost = []
    for m in range(weight.shape[1]):
        column = weight[:, m].clone()  # (C,)
        weight[:, m] = 0
        lost.append(known & ~recalled(model, questions, objects))  # (F,)
        weight[:, m] = column
    return torch.stack(lost)  # (M, F)


def run(settings: Settings, record: Recorder) -> None:
    """Records the share of facts recalled while the model learns, and then what each neuron's cut costs."""
    questions, objects = random_facts(settings)
    targets = torch.stack((torch.full_like(objects, IGNORED), objects), dim=1)  # (F, 2) asked at the relation's place
    model = make_model(settings)
    record.plan(settings.steps)
    record.reference("uniform", math.log(settings.subjects + settings.relations + settings.objects))
    record.reference("guessing", 1 / settings.objects)
    record.metric(0, parameters=sum(p.numel() for p in model.parameters() if p.requires_grad))
    all_facts = ((questions, targets) for _ in range(settings.steps))
    optimizers = [adamw(model, settings.learning_rate, weight_decay=0.0)]
    for step, loss, _ in updates(
        model, optimizers, all_facts, steps=settings.steps, warmup=10, checkpoint=record.checkpoint
    ):
        record.metric(step, loss=loss)
        if step % LOOK_EVERY == 0 or step == settings.steps:
            record.metric(step, recalled=recalled(model, questions, objects).float().mean())
        if step == 3 * settings.steps // 4:  # what the last quarter of the training adds tells whether it is full
            record.metric(step, recalled_before=recalled(model, questions, objects).float().mean())
    if settings.neurons:
        known = int(recalled(model, questions, objects).sum())
        record_cuts(lost_by_neuron(model, questions, objects), known, settings, record)


def record_cuts(lost: Tensor, known: int, settings: Settings, record: Recorder) -> None:
    """What (M, F) says: the facts that hang on each neuron, and a picture of the neurons that matter most."""
    facts_of_neuron, neurons_of_fact = lost.sum(1), lost.sum(0)  # (M,) (F,)
    order = facts_of_neuron.argsort(descending=True)  # (M,)
    record.layer("lost_facts", facts_of_neuron[order])  # (M,)
    record.metric(
        settings.steps,
        lost_mean=facts_of_neuron.float().mean(),
        lost_most=facts_of_neuron.max(),
        idle_neurons=(facts_of_neuron == 0).float().mean(),
        safe_facts=1 - (neurons_of_fact > 0).sum() / known,
        neurons_of_fact=neurons_of_fact.sum() / known,
    )
    shown = order[:NEURONS_SHOWN]
    neurons = [f"n{m + 1}" for m in shown.tolist()]
    facts = [str(fact + 1) for fact in range(min(FACTS_SHOWN, lost.shape[1]))]
    record.matrix("lost", lost[shown, :FACTS_SHOWN].float(), row_labels=neurons, column_labels=facts)
