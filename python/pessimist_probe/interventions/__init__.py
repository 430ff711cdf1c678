"""
Trials: the program is run again with something changed, up to some steps, and its loss is told. Here the program is not to be left alone but changed;
nothing else of the probe is at work. The tool says what to do (`PESSIMIST_PROBE_OPTIONS`) and may say `stop` over the socket at any time.
"""

import os
from typing import Any, Mapping

from ..probe import Probe
from .seed import Seed
from .trial import Trial


def install(probe: Probe) -> None:
    options: Mapping[str, Any] = probe.options
    # What is compiled would not be changed.
    os.environ.update(TORCHDYNAMO_DISABLE="1", TORCH_COMPILE_DISABLE="1")
    Seed(int(options.get("seed") or 0)).install()
    trial = Trial(probe, options)
    for intervention in options.get("recipe") or ():
        trial.change(intervention)
    if options.get("examine"):
        trial.change({"kind": "look-" + str(options["examine"])})
    if options.get("freeze"):
        from .freeze import Freeze

        trial.freeze = Freeze()
        trial.freeze.install(trial)
    trial.install()
