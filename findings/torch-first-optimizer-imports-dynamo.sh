#!/usr/bin/env bash
# The first optimizer that a process makes imports the compiler, though nothing is compiled, and changes the environment.
#
# Seen with torch 2.13.0 on Linux. `torch.optim.AdamW(...)` looks like the making of a small object. The first one of a
# process imports torch._dynamo, and with it sympy and torch.distributed: some eight hundred modules, about as much time
# again as `import torch` itself, and TORCHINDUCTOR_CACHE_DIR stands in the environment that child processes inherit.
# A second optimizer costs nothing. Whoever times a first training step, forks workers from a process that "has loaded
# torch", or compares environments, meets it. What to do: make an optimizer, or import torch._dynamo, beforehand.
#
# Output seen, seconds of processor time, one thread:
#   torch 2.13.0+cpu: import torch 1.31 s, first optimizer 1.24 s and 823 modules, second 0.0001 s; new in the environment: TORCHINDUCTOR_CACHE_DIR
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet torch==2.13.0 numpy==2.4.6
cat > "$folder/measure.py" <<'PY'
import os, sys, time

def seconds(work):
    began = time.process_time()
    work()
    return time.process_time() - began

loading = seconds(lambda: __import__("torch"))
import torch
from torch import nn

model = nn.Linear(4, 4)
modules, environment = set(sys.modules), dict(os.environ)
assert "torch._dynamo" not in modules, "import torch itself brings it now"
first = seconds(lambda: torch.optim.AdamW(model.parameters()))
second = seconds(lambda: torch.optim.AdamW(model.parameters()))
new = set(sys.modules) - modules
changed = sorted(name for name, value in os.environ.items() if environment.get(name) != value)
print(f"torch {torch.__version__}: import torch {loading:.2f} s, first optimizer {first:.2f} s and {len(new)} modules, "
      f"second {second:.4f} s; new in the environment: {', '.join(changed) or 'nothing'}")
assert {"torch._dynamo", "sympy"} <= new, "the compiler is no longer imported"
assert changed == ["TORCHINDUCTOR_CACHE_DIR"], "the environment is changed otherwise now"
assert first > 100 * second, "the first optimizer is no longer dear"
PY
env -u TORCHINDUCTOR_CACHE_DIR OMP_NUM_THREADS=1 "$folder/venv/bin/python" "$folder/measure.py"
