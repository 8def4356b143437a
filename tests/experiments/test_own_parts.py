"""The learner's parts in a model: right ones learn as the course's do, a wrong one is named with its step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from experiments import own_parts
from minimind_tui.nn.config import ModelConfig
from minimind_tui.nn.model import MiniMind
from minimind_tui.run.checkpoint import Checkpoint
from minimind_tui.run.ending import LOG
from minimind_tui.run.log import Tail, merged
from minimind_tui.run.log_writer import Log
from minimind_tui.run.own_code import Written
from minimind_tui.run.recorder import Recorder
from minimind_tui.run.summary import Summary
from tests.experiments.loading import code_of, course, defaults_of
from tests.solutions import solution_of

REF = "block/own-parts"
SPEC = course().experiments[REF]
TOGETHER = [ref for ref in SPEC.exercises if ref not in SPEC.exercises_alone]
SMALL = {"width": 32, "layers": 1, "heads": 2, "block": 16, "batch": 4, "steps": 12}


def solution(ref: str, before: str = "", after: str = "") -> str:
    """The solution of an exercise, with one piece of it replaced."""
    code = solution_of(course().root, ref)
    assert before in code
    return code.replace(before, after) if before else code


def model(own: dict[str, str]) -> tuple[MiniMind, torch.nn.Module]:
    """A small reference, and the same with the learner's parts."""
    loaded = {ref: own_parts.load(f"/mine/{ref}.py", code) for ref, code in own.items()}
    position: Any = "rope" if own_parts.has_rope(loaded) else "none"
    grouped = 1 if own_parts.HEADS in own else 2
    torch.manual_seed(3)
    reference = MiniMind(
        ModelConfig(vocab_size=11, hidden_size=16, num_layers=2, num_heads=2, num_kv_heads=grouped, position=position)
    )
    return reference, own_parts.with_own_parts(reference, loaded)


@pytest.mark.parametrize("refs", [TOGETHER, *([ref] for ref in SPEC.exercises)], ids=str)
def test_solutions_compute_what_the_course_computes(refs: list[str]) -> None:
    reference, mine = model({ref: solution(ref) for ref in refs})
    ids = torch.randint(11, (3, 9), generator=torch.Generator().manual_seed(1))
    wanted, found = reference(ids[:, :-1], ids[:, 1:]), mine(ids[:, :-1], ids[:, 1:])
    torch.testing.assert_close(found.logits, wanted.logits, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.loss, wanted.loss)
    wanted.loss.backward()
    found.loss.backward()
    norms = [
        torch.nn.utils.get_total_norm([p.grad for p in each.parameters() if p.grad is not None])
        for each in (reference, mine)
    ]
    torch.testing.assert_close(norms[1], norms[0], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(
    ("ref", "change"),
    [
        (own_parts.NORM, ("self.eps = eps", "self.eps = 1e-2")),
        (own_parts.ANGLES, ("theta**-exponent", "(2 * theta) ** -exponent")),
        (own_parts.ROPE, ("first * cos - second * sin", "first * cos + second * sin")),
        (own_parts.ATTENTION, ("/ math.sqrt(q.shape[-1])", "/ q.shape[-1]")),
        (own_parts.FFN, ("F.silu(", "F.relu(")),
        (own_parts.BLOCK, ("return x + self.mlp", "return self.mlp")),
        (own_parts.DECODER, ("self.lm_head(self.norm(x))", "self.lm_head(x + self.norm(x))")),
    ],
)
def test_each_part_is_really_used(ref: str, change: tuple[str, str]) -> None:
    own = {each: solution(each) for each in TOGETHER} | {ref: solution(ref, *change)}
    reference, mine = model(own)
    ids = torch.randint(11, (3, 9), generator=torch.Generator().manual_seed(1))
    found, wanted = mine(ids[:, :-1], ids[:, 1:]).logits, reference(ids[:, :-1], ids[:, 1:]).logits
    assert (found - wanted).abs().max() > 1e-4


def test_another_order_of_sums_is_the_same_function() -> None:
    reference, _ = model({own_parts.FFN: solution(own_parts.FFN)})
    ids = torch.arange(8)[None]
    before, weight = reference(ids).logits, reference.model.layers[0].mlp.down_proj.weight.clone()  # type: ignore[union-attr]
    after = own_parts.in_another_order(reference)
    torch.testing.assert_close(after(ids).logits, before)
    assert not torch.equal(after.model.layers[0].mlp.down_proj.weight, weight)  # type: ignore[union-attr]


def recorded(folder: Path, own: dict[str, str], **changes: Any) -> Summary:
    """What the learner's arm records."""
    written = {ref: Written(f"/mine/{ref}.py", code) for ref, code in own.items()}
    settings = defaults_of(REF, code="mine", own=written, left_out=[], **SMALL, **changes)
    log = Log(folder)
    torch.manual_seed(1)
    try:
        code_of(REF).run(settings, Recorder(log, "mine", Checkpoint(folder / "none.safetensors", log.flush)))
    finally:
        log.flush()
    summary = Summary()
    for event in merged(Tail(folder / LOG).events()):
        summary.apply(event)
    return summary


def test_right_parts_are_equal_to_rounding(tmp_path: Path) -> None:
    own = {ref: solution(ref) for ref in TOGETHER} | {
        own_parts.NORM: solution(own_parts.NORM, "x.float()", "x.double()"),
    }
    metrics = recorded(tmp_path, own).arms["mine"].metrics
    assert metrics["beyond_rounding"].last < 0.5
    assert metrics["differs_from"].last == 0
    assert len(metrics["difference"]) == SMALL["steps"]


def test_another_eps_is_named_with_its_step(tmp_path: Path) -> None:
    own = {own_parts.NORM: solution(own_parts.NORM, "self.eps = eps", "self.eps = 1e-6")}
    metrics = recorded(tmp_path, own).arms["mine"].metrics
    assert metrics["differs_from"].last == 1
    assert metrics["beyond_rounding"].last > 1


def test_not_a_number_is_no_rounding(tmp_path: Path) -> None:
    own = {own_parts.FFN: solution(own_parts.FFN, "return self.down_proj(", "return float('nan') * self.down_proj(")}
    metrics = recorded(tmp_path, own).arms["mine"].metrics
    assert metrics["differs_from"].last == 1
    assert metrics["beyond_rounding"].last > 1


def test_an_error_in_the_learners_code_names_file_and_line(tmp_path: Path) -> None:
    code = solution(own_parts.FFN, "        gate = F.silu", "        raise ValueError('oh')\n        gate = F.silu")
    line = code.splitlines().index("        raise ValueError('oh')") + 1
    with pytest.raises(own_parts.OwnCodeFailed, match=rf"/mine/feed-forward/swiglu\.py:{line}: ValueError: oh"):
        recorded(tmp_path, {own_parts.FFN: code})


def test_a_change_in_place_that_backward_needs_is_told(tmp_path: Path) -> None:
    wrong = "z = normalized.exp()\n        z.add_(1)\n        return (self.weight * normalized + 0 * z)"
    code = solution(own_parts.NORM, "return (self.weight * normalized)", wrong)
    with pytest.raises(own_parts.OwnCodeFailed, match="changed in place"):
        recorded(tmp_path, {own_parts.NORM: code})


def test_a_block_that_leaves_its_parts_out_is_refused() -> None:
    code = solution(own_parts.BLOCK, "self.mlp(self.post_attention_layernorm(x))", "self.post_attention_layernorm(x)")
    with pytest.raises(own_parts.OwnCodeFailed, match=r"mlp is never called"):
        model({own_parts.BLOCK: code, own_parts.FFN: solution(own_parts.FFN)})
