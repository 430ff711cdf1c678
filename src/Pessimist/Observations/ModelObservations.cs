namespace Pessimist.Observations;

/// <summary>The network as built, with what one training step of it takes.</summary>
public sealed record ModelBuilt : Observation
{
    public required string Name { get; init; }

    /// <summary>Why this architecture was taken, in one sentence.</summary>
    public string Why { get; init; } = "";

    /// <summary>The network as text, one module a line.</summary>
    public string Text { get; init; } = "";
    public IReadOnlyList<LayerFact> Layers { get; init; } = [];
    public long Parameters { get; init; }

    /// <summary>Bytes of one training step: weights, gradients, optimizer state and activations.</summary>
    public required StepMemory Memory { get; init; }

    /// <summary>Bytes that the device, or the machine, has; null when nobody asked.</summary>
    public long? Capacity { get; init; }
    public string Optimizer { get; init; } = "";
    public double LearningRate { get; init; }
    public double WeightDecay { get; init; }
    public int BatchSize { get; init; }
    public string Initialization { get; init; } = "";
}

/// <param name="Name">Path of the module as in <c>state_dict</c>, e.g. <c>body.0</c>.</param>
/// <param name="Kind">Class, e.g. <c>Linear</c>.</param>
/// <param name="Output">Shape of the output for one batch.</param>
/// <param name="Parameters">Number of scalars it owns.</param>
/// <param name="ActivationBytes">Bytes kept for the backward pass.</param>
public sealed record LayerFact(string Name, string Kind, IReadOnlyList<long> Output, long Parameters, long ActivationBytes);

/// <summary>All in bytes.</summary>
public sealed record StepMemory(long Weights, long Gradients, long OptimizerState, long Activations, long Batch)
{
    public long Total => Weights + Gradients + OptimizerState + Activations + Batch;
}

/// <summary>One module's output in a first forward pass: shape, dtype and values.</summary>
public sealed record OperationTraced : Observation
{
    public required string Module { get; init; }
    public required string Operation { get; init; }
    public required IReadOnlyList<long> Shape { get; init; }
    public required string DType { get; init; }
    public double Min { get; init; }
    public double Mean { get; init; }
    public double Max { get; init; }
    public double Std { get; init; }
    public long NonFinite { get; init; }

    /// <summary>Share of zeros in the output, 0 to 1.</summary>
    public double Zeros { get; init; }
}

/// <summary>One parameter before and after the first backward pass.</summary>
public sealed record ParameterObserved : Observation
{
    public required string Name { get; init; }
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>2-norm before the first step.</summary>
    public double WeightNorm { get; init; }

    /// <summary>Standard deviation of the weights at the start.</summary>
    public double WeightStd { get; init; }

    /// <summary>2-norm of the gradient; null when no gradient reached the parameter.</summary>
    public double? GradientNorm { get; init; }
    public long GradientNonFinite { get; init; }

    /// <summary>All rows (units) of a weight matrix are equal, so that their gradients are too.</summary>
    public bool UnitsIdentical { get; init; }
    public bool RequiresGradient { get; init; } = true;

    /// <summary>Which network of the program, from 0.</summary>
    public int Model { get; init; }

    /// <summary>Optimizers (their numbers) that hold it; null where nobody looked.</summary>
    public IReadOnlyList<int>? Optimizers { get; init; }

    /// <summary>Name of the first parameter that is the same tensor, when it goes by several.</summary>
    public string? AliasOf { get; init; }

    /// <summary>False for one of a module that the framework does not know of: see <see cref="ModuleBuilt.Registered"/>.</summary>
    public bool Registered { get; init; } = true;
    public string DType { get; init; } = "float32";
    public string? Device { get; init; }

    /// <summary>Where its module was constructed.</summary>
    public Site? Site { get; init; }

    /// <summary>Lines of the program that may have frozen or set it, by their text, where it is frozen, constant or of an unusual scale: where to look, no proof.</summary>
    public IReadOnlyList<Site> SetBy { get; init; } = [];
}

/// <summary>Does the output for one example depend on the others? Measured by the gradient of one output with respect to every input.</summary>
public sealed record BatchAxisTested : Observation
{
    /// <summary>Largest absolute gradient of output i with respect to input j, over j != i.</summary>
    public required double AcrossExamples { get; init; }

    /// <summary>Largest absolute gradient of output i with respect to its own input.</summary>
    public required double OwnExample { get; init; }
}
