#!/usr/bin/env bash
# PyTorch's autocast to bfloat16 on a processor without instructions for it: no warning, right results, many times slower.
#
# Seen with torch 2.13.0 on Linux, x86-64. One would guess that halving the memory traffic costs nothing at worst, or that
# a dtype which the processor cannot compute with is refused or named. oneDNN imitates it instead: a training step that
# takes longer by a factor of ten and more looks like a slow machine. ONEDNN_MAX_CPU_ISA and ATEN_CPU_CAPABILITY make any
# x86-64 processor one of that kind, so that this shows everywhere. What to do: measure both before choosing.
#
# Output seen, one thread, on a processor that has the instructions when they are not forbidden (then 0.8 times):
#   torch 2.13.0+cpu, AVX2: fp32 15.9 ms, bf16 149.7 ms, 9.4 times; warnings: 0; losses 0.0413 and 0.0413
set -eu
[ "$(uname -m)" = x86_64 ] || { echo "only on x86-64"; exit 0; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet torch==2.13.0 numpy==2.4.6
cat > "$folder/measure.py" <<'PY'
import time, warnings
import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(128, 512), nn.GELU(), nn.Linear(512, 128))
x = torch.randn(1024, 128)

def seconds(bf16):
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            loss = model(x).float().square().mean()
        loss.backward()
        best = min(best, time.perf_counter() - began)
    return best, loss.item()

with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    (plain, exact), (slow, near) = seconds(False), seconds(True)
print(f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}: fp32 {plain * 1000:.1f} ms, bf16 {slow * 1000:.1f} ms, "
      f"{slow / plain:.1f} times; warnings: {len(said)}; losses {exact:.4f} and {near:.4f}")
assert not said, "it is named now"
assert abs(exact - near) < 0.02 * exact, "the results are right"
assert slow > 3 * plain, "bf16 is no longer imitated at such a price"
PY
ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 "$folder/venv/bin/python" "$folder/measure.py"
