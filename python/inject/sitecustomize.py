"""Loaded by the interpreter because this folder is first on PYTHONPATH: starts the probe, then steps aside."""

import importlib.machinery
import importlib.util
import os
import sys
from typing import Optional


def _start() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    sys.path_importer_cache.pop(here, None)
    if not os.environ.get("PESSIMIST_PROBE"):
        return
    package = os.path.dirname(here)
    sys.path.insert(0, package)
    try:
        from pessimist_probe import boot

        boot.start()
    except Exception:  # Whatever is wrong with the probe is no fault of the program.
        if os.environ.get("PESSIMIST_PROBE_DEBUG"):
            import traceback

            traceback.print_exc()
    finally:
        try:
            sys.path.remove(package)
        except ValueError:
            pass
        sys.path_importer_cache.pop(package, None)


def _next() -> Optional[importlib.machinery.ModuleSpec]:
    return importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)


_start()
_spec = _next()
if _spec is None or _spec.loader is None:
    # As without us: the interpreter takes this for "there is none".
    raise ModuleNotFoundError("No module named 'sitecustomize'", name="sitecustomize")
_module = importlib.util.module_from_spec(_spec)
sys.modules["sitecustomize"] = _module
_spec.loader.exec_module(_module)
