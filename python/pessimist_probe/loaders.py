"""Sources of batches: how they are made, what they hand out, and how long the program waits for them."""

import threading
import time
import weakref
from typing import Any, Dict, List, Optional

import torch
from torch.utils import data
from torch.utils.data import dataloader

from . import guard, site
from .observer import Observer
from .probe import Probe
from .structure import WeakMap, revived
from .tensors import tensors_in

_MOST_HANDED_OUT = 8
_DEEPEST = 4
_MOST_TRANSFORMS = 64

_LABELS = ("labels", "label", "targets", "target", "y")

# Classes of transforms that are random though nothing in their names says so.
_RANDOM = ("ColorJitter", "AutoAugment", "RandAugment", "TrivialAugmentWide", "AugMix", "GaussianBlur", "ElasticTransform", "MixUp", "CutMix")


class Handed:
    """What a loader handed out last."""

    def __init__(self, loader: int, epoch: int, index: int, ids: Dict[int, int], rows: int, target: Any) -> None:
        self.loader, self.epoch, self.index, self.ids, self.rows = loader, epoch, index, ids, rows
        self._target = None if target is None else weakref.ref(target)

    @property
    def target(self) -> Any:
        """Its labels, as far as they can be told and are still there."""
        return None if self._target is None else revived(self._target())


class Loaders(Observer):
    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._numbers = WeakMap()
        self._count = 0
        self._epochs: Dict[int, int] = {}
        # Of iterators, by identity, for as long as they live: number of the loader, epoch, and batches handed out.
        self.states: Dict[int, List[int]] = {}
        self.handed: Optional[Handed] = None
        # Seconds since the last report, and when and in which turn that was.
        self.waited = 0.0
        self._reported = time.perf_counter()
        self._turn = 0

    def constructed(self, loader: Any, at: Any) -> int:
        number = self._count
        self._count += 1
        self._numbers.set(loader, number)
        examples = _length(loader.dataset)
        self._probe.emit(
            "loader-built",
            loader=number,
            examples=examples,
            batch_size=loader.batch_size if isinstance(loader.batch_size, int) else None,
            batches=None if examples is None else _length(loader),
            shuffles=_shuffles(loader),
            drops_last=True if loader.drop_last else None,
            workers=loader.num_workers or None,
            random_transforms=_random_transforms(loader.dataset) or None,
            site=at,
        )
        return number

    def number_of(self, loader: Any) -> int:
        number = self._numbers.get(loader)
        return self.constructed(loader, site.here(loader)) if number is None else number

    def begins(self, loader: Any, iterator: Any) -> None:
        number = self.number_of(loader)
        epoch = self._epochs.get(number, -1) + 1
        self._epochs[number] = epoch
        known = self.states.get(id(iterator))
        self.states[id(iterator)] = [number, epoch, 0]
        if known is None:
            weakref.finalize(iterator, self.states.pop, id(iterator), None).atexit = False

    def handed_out(self, iterator: Any, batch: Any, seconds: float) -> None:
        self.waited += seconds
        state = self.states.get(id(iterator))
        if state is None:
            return
        number, epoch, index = state
        state[2] += 1
        probe = self._probe
        if self._turn == 0 and probe.turn == 0:
            # What the program did before it trained is no part of a step.
            self._reported, self.waited, self._turn = time.perf_counter() - seconds, seconds, -1
        if index == 0:
            probe.loop.by_hand.check()
            probe.loop.add("epoch", number)
            probe.passes.arm(("loader", number))
        if not probe.records and not probe.passes.is_armed:
            self.handed = None
            return
        tensors = list(tensors_in(batch))[:_MOST_HANDED_OUT]
        first = tensors[0] if tensors else None
        rows = first.shape[0] if first is not None and first.dim() > 0 else -1
        self.handed = Handed(number, epoch, index, {id(t): i for i, t in enumerate(tensors)}, rows, _target_in(batch, tensors, rows))

    # Turns

    def turn_end(self) -> None:
        probe = self._probe
        if not probe.measures:
            return
        now, turns = time.perf_counter(), max(1, probe.turn - self._turn)
        computed = max(0.0, now - self._reported - self.waited)
        probe.emit("step-timed", step=probe.step, steps=turns, waiting=self.waited / turns, computing=computed / turns)
        self.waited, self._reported, self._turn = 0.0, now, probe.turn


def _target_in(batch: Any, tensors: List[Any], rows: int) -> Any:
    """The labels of a batch: what is named so, or the second and last of two."""
    if isinstance(batch, dict):
        for key in _LABELS:
            if isinstance(batch.get(key), torch.Tensor):
                return batch[key]
        return None
    if isinstance(batch, (list, tuple)) and len(batch) == 2 and isinstance(batch[1], torch.Tensor) and batch[1].dim() > 0 and batch[1].shape[0] == rows:
        return batch[1]
    return None


def _length(value: Any) -> Optional[int]:
    try:
        return len(value)
    except Exception:
        # Iterable data sets have none.
        return None


def _shuffles(loader: Any) -> Optional[bool]:
    sampler = getattr(loader, "sampler", None)
    batches = getattr(loader, "batch_sampler", None)
    if batches is not None and type(batches) is not data.BatchSampler:
        return None
    if batches is not None:
        sampler = getattr(batches, "sampler", sampler)
    if type(sampler) in (data.RandomSampler, data.SubsetRandomSampler, data.WeightedRandomSampler):
        return True
    if type(sampler) is data.SequentialSampler:
        return False
    shuffle = getattr(sampler, "shuffle", None)
    return shuffle if isinstance(shuffle, bool) else None


def _random_transforms(dataset: Any) -> List[str]:
    names: List[str] = []
    seen: set = set()

    def look(value: Any, depth: int) -> None:
        if value is None or depth < 0 or id(value) in seen or len(seen) > _MOST_TRANSFORMS:
            return
        seen.add(id(value))
        if isinstance(value, (list, tuple)):
            for item in value[:_MOST_TRANSFORMS]:
                look(item, depth - 1)
            return
        name = type(value).__name__
        if name == "function":
            if "random" in value.__name__.lower() or "augment" in value.__name__.lower() or _draws(value):
                names.append(value.__name__)
            return
        if name.startswith("Random") or name in _RANDOM or "augment" in name.lower():
            names.append(name)
        fields = getattr(value, "__dict__", {})
        for field in ("transforms", "transform"):
            look(fields.get(field), depth - 1)
        call = getattr(type(value), "__call__", None)
        if name not in names and getattr(call, "__code__", None) is not None and not hasattr(value, "__getitem__") and _draws(call):
            names.append(name)

    def data_of(value: Any, depth: int) -> None:
        if value is None or depth < 0:
            return
        fields = getattr(value, "__dict__", {})
        for field, inner in list(fields.items()):
            if field.startswith("transform") or field.endswith("transform") or field.endswith("transforms") or field in ("augment", "augmentation", "aug"):
                look(inner, _DEEPEST)
        data_of(fields.get("dataset"), depth - 1)
        for inner in (fields.get("datasets") or [])[:8] if isinstance(fields.get("datasets"), (list, tuple)) else []:
            data_of(inner, depth - 1)

    data_of(dataset, _DEEPEST)
    return list(dict.fromkeys(names))


def _draws(function: Any) -> bool:
    """A function of the program whose code names a source of random numbers."""
    code = getattr(function, "__code__", None)
    names = set(getattr(code, "co_names", ()))
    return bool(names & {"random", "rand", "randn", "randint", "uniform", "bernoulli", "rand_like", "randn_like"})


def _quick_next(self: Any) -> Any:
    """Where nothing is recorded batches are counted, but for the first of an epoch."""
    loop: Any = "LOOP"
    probe: Any = "PROBE"
    try:
        if loop.lean or probe.passes.counted is not None and not probe.records:
            states: Any = "STATES"
            state = states(id(self))
            if state is not None and state[2]:
                ident: Any = "IDENT"
                if ident() == probe.thread and not probe.busy:
                    original: Any = "ORIGINAL"
                    loaders: Any = "LOADERS"
                    clock: Any = "CLOCK"
                    start = clock()
                    batch = original(self)
                    state[2] += 1
                    loaders.handed = None
                    loaders.waited += clock() - start
                    return batch
        hook: Any = "HOOK"
        return hook(self)
    except BaseException as error:
        hook = "STRIP"
        hook(error)
        raise


def install(probe: Probe) -> None:
    loaders = probe.loaders = Loaders(probe)
    probe.add(loaders)

    def make_init(original: Any) -> Any:
        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            if probe.here:
                probe.guarded(lambda: loaders.constructed(self, site.here(self)))

        return init

    guard.Hook(data.DataLoader, "__init__", make_init)

    def make_iter(original: Any) -> Any:
        def iterate(self: Any, *args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            iterator = original(self, *args, **kwargs)
            if probe.here:
                loaders.waited += time.perf_counter() - start
                probe.guarded(loaders.begins, self, iterator)
            return iterator

        return iterate

    guard.Hook(data.DataLoader, "__iter__", make_iter)

    def make_next(original: Any) -> Any:
        def following(self: Any) -> Any:
            if not probe.here:
                return original(self)
            start = time.perf_counter()
            batch = original(self)
            probe.guarded(loaders.handed_out, self, batch, time.perf_counter() - start)
            return batch

        return following

    named = {
        "LOOP": probe.loop, "PROBE": probe, "LOADERS": loaders, "STATES": loaders.states.get, "IDENT": threading.get_ident, "CLOCK": time.perf_counter,
    }
    guard.Hook(dataloader._BaseDataLoaderIter, "__next__", make_next, quick=(_quick_next, named))
