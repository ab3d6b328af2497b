"""What is compiled ahead: every kernel of the models."""

import subprocess
import sys

# A kernel that others call is compiled into these, and has no signature of its own where they come from the disk.
FOUND = """
import importlib, pkgutil
from numba.core.dispatcher import Dispatcher
import headrace.models as models
from headrace.models.rehearsal import rehearse

rehearse()
kernels = {}
for found in pkgutil.iter_modules(models.__path__):
    module = importlib.import_module(f"headrace.models.{found.name}")
    kernels |= {one.py_func: one for one in vars(module).values() if isinstance(one, Dispatcher)}
called = {name for function in kernels for name in function.__code__.co_names}
for function, kernel in kernels.items():
    if function.__name__ not in called:
        print(function.__name__, len(kernel.signatures))
"""


def test_a_rehearsal_compiles_every_kernel_of_the_models() -> None:
    done = subprocess.run([sys.executable, "-P", "-c", FOUND], capture_output=True, text=True, check=True)
    compiled = dict(line.split() for line in done.stdout.splitlines())
    assert {"margin_of", "leaves_of", "link_rows"} <= compiled.keys()
    assert [name for name, signatures in compiled.items() if signatures == "0"] == []
