"""Finds the networks of a program, their modules and parameters. Keeps nothing alive."""

import sys
import weakref
from typing import Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple

import torch
from torch import nn

from . import guard, site
from .probe import Probe

_MOST_CONSTRUCTED = 20_000
_MOST_HIDDEN = 2000
_DEEPEST_HIDDEN = 3
_MOST_NESTED = 256


class WeakMap:
    """Values by the identity of their key, which is not kept alive."""

    def __init__(self) -> None:
        self._entries: Dict[int, Tuple["weakref.ref[Any]", Any]] = {}

    def get(self, key: Any) -> Any:
        entry = self._entries.get(id(key))
        return entry[1] if entry is not None and entry[0]() is key else None

    def set(self, key: Any, value: Any) -> None:
        number, entries = id(key), self._entries

        def gone(reference: "weakref.ref[Any]") -> None:
            entry = entries.get(number)
            if entry is not None and entry[0] is reference:
                del entries[number]

        entries[number] = (weakref.ref(key, gone), value)

    def keys(self) -> Iterator[Any]:
        for reference, _ in list(self._entries.values()):
            key = reference()
            if key is not None:
                yield revived(key)


def revived(value: Any) -> Any:
    """What a weak reference led to. Of a tensor that only torch itself still holds, Python has to be told that it is back."""
    if isinstance(value, torch.Tensor):
        value._fix_weakref()
    return value


class Network:
    """A network of the program: a module that is in no other one, or, with `type` `tensors`, the leaves that a program trains without modules."""

    def __init__(self, number: int, root: Any, type: str) -> None:  # noqa: A002
        self.number = number
        self.type = type
        self._root = None if root is None else weakref.ref(root)
        self.prefix = "" if number == 0 else "%d/" % number
        # A backward pass went through it.
        self.trained = False
        # For `parameters.py`: they were recorded as they were before the first step.
        self.parameters_recorded = False

    @property
    def root(self) -> Any:
        return None if self._root is None else self._root()


class ModuleNote:
    """What is known of a module of a network. `path` as in `state_dict`; `full_path` has the number of the network before it, as parameters have."""

    def __init__(self, network: Network, path: str, module: Any, number: int, is_leaf: bool) -> None:
        self.network = network
        self.path = path
        self.full_path = network.prefix + path
        self.type = type(module).__name__
        self.is_leaf = is_leaf
        self.id = number


class ParameterNote:
    """What is known of a parameter. `aliases`: further names of the same tensor."""

    def __init__(self, network: Network, name: str, registered: bool, site: Optional[Mapping[str, Any]]) -> None:
        self.network = network
        self.name = name
        self.full_name = network.prefix + name
        self.registered = registered
        self.site = site
        self.aliases: List[str] = []
        self.optimizers: Set[int] = set()


class Networks:
    """The networks in the order in which they were used."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self.all: List[Network] = []
        self._sites = WeakMap()
        self._constructed = 0
        self._modules = WeakMap()
        self._parameters = WeakMap()
        self._of: Dict[int, List[Tuple[ParameterNote, "weakref.ref[Any]"]]] = {}
        self._refused = WeakMap()
        self._notes = 0
        self._tensors: Optional[Network] = None

    # Modules

    def constructed(self, module: Any) -> None:
        if self._constructed < _MOST_CONSTRUCTED:
            self._constructed += 1
            self._sites.set(module, site.here(module))

    def find(self, module: Any) -> Optional[ModuleNote]:
        return self._modules.get(module)

    def site_of(self, module: Any) -> Optional[Mapping[str, Any]]:
        return self._sites.get(module)

    def outermost(self, module: Any) -> Optional[ModuleNote]:
        """The note of a module that the program called, whose network is taken up if it is new; None for what is no network."""
        note = self._modules.get(module)
        if note is not None:
            return note
        if self._refused.get(module) == _size(module):
            return None
        root = self._root_of(module)
        if _is_under_construction() or not _has_parameters(root):
            self._refused.set(module, _size(module))
            return None
        self.take_up(root)
        return self._modules.get(module)

    def inner(self, module: Any, network: Network) -> Optional[ModuleNote]:
        """The note of a module that runs inside of a network."""
        note = self._modules.get(module)
        if note is not None:
            return note
        root = network.root
        if root is None:
            return None
        # Put in its place after the network was taken up, or kept where the framework does not look.
        self._note(network, root)
        note = self._modules.get(module)
        if note is None:
            self._walk(network, module, type(module).__name__, False, set())
            note = self._modules.get(module)
        return note

    def if_root(self, module: Any) -> Optional[Network]:
        """The network whose root this is; taken up when it is new and was constructed here, in no other one."""
        note = self._modules.get(module)
        if note is None:
            if self._sites.get(module) is None or _is_under_construction() or not _has_parameters(module) or self._root_of(module) is not module:
                return None
            self.take_up(module)
            note = self._modules.get(module)
        return note.network if note is not None and note.path == "" else None

    def take_up(self, root: Any) -> None:
        if self._modules.get(root) is not None:
            return
        owners = {id(n.network): n.network for n in (self._parameters.get(p) for p in root.parameters()) if n is not None}
        known = all(self._parameters.get(p) is not None for p in root.parameters())
        if known and len(owners) == 1 and not isinstance(root, nn.Sequential):
            # A wrapper around a network that is known: data parallel, compiled, averaged.
            network = next(iter(owners.values()))
            self._modules.set(root, self._new_note(network, "", root))
            return
        network = Network(len(self.all), root, type(root).__name__)
        self.all.append(network)
        self._note(network, root)

    def refresh(self, network: Network) -> None:
        """Looks again for modules and parameters that came later."""
        root = network.root
        if root is not None:
            self._note(network, root)

    def _root_of(self, module: Any) -> Any:
        parents: Dict[int, Any] = {}
        for parent in self._sites.keys():
            for child in _children(parent).values():
                parents.setdefault(id(child), parent)
        seen: Set[int] = set()
        while id(module) in parents and id(module) not in seen:
            seen.add(id(module))
            module = parents[id(module)]
        return module

    def _new_note(self, network: Network, path: str, module: Any) -> ModuleNote:
        self._notes += 1
        return ModuleNote(network, path, module, self._notes, not _children(module))

    def _note(self, network: Network, root: Any) -> None:
        self._of.pop(network.number, None)
        self._walk(network, root, "", True, set())
        registered = {id(m) for m in root.modules()}
        tensors = {id(p) for p in root.parameters()}
        for path, module in list(root.named_modules()):
            if type(module).__module__.startswith("torch."):
                continue
            for name, value in _hidden(module):
                full = path + "." + name if path else name
                if isinstance(value, nn.Module):
                    if id(value) not in registered and self._modules.get(value) is None and not any(m is root for m in value.modules()):
                        self._walk(network, value, full, False, set())
                elif id(value) not in tensors and self._parameters.get(value) is None:
                    self._parameters.set(value, ParameterNote(network, full, False, self._sites.get(module)))

    def _walk(self, network: Network, module: Any, path: str, registered: bool, above: Set[int]) -> None:
        if id(module) in above:
            return
        above.add(id(module))
        children = _children(module)
        first = self._modules.get(module)
        if first is None or first.path != path and first.network is network:
            if first is None:
                self._modules.set(module, self._new_note(network, path, module))
            self._probe.emit(
                "module-built",
                model=network.number,
                name=path,
                type=type(module).__name__,
                settings=settings_of(module) or None,
                alias_of=None if first is None else first.path,
                registered=None if registered else False,
                has_children=True if children else None,
                training=bool(getattr(module, "training", True)),
                site=self._sites.get(module),
            )
        for name, parameter in _own_parameters(module):
            full = path + "." + name if path else name
            note = self._parameters.get(parameter)
            if note is None:
                self._parameters.set(parameter, ParameterNote(network, full, registered, self._sites.get(module)))
            elif note.network is network and full != note.name and full not in note.aliases:
                note.aliases.append(full)
        for name, child in children.items():
            self._walk(network, child, path + "." + name if path else name, registered, above)
        above.discard(id(module))

    # Parameters

    def find_parameter(self, tensor: Any) -> Optional[ParameterNote]:
        return self._parameters.get(tensor)

    def owner_of(self, parameter: Any) -> Optional[ParameterNote]:
        """Note of a parameter that an optimizer holds; takes up the network that it is in."""
        note = self._parameters.get(parameter)
        if note is not None:
            return note
        for module in self._sites.keys():
            if any(p is parameter for _, p in _own_parameters(module)):
                root = self._root_of(module)
                known = self._modules.get(root)
                if known is None:
                    self.take_up(root)
                else:
                    self.refresh(known.network)
                break
        return self._parameters.get(parameter)

    def parameters_of(self, network: Network) -> List[Tuple[ParameterNote, Any]]:
        """The parameters of a network, hidden ones included, each tensor once."""
        known = self._of.get(network.number)
        if known is None:
            known = []
            for tensor in self._parameters.keys():
                note = self._parameters.get(tensor)
                if note is not None and note.network is network:
                    known.append((note, weakref.ref(tensor)))
            self._of[network.number] = known
        return [(note, revived(tensor)) for note, tensor in ((note, reference()) for note, reference in known) if tensor is not None]

    def parameters(self) -> List[Tuple[ParameterNote, Any]]:
        """Those of all networks."""
        return [pair for network in self.all for pair in self.parameters_of(network)]

    def take_tensors(self, named: List[Tuple[str, Any]]) -> bool:
        """
        Leaves that are trained and belong to no module: together a network of type `tensors`. True when one takes the place of another, as where
        the program makes new ones in every step.
        """
        replaced = False
        network = self._tensors
        if network is None:
            network = self._tensors = Network(len(self.all), None, "tensors")
            # They were found by the graph of a backward pass.
            network.trained = True
            self.all.append(network)
            self._probe.emit("module-built", model=network.number, name="", type="tensors", training=True)
        taken = {note.name: (note, reference) for note, reference in self._of.get(network.number, [])}
        for name, tensor in named:
            note, reference = taken.get(name, (None, None))
            held = None if reference is None else reference()
            if note is not None and (held is None or held.shape == tensor.shape):
                replaced = True
                self._parameters.set(tensor, note)
            else:
                name = name if note is None else "%s#%d" % (name, len(taken))
                note = ParameterNote(network, name, True, None)
                self._parameters.set(tensor, note)
            taken[name] = (note, weakref.ref(tensor))
        self._of[network.number] = list(taken.values())
        return replaced


def settings_of(module: Any) -> Dict[str, float]:
    """The numbers that a layer was constructed with, under PyTorch's names; flags as 0 and 1."""
    settings: Dict[str, float] = {}
    if _children(module) and not type(module).__module__.startswith("torch."):
        return settings
    for name, value in vars(module).items():
        if name.startswith("_") or name == "training":
            continue
        if isinstance(value, (tuple, list)) and value and isinstance(value[0], (bool, int, float)):
            value = value[0]
        if isinstance(value, (bool, int, float)):
            settings[name] = float(value)
    parameters = vars(module).get("_parameters") or {}
    if "bias" in parameters:
        settings["bias"] = 0.0 if parameters["bias"] is None else 1.0
    return settings


def _children(module: Any) -> Dict[str, Any]:
    try:
        return {name: child for name, child in module._modules.items() if child is not None}
    except AttributeError:
        # Still being constructed, or without a constructor.
        return {}


def _own_parameters(module: Any) -> List[Tuple[str, Any]]:
    try:
        return [(name, p) for name, p in module._parameters.items() if p is not None]
    except AttributeError:
        return []


def _size(module: Any) -> int:
    return 1 + len(_children(module)) + len(_own_parameters(module))


def _has_parameters(module: Any) -> bool:
    for _ in module.parameters():
        return True
    for inner in module.modules():
        if not type(inner).__module__.startswith("torch."):
            for _, value in _hidden(inner):
                if not isinstance(value, nn.Module) or next(iter(value.parameters()), None) is not None:
                    return True
    return False


def _hidden(module: Any) -> Iterator[Tuple[str, Any]]:
    """Modules and trained leaves that a module keeps where the framework does not look."""
    count = 0
    for name, value in list(vars(module).items()):
        if name in ("_modules", "_parameters", "_buffers") or name.endswith("_hooks") or isinstance(value, (str, int, float, bool)) or value is None:
            continue
        for path, found in _inside(name, value, _DEEPEST_HIDDEN):
            count += 1
            if count > _MOST_HIDDEN:
                return
            yield path, found


def _inside(path: str, value: Any, depth: int) -> Iterator[Tuple[str, Any]]:
    if isinstance(value, nn.Module):
        yield path, value
    elif isinstance(value, torch.Tensor):
        if value.requires_grad and value.is_leaf:
            yield path, value
    elif depth > 0:
        if type(value) in (list, tuple):
            for i, item in enumerate(value[:_MOST_NESTED]):
                yield from _inside("%s.%d" % (path, i), item, depth - 1)
        elif isinstance(value, dict):
            for key, item in list(value.items())[:_MOST_NESTED]:
                yield from _inside("%s.%s" % (path, key), item, depth - 1)


def _is_under_construction() -> bool:
    """The program is inside of the constructor of a module, which tries a part of itself out."""
    frame = sys._getframe(1)
    for _ in range(64):
        if frame is None:
            return False
        code = frame.f_code
        if code.co_name == "__init__" and code.co_argcount > 0 and isinstance(frame.f_locals.get(code.co_varnames[0]), nn.Module):
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def install(probe: Probe) -> None:
    networks = probe.networks = Networks(probe)

    def make(original: Any) -> Any:
        def init(self: Any, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            if probe.here:
                probe.guarded(networks.constructed, self)

        return init

    guard.Hook(nn.Module, "__init__", make)
