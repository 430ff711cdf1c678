namespace Pessimist.Data.Synthetic;

/// <summary>A data set that was made: inputs and targets in memory.</summary>
public sealed record SyntheticData
{
    /// <summary>Of one example: [features], [steps, features] or [channels, height, width].</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>Row-major, one example after the other; pictures from 0 to 255.</summary>
    public required float[] Inputs { get; init; }

    /// <summary>Names of the features; empty for pictures.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Class numbers, or values to be predicted; <see cref="TargetsEach"/> for each example.</summary>
    public required float[] Targets { get; init; }

    public int TargetsEach { get; init; } = 1;

    /// <summary>Names of the classes; empty where a value is predicted.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    public int Count => Targets.Length / TargetsEach;

    public int Length => Shape.Aggregate(1, (product, size) => product * size);

    public bool IsPicture => Shape.Count == 3;

    public bool IsSequence => Shape.Count == 2;

    public ReadOnlySpan<float> Input(int example) => Inputs.AsSpan(example * Length, Length);

    public ReadOnlySpan<float> Target(int example) => Targets.AsSpan(example * TargetsEach, TargetsEach);
}
