namespace Pessimist.Observations;

/// <summary>Every parameter at one sampled optimizer step.</summary>
public sealed record ParametersMeasured : Observation
{
    public required long Step { get; init; }
    public int? Optimizer { get; init; }
    public required IReadOnlyList<ParameterMeasure> Parameters { get; init; }
}

/// <param name="Name">As in <see cref="ParameterObserved"/>; <c>1/</c> before it for the second network.</param>
/// <param name="Weight">2-norm before the step.</param>
/// <param name="Gradient">2-norm at the step; null when there is none.</param>
/// <param name="Update">2-norm of what the step changed; null where not measured.</param>
/// <param name="NonFinite">NaN and infinite elements of the gradient.</param>
/// <param name="Changed">False when the step left every bit as it was; null where not measured.</param>
/// <param name="ZeroGradients">Share of elements of the gradient that are exactly 0; null where not measured.</param>
public sealed record ParameterMeasure(
    string Name, double Weight, double? Gradient, double? Update = null, long NonFinite = 0, bool? Changed = null, double? ZeroGradients = null);

/// <summary>The outputs of modules over one sampled forward pass.</summary>
public sealed record ActivationsMeasured : Observation
{
    public required long Step { get; init; }
    public int Model { get; init; }
    public Phase Phase { get; init; }
    public required IReadOnlyList<ModuleMeasure> Modules { get; init; }
}

/// <param name="Name">Path.</param>
/// <param name="Type">Class, e.g. <c>ReLU</c>; <c>relu</c> for the functional form, under the module that calls it.</param>
/// <param name="Mean">Over finite elements, as the following.</param>
/// <param name="Zeros">Share of exact zeros.</param>
/// <param name="Units">Units: features of [N, D], channels of [N, C, …].</param>
/// <param name="NeverActive">Units of a rectifier whose output was at most 0 for every example of every sampled batch so far; null for others.</param>
/// <param name="Saturated">Share of elements within 1 % of an end of the range of a sigmoid or tanh; null for others.</param>
/// <param name="SaturatedUnits">Units that were saturated for every example of every sampled batch so far; null for others.</param>
/// <param name="Batches">Sampled batches so far.</param>
public sealed record ModuleMeasure(
    string Name, string Type, double Mean, double Std, double MaxAbs, double Zeros, long NonFinite, int Units,
    int? NeverActive = null, double? Saturated = null, int? SaturatedUnits = null, int Batches = 1);

/// <summary>One operation on tensors in a traced step, in order: together the graph of the step. Loads, views and casts are in it.</summary>
public sealed record OperationSeen : Observation
{
    public required long Step { get; init; }
    public Phase Phase { get; init; }

    /// <summary>Position in the traced step, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>The framework's name without namespace and overload: <c>linear</c>, <c>softmax</c>, <c>sub</c>; in-place forms too, see <see cref="InPlace"/>.</summary>
    public required string Operation { get; init; }
    public bool InPlace { get; init; }

    /// <summary>Path of the innermost running module; empty for the network itself, null outside of any.</summary>
    public string? Module { get; init; }

    /// <summary>Gradients were recorded.</summary>
    public bool GradientsOn { get; init; } = true;
    public IReadOnlyList<TensorFacts> Inputs { get; init; } = [];
    public IReadOnlyList<TensorFacts> Outputs { get; init; } = [];

    /// <summary>Dimension it works along (softmax, argmax, mean, cat), counted from the front; null for none or all.</summary>
    public int? Dimension { get; init; }

    /// <summary>Numbers it was given, where they matter: <c>p</c>, <c>train</c>, <c>eps</c>, <c>exponent</c>, <c>scalar</c>; and
    /// <c>wrapped</c>: the share of elements whose exact result does not fit the integer type.</summary>
    public IReadOnlyDictionary<string, double> Settings { get; init; } = new Dictionary<string, double>();
    public Site? Site { get; init; }
}

/// <summary>
/// A hand-written backward pass of an element-wise function, against the slope of its forward pass: differences between neighbouring elements of one call,
/// sorted by input. Not told of functions that change nothing, are flat or not smooth, or whose gradient is the slope times one positive factor.
/// </summary>
public sealed record GradientCompared : Observation
{
    public required long Step { get; init; }

    /// <summary>Class of the function.</summary>
    public required string Function { get; init; }

    /// <summary>Elements where the slope is known, and the share of them whose gradient is another by more than a tenth.</summary>
    public required int Points { get; init; }
    public required double Wrong { get; init; }

    /// <summary>What it passes on does not depend on the gradient that comes in.</summary>
    public bool IgnoresIncoming { get; init; }

    /// <summary>The element that is furthest off: its input, the slope there, and what the backward pass multiplies by.</summary>
    public double Element { get; init; }
    public double Slope { get; init; }
    public double Gradient { get; init; }

    /// <summary>Where the backward pass returns.</summary>
    public Site? Site { get; init; }
}

/// <summary>Where a NaN or infinity came up.</summary>
public enum NonFinitePlace { Input, Forward, Loss, Backward, Weights }

/// <summary>The first NaN or infinity of a program, and where it came from.</summary>
public sealed record NonFiniteFound : Observation
{
    public required long Step { get; init; }
    public required NonFinitePlace Place { get; init; }

    /// <summary>The first operation whose output is not finite while its inputs are; null when only the place is known.</summary>
    public string? Operation { get; init; }
    public string? Module { get; init; }

    /// <summary>The parameter whose gradient or value it is.</summary>
    public string? Parameter { get; init; }
    public IReadOnlyList<TensorFacts> Inputs { get; init; } = [];
    public TensorFacts? Output { get; init; }

    /// <summary>It reached the loss, a gradient or a weight; one that was masked on purpose did not.</summary>
    public bool Spread { get; init; } = true;
    public Site? Site { get; init; }
}
