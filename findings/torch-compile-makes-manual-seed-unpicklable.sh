#!/usr/bin/env bash
# torch.compile replaces torch.manual_seed, which can then no longer be pickled, though the compiled function never runs.
#
# Seen with torch 2.13.0 on Linux. `torch.compile(f)` looks like the making of a wrapper around f. It imports
# torch._dynamo, which puts a wrapper of its own in the place of torch.manual_seed: torch.random.manual_seed stays the
# old function, so that pickle finds two where it expects one. Whoever hands torch.manual_seed to another process, as a
# DataLoader's worker_init_fn with the start method "spawn" does, meets a PicklingError that names no compiler; code that
# compares or restores the function by identity, as test helpers do, meets a stranger. TORCHDYNAMO_DISABLE=1 changes
# nothing. What to do: pass a function of one's own that calls torch.manual_seed.
#
# Output seen:
#   torch 2.13.0+cpu: before torch.compile it is pickled; after: PicklingError, not the same object as torch.random.manual_seed
#   with TORCHDYNAMO_DISABLE=1: the same
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet torch==2.13.0 numpy==2.4.6
cat > "$folder/measure.py" <<'PY'
import pickle

import torch

pickle.dumps(torch.manual_seed)
before = torch.manual_seed
torch.compile(lambda x: x + 1)
assert torch.manual_seed is not before, "torch.compile leaves torch.manual_seed alone now"
assert torch.random.manual_seed is before, "both names are the wrapper now"
try:
    pickle.dumps(torch.manual_seed)
except pickle.PicklingError as error:
    assert "not the same object as torch.random.manual_seed" in str(error), error
else:
    raise SystemExit("it can be pickled now")
print(f"torch {torch.__version__}: before torch.compile it is pickled; "
      "after: PicklingError, not the same object as torch.random.manual_seed")
PY
"$folder/venv/bin/python" "$folder/measure.py"
TORCHDYNAMO_DISABLE=1 "$folder/venv/bin/python" "$folder/measure.py" > /dev/null
echo "with TORCHDYNAMO_DISABLE=1: the same"
