namespace Pessimist.Observations;

/// <summary>The loss of the untrained network against what it must be when the network knows nothing.</summary>
public sealed record InitialLossObserved : Observation
{
    public required double Loss { get; init; }

    /// <summary>ln K for cross-entropy, the variance of the targets for squared error.</summary>
    public required double Expected { get; init; }

    /// <summary>The expected value in words, e.g. <c>ln 10</c>.</summary>
    public required string ExpectedAs { get; init; }

    /// <summary>Standard deviation of the loss over seeds, or 0 when only one was tried.</summary>
    public double Spread { get; init; }

    /// <summary>Root mean square of the outputs before the loss.</summary>
    public double OutputScale { get; init; }
    public string? Reason { get; init; }
}

public enum SingleBatchVerdict { Passes, GoesUp, Explodes, Oscillates, Plateaus, NotEnoughEvidence }

/// <summary>One attempt to overfit one frozen batch.</summary>
public sealed record SingleBatchTried : Observation
{
    public required int Seed { get; init; }
    public required SingleBatchVerdict Verdict { get; init; }

    /// <summary>Loss before each step, in order.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>The lowest loss that this batch allows: 0 for hard labels, more for duplicates with different labels.</summary>
    public double Floor { get; init; }

    /// <summary>Final training error on the batch (classification), 0 to 1; null for regression.</summary>
    public double? FinalError { get; init; }

    /// <summary>Hash of the batch at the first and at the last step; different hashes mean the batch was not frozen.</summary>
    public string FirstHash { get; init; } = "";
    public string LastHash { get; init; } = "";
    public int BatchSize { get; init; }

    /// <summary>One line on why this verdict, with the numbers.</summary>
    public string Because { get; init; } = "";
}

/// <summary>A follow-up experiment, finished: one thing changed, everything else the same.</summary>
public sealed record ExperimentFinished : Observation
{
    public required string Id { get; init; }

    /// <summary>The stage that asked for it, e.g. <c>single-batch</c>.</summary>
    public required string For { get; init; }
    public required string Question { get; init; }
    public required string Reading { get; init; }
    public required ExperimentOutcome Outcome { get; init; }

    /// <summary>Name of the cause it speaks about, e.g. <c>learning-rate-too-high</c>.</summary>
    public string? Cause { get; init; }

    /// <summary>What undoes the cause, with its value, e.g. <c>lr 0.001 instead of 10</c>.</summary>
    public string? Remedy { get; init; }

    /// <summary>The value that undid the cause, e.g. the learning rate that works; null where the remedy has no number.</summary>
    public double? Proven { get; init; }

    /// <summary>The value as it was, e.g. the learning rate of the program.</summary>
    public double? Found { get; init; }

    /// <summary>The line of the program that it is about.</summary>
    public Site? Site { get; init; }

    /// <summary>What undoing did, one line, e.g. "with lr 0.0003 the batch is fitted at step 214 (2 of 2 seeds)"; null unless confirmed.</summary>
    public string? Confirmation { get; init; }

    /// <summary>Belief in the cause after this experiment, 0 to 1; null when it names none.</summary>
    public double? Probability { get; init; }

    /// <summary>Numbers behind the reading, by name.</summary>
    public IReadOnlyDictionary<string, double> Measured { get; init; } = new Dictionary<string, double>();
    public IReadOnlyList<Series> Curves { get; init; } = [];
    public double Seconds { get; init; }
}

public enum ExperimentOutcome { Confirmed, Consistent, Refuted, Inconclusive }

/// <summary>A named curve; x defaults to 0, 1, 2, ….</summary>
public sealed record Series(string Name, IReadOnlyList<double> Y, IReadOnlyList<double>? X = null);

/// <summary>Measurements after one epoch of training.</summary>
public sealed record EpochFinished : Observation
{
    /// <summary><c>train</c> for the main training, <c>lr-check</c> for the first look.</summary>
    public required string Phase { get; init; }
    public required int Epoch { get; init; }
    public long Step { get; init; }
    public required double TrainLoss { get; init; }
    public double? TrainMetric { get; init; }
    public double? ValidationLoss { get; init; }
    public double? ValidationMetric { get; init; }
    public double LearningRate { get; init; }
    public double? GradientNorm { get; init; }

    /// <summary>Median over parameters of |update| / |weight| in the last step of the epoch.</summary>
    public double? UpdateRatio { get; init; }
    public double Seconds { get; init; }
}

public enum TrainingEnding { Completed, EarlyStopped, Diverged, BudgetSpent, Interrupted }

/// <summary>How a training ended, and where it was best.</summary>
public sealed record TrainingEnded : Observation
{
    public required string Phase { get; init; }
    public required TrainingEnding Ending { get; init; }
    public int BestEpoch { get; init; }
    public double? BestValidationMetric { get; init; }
    public double InitialLoss { get; init; }
    public double FinalLoss { get; init; }
}
