namespace Pessimist.Observations;

/// <summary>One metric on one split, with its 95 % interval.</summary>
public sealed record Evaluated : Observation
{
    /// <summary>Which model: <c>start</c> for the simple start, <c>tuned</c> for the tuned one.</summary>
    public required string Model { get; init; }
    public required string Split { get; init; }
    public required string Metric { get; init; }
    public required double Value { get; init; }
    public double Low { get; init; }
    public double High { get; init; }
    public required int Count { get; init; }
}

/// <summary>A super-simple baseline on the validation or test split.</summary>
public sealed record BaselineMeasured : Observation
{
    public required string Name { get; init; }
    public required string Split { get; init; }
    public required string Metric { get; init; }
    public required double Value { get; init; }
    public double Low { get; init; }
    public double High { get; init; }
    public double Seconds { get; init; }
}

/// <summary>The network against the best baseline on the same examples.</summary>
public sealed record BaselineCompared : Observation
{
    /// <summary>Which network, as in <see cref="Evaluated.Model"/>.</summary>
    public string Model { get; init; } = "start";
    public required string Baseline { get; init; }
    public required string Split { get; init; }
    public required string Metric { get; init; }
    public required double ModelValue { get; init; }
    public required double BaselineValue { get; init; }

    /// <summary>Two-sided p-value of the paired test (exact McNemar, or paired bootstrap for regression).</summary>
    public required double P { get; init; }
    public required int Count { get; init; }

    /// <summary>The network is better, as the metric counts it.</summary>
    public required bool ModelIsBetter { get; init; }
}

/// <summary>One trial of a search.</summary>
public sealed record TrialFinished : Observation
{
    public required int Round { get; init; }
    public required int Number { get; init; }
    public required IReadOnlyDictionary<string, double> Parameters { get; init; }

    /// <summary>Validation metric; null when the trial failed or diverged.</summary>
    public double? Value { get; init; }
    public string? Failure { get; init; }
    public int Epochs { get; init; }
    public double Seconds { get; init; }
}

/// <summary>One round of coarse to fine: what it searched and what it kept for the next.</summary>
public sealed record RoundFinished : Observation
{
    public required int Round { get; init; }
    public required int Trials { get; init; }
    public required int Epochs { get; init; }
    public required IReadOnlyDictionary<string, ParameterRange> Searched { get; init; }
    public required IReadOnlyDictionary<string, ParameterRange> Kept { get; init; }
    public double? Best { get; init; }
    public string Note { get; init; } = "";
}

public sealed record ParameterRange(double Low, double High, bool Log);
