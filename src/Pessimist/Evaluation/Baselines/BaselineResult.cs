namespace Pessimist.Evaluation;

/// <summary>A fitted simple model and what it scores on the evaluation rows.</summary>
/// <param name="Name">"majority class", "linear regression", …</param>
/// <param name="Description">What was fitted, with the settings chosen.</param>
/// <param name="Metric">Its score, with interval.</param>
/// <param name="Seconds">Fitting and predicting.</param>
public sealed record BaselineResult(string Name, string Description, MetricValue Metric, double Seconds)
{
    /// <summary>Its predictions on the evaluation rows, for classes.</summary>
    public ClassPredictions? Classes { get; init; }

    /// <summary>Its predictions on the evaluation rows, for numbers: rows x outputs.</summary>
    public float[]? Values { get; init; }
}

/// <summary>How the baselines are fitted.</summary>
public sealed record BaselineOptions
{
    /// <summary>Larger training sets are thinned to so many rows, chosen by the seed, for the linear model and k-NN.</summary>
    public int MaxTrainingRows { get; init; } = 20_000;

    /// <summary>The numbers of neighbours to choose from.</summary>
    public IReadOnlyList<int> Neighbours { get; init; } = [1, 3, 5];

    public IntervalOptions Intervals { get; init; } = new();
    public int Seed { get; init; }
    public CancellationToken Cancellation { get; init; }
}
