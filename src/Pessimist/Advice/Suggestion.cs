namespace Pessimist.Advice;

/// <summary>What an action costs, cheapest first.</summary>
public enum Cost { Minutes, Hours, Days }

/// <summary>One action of the playbook, with its reason and, where there is one, the command that does it.</summary>
public sealed record Suggestion(string Action, string Why, Cost Cost, string? Command = null);

/// <summary>What the run already does, so that advice does not repeat it.</summary>
public sealed record Situation
{
    /// <summary>Words that start every command, e.g. <c>pessimist diagnose digits.csv --target label</c>.</summary>
    public required string Command { get; init; }

    /// <summary><c>linear</c>, <c>mlp</c> or <c>lenet</c>.</summary>
    public required string Model { get; init; }
    public required int TrainCount { get; init; }
    public double WeightDecay { get; init; }
    public bool Regularized => WeightDecay > 0;
    public bool Tuned { get; init; }

    /// <summary>Inputs are pictures, or a table of pixels that can be seen as one.</summary>
    public bool Pictures { get; init; }
    public bool Classification { get; init; }

    /// <summary>How to get weights that were trained elsewhere, where the data fit them and none were used; else null.</summary>
    public string? TransferFrom { get; init; }

    /// <summary>All training examples were used; false when a subset was.</summary>
    public bool AllTrainingData { get; init; } = true;
}
