using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Stepping;

/// <summary>Which part of a pass a step belongs to.</summary>
public enum StepPhase { Forward, Loss, Backward }

/// <summary>A tensor that a step took or gave: what it looked like at that moment, and its values as long as they are kept.</summary>
public sealed class SteppedTensor
{
    /// <summary><c>conv1.weight</c>, <c>input</c>, <c>#3</c> for the result of step 3, <c>grad #3</c> for the gradient with respect to it.</summary>
    public required string Label { get; init; }

    public required TensorFacts Facts { get; init; }

    /// <summary>The values were let go of when those of all steps were more than may be kept.</summary>
    public bool LetGo { get; internal set; }

    /// <summary>The gradient of the loss with respect to it, all uses together; null where none was left.</summary>
    public SteppedTensor? Gradient { get; internal set; }

    /// <summary>The tensor, whose values may have been overwritten in place since: see <see cref="Overwritten"/>.</summary>
    internal Tensor? Value { get; set; }

    /// <summary>The tensor that autograd knows; held until the pass is over.</summary>
    internal Tensor? Handle { get; set; }

    internal long Version { get; init; }

    /// <summary>An operation in place made another state of it, which is the one that has the gradient.</summary>
    public bool HasNoGradient { get; internal set; }

    internal bool Overwritten => Value is { IsDisposed: false } value && value.Version != Version;

    internal bool IsDifferentiated => Facts.RequiresGrad;
}

/// <summary>An operation, or a module with those inside of it.</summary>
public sealed class StepNode
{
    public required StepPhase Phase { get; init; }

    /// <summary>Path of the module; empty for the network itself and for what is outside of it.</summary>
    public required string Layer { get; init; }

    /// <summary>The operation, as <c>conv2d</c>; for a module its class.</summary>
    public required string Name { get; init; }

    public bool IsModule { get; init; }

    public StepNode? Parent { get; init; }

    public List<StepNode> Children { get; } = [];

    /// <summary>Number of the operation, from 1; for a module that of the first in it.</summary>
    public int Number { get; internal set; }

    /// <summary>Number of the last operation in a module; below <see cref="Number"/> when there is none.</summary>
    public int Last { get; internal set; }

    public IReadOnlyList<SteppedTensor> Inputs { get; internal set; } = [];

    public IReadOnlyList<SteppedTensor> Outputs { get; internal set; } = [];

    /// <summary>Numbers that the operation was given, as <c>dim=1</c>.</summary>
    public string Settings { get; init; } = "";

    /// <summary>File and line that constructed the module; null where not known.</summary>
    public string? Site { get; init; }

    /// <summary>What is to be known of it; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Error { get; internal set; }

    /// <summary>Itself and all below, in the order in which they ran.</summary>
    public IEnumerable<StepNode> All()
    {
        yield return this;
        foreach (var child in Children)
            foreach (var node in child.All())
                yield return node;
    }
}
