"""What the parts of the probe are told of the program."""

from typing import Any, Callable, Mapping, Optional, Sequence, Tuple

Site = Optional[Mapping[str, Any]]


class Observer:
    """
    Told what the program does, on the thread that trains, with gradients off and the hooks asleep. An exception is counted as a fault of the
    probe and goes no further. Only turns that are recorded are told of, and passes that are.
    Tensors are the program's own: they are read, never changed, and held by weak reference beyond the turn.
    """

    def turn_begin(self) -> None:
        """A turn (what lies between two optimizer steps) begins; `probe.records`, `measures` and `traces` are set for it."""

    def forward_begin(self, model: int, module: Any, args: Tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """A network is called from the program; `probe.passes.current` is the pass."""

    def module_end(self, model: int, path: str, module: Any, args: Tuple[Any, ...], output: Any) -> None:
        """A module inside of a network has run. Only in passes that are measured (`probe.passes.current.measures`)."""

    def forward_end(self, model: int, module: Any, args: Tuple[Any, ...], kwargs: Mapping[str, Any], output: Any) -> None:
        """The network has run."""

    def before_backward(self, tensors: Sequence[Any]) -> None:
        """A backward pass starts from these."""

    def after_backward(self, tensors: Sequence[Any]) -> None:
        """It is done: gradients are there."""

    def differentiated(self, outputs: Sequence[Any]) -> None:
        """Gradients of these were asked for without accumulating them, as a penalty on gradients does."""

    def before_step(self, index: int, optimizer: Any) -> None:
        """Optimizer number `index` is about to step; `optimizer` is None for a program that changes its parameters by hand."""

    def after_step(self, index: int, optimizer: Any) -> None:
        """It has stepped; `probe.step` still is the number of the step."""

    def loss_called(self, kind: str, input: Any, target: Any, value: Any, settings: Mapping[str, Any], site: Site) -> None:  # noqa: A002
        """
        A loss function of torch was called in a turn or pass that is recorded. `kind` is the protocol's word (`cross-entropy`); `settings` are
        the arguments beside input and target, by name.
        """

    def turn_end(self) -> None:
        """The turn ends, after all of its events; `probe.step` still is the number of its step."""

    def left_out(self) -> None:
        """A pass of an evaluation is not recorded."""

    def unrecorded_end(self) -> None:
        """A turn ends that was not recorded, and in which an evaluation may have been."""

    def exception(self, type: Any, value: BaseException, traceback: Any) -> None:  # noqa: A002
        """The program died of this."""

    def program_end(self) -> None:
        """The last chance to tell something."""


Callback = Callable[[str], None]
