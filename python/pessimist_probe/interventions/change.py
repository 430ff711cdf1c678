"""One thing that is changed in a program."""

from typing import Any, Callable, Dict, List, Sequence, Tuple, Type


class CannotBeMade(Exception):
    """The intervention does not apply to this program; the message says why."""


class Change:
    """All methods hand on what they were given. They are called only while the program trains."""

    def __init__(self, intervention: Dict[str, Any]) -> None:
        self.intervention = intervention

    def install(self, trial: Any) -> None:
        """Right after torch was imported."""

    def root(self, network: Any, args: Tuple[Any, ...], kwargs: Dict[str, Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
        """A network is called from the program."""
        return args, kwargs

    def loss(self, kind: str, input: Any, target: Any) -> Tuple[Any, Any]:  # noqa: A002
        """A loss of torch is called."""
        return input, target

    def backward(self, tensors: Sequence[Any]) -> Sequence[Any]:
        """A backward pass starts from these."""
        return tensors

    def before_step(self, optimizer: Any) -> None:
        """An optimizer is about to step."""

    def after_step(self, optimizer: Any) -> None:
        """It has stepped."""

    def finish(self) -> None:
        """The trial is over: raises CannotBeMade when the change had nothing to change."""


def first_tensor(args: Sequence[Any], kwargs: Dict[str, Any], change: Callable[[Any], Any]) -> Tuple[Tuple[Any, ...], Dict[str, Any]]:
    """The arguments with the first floating-point tensor without history changed."""
    import torch

    def fits(value: Any) -> bool:
        return isinstance(value, torch.Tensor) and value.is_floating_point() and value.grad_fn is None

    for i, value in enumerate(args):
        if fits(value):
            return (*args[:i], change(value), *args[i + 1:]), kwargs
    for name, value in kwargs.items():
        if fits(value):
            return tuple(args), {**kwargs, name: change(value)}
    return tuple(args), kwargs


def _all() -> Dict[str, Type[Change]]:
    from . import (
        batch_norm,
        bypass,
        dimension,
        direction,
        dropout,
        float64,
        gradients,
        initialization,
        learning_rate,
        normalize_inputs,
        optimize_all,
        plain_loss,
        reference_loop,
        reference_model,
        scale_loss,
        shuffle_inputs,
        shuffle_labels,
        training_mode,
        unfreeze,
        weight_decay,
        zero_gradients,
        zero_inputs,
    )

    return {
        "learning-rate": learning_rate.SetLearningRate,
        "scale-loss": scale_loss.ScaleLoss,
        "weight-decay": weight_decay.SetWeightDecay,
        "dropout": dropout.SetDropout,
        "default-initialization": initialization.UseDefaultInitialization,
        "normalize-inputs": normalize_inputs.NormalizeInputs,
        "float64": float64.UseFloat64,
        "zero-inputs": zero_inputs.ZeroInputs,
        "shuffle-inputs": shuffle_inputs.ShuffleInputs,
        "shuffle-labels": shuffle_labels.ShuffleLabels,
        "zero-gradients": zero_gradients.ZeroGradients,
        "bypass-operation": bypass.BypassOperation,
        "dimension": dimension.SetDimension,
        "plain-loss": plain_loss.UsePlainLoss,
        "optimize-all": optimize_all.OptimizeAll,
        "unfreeze": unfreeze.Unfreeze,
        "training-mode": training_mode.UseTrainingMode,
        "no-batch-norm": batch_norm.LeaveOutBatchNorm,
        "reference-loop": reference_loop.UseReferenceLoop,
        # No interventions of the tool: closer looks at the first step.
        "look-direction": direction.Direction,
        "look-gradients": gradients.Gradients,
        "reference-model": reference_model.UseReferenceModel,
    }


def make(intervention: Dict[str, Any]) -> Change:
    kind = intervention.get("kind", "")
    found = _all().get(kind)
    if found is None:
        raise CannotBeMade("'%s' is not known" % kind)
    return found(intervention)


Changes = List[Change]
