using Pessimist.Text;

namespace Pessimist.Evaluation;

/// <summary>What a model is judged by.</summary>
public enum MetricKind
{
    Error,
    Accuracy,
    MacroF1,
    BalancedAccuracy,
    LogLoss,
    Auc,
    Mse,
    Rmse,
    Mae,
    R2,
}

/// <summary>Names and nature of the metrics.</summary>
public static class MetricKinds
{
    static readonly (MetricKind Kind, string[] Names)[] _names =
    [
        (MetricKind.Error, ["error", "error-rate"]),
        (MetricKind.Accuracy, ["accuracy", "acc"]),
        (MetricKind.MacroF1, ["macro-f1", "f1", "f1-macro"]),
        (MetricKind.BalancedAccuracy, ["balanced-accuracy"]),
        (MetricKind.LogLoss, ["log-loss", "cross-entropy", "nll"]),
        (MetricKind.Auc, ["auc", "roc-auc"]),
        (MetricKind.Mse, ["mse"]),
        (MetricKind.Rmse, ["rmse"]),
        (MetricKind.Mae, ["mae"]),
        (MetricKind.R2, ["r2", "r-squared"]),
    ];

    /// <summary>The names a user may give, one per metric.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. _names.Select(n => n.Names[0])];

    /// <summary>The metric of a name, in any case, with '-', '_' or a space between words.</summary>
    /// <exception cref="PessimistException">No metric has the name.</exception>
    public static MetricKind Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var wanted = name.Trim().Replace('_', '-').Replace(' ', '-');
        foreach (var (kind, names) in _names)
            if (names.Contains(wanted, StringComparer.OrdinalIgnoreCase)) return kind;
        throw new PessimistException(
            $"there is no metric '{name}'{DidYouMean.Suffix(wanted, _names.SelectMany(n => n.Names))}",
            $"use one of {string.Join(", ", Names)}");
    }

    extension(MetricKind kind)
    {
        public string Name => _names.First(n => n.Kind == kind).Names[0];

        public bool HigherIsBetter => kind is MetricKind.Accuracy or MetricKind.MacroF1 or MetricKind.BalancedAccuracy or MetricKind.Auc or MetricKind.R2;

        public bool IsRegression => kind is MetricKind.Mse or MetricKind.Rmse or MetricKind.Mae or MetricKind.R2;

        /// <summary>True for a share of examples, which has an exact (Wilson) interval.</summary>
        public bool IsRate => kind is MetricKind.Error or MetricKind.Accuracy;

        /// <summary>True when the metric needs class probabilities and not only predicted classes.</summary>
        public bool NeedsProbabilities => kind is MetricKind.LogLoss or MetricKind.Auc;
    }
}
