using Pessimist.Data;
using Pessimist.Data.Sequences;
using Pessimist.Engine.Walk;

namespace Pessimist.Engine.Stepping;

/// <summary>What the walk through a pass starts from; the output is compared with the target by it.</summary>
public enum StepLoss
{
    /// <summary>Cross-entropy for classes, binary cross-entropy of logits for several labels, mean squared error for numbers.</summary>
    OfTask,
    CrossEntropy,
    BceWithLogits,
    Mse,
    L1,

    /// <summary>The sum of the output, for networks whose output fits no target.</summary>
    Sum,

    /// <summary>The forward pass alone.</summary>
    None,
}

/// <summary>What to step through, already parsed.</summary>
public sealed record StepOptions
{
    /// <summary>Name of a ready-made network, <c>auto</c>, or a TorchScript file.</summary>
    public required string Model { get; init; }

    /// <summary>The data as <c>diagnose</c> takes them.</summary>
    public required string Data { get; init; }

    public IReadOnlyList<string> Targets { get; init; } = [];

    public SequenceColumns? Sequences { get; init; }

    public TaskKind? Task { get; init; }

    /// <summary>Examples in the pass; at least 1.</summary>
    public int Batch { get; init; } = 32;

    public StepLoss Loss { get; init; }

    /// <summary>Training mode, and not evaluation.</summary>
    public bool Training { get; init; } = true;

    /// <summary>Shape to give each example; null for that of the data.</summary>
    public IReadOnlyList<int>? Shape { get; init; }

    /// <summary>Weights to start from, as safetensors.</summary>
    public string? Weights { get; init; }

    public bool Normalize { get; init; } = true;

    public int Seed { get; init; } = DiagnoseOptions.DefaultSeed;

    /// <summary>Bytes of values that are kept for printing.</summary>
    public long MostBytes { get; init; } = 1L << 30;
}
