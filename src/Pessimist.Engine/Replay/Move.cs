using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Replay;

/// <summary>One move of a recorded training step.</summary>
abstract record Move;

/// <summary>An operator, with its arguments as they were; tensors among them are <see cref="Source"/>s.</summary>
/// <param name="Args">Plain values; where <paramref name="Tensors"/> has an entry, that one counts.</param>
/// <param name="Tensors">By position: one source, or several for a list of tensors (null for an absent one).</param>
/// <param name="Results">Numbers of the tensors that it makes; empty when it only works in place.</param>
/// <param name="Shapes">Shapes of the tensors among the first two arguments.</param>
/// <param name="Module">Path of the innermost module that was running.</param>
sealed record OperatorMove(
    Operator Op, Value[] Args, IReadOnlyDictionary<int, Source?[]> Tensors, int[] Results, long[][] Shapes, bool Gradients, string? Module, Site? Site) : Move
{
    /// <summary>Without namespace: <c>softmax</c>.</summary>
    public string Name { get; } = Op.Name[(Op.Name.IndexOf(':', StringComparison.Ordinal) + 2)..];
}

sealed record BackwardMove(Source Loss, bool RetainGraph, Site? Site) : Move;

sealed record GradMove(Source[] Outputs, Source[] Inputs, int[] Results, bool CreateGraph) : Move;

sealed record StepMove(Optimizer Optimizer, Site? Site) : Move;

/// <param name="Clear">Clears what the program cleared.</param>
sealed record ZeroGradMove(Action Clear) : Move;

sealed record ClipMove(Tensor[] Parameters, double Limit, bool ByValue) : Move;

sealed record ScheduleMove(Scheduler Scheduler) : Move;

/// <summary>Where a tensor of a recorded step comes from.</summary>
abstract record Source;

/// <summary>Made by an operator of the step.</summary>
sealed record Made(int Id) : Source;

/// <summary>A parameter or buffer: the object itself, which training changes.</summary>
sealed record Live(Tensor Tensor) : Source;

/// <summary>The gradient of a parameter at that moment.</summary>
sealed record GradientOf(Tensor Parameter) : Source;

/// <summary>Came from outside of the step, such as the batch: a copy of it as it was.</summary>
sealed record External(int Index) : Source;
