using Pessimist.Data;
using Pessimist.Evaluation;

namespace Pessimist.Engine.Walk;

/// <summary>What a model says about a set of examples, beside the truth, both in the unit of the data.</summary>
sealed record Predictions
{
    public required TaskKind Task { get; init; }

    /// <summary>K for classes, else the number of target columns.</summary>
    public required int Outputs { get; init; }

    /// <summary>True class ids; for multi-label one 0/1 per example and label, row-major; empty for regression.</summary>
    public int[] Labels { get; init; } = [];

    /// <summary>Predicted class ids, as <see cref="Labels"/>.</summary>
    public int[] Classes { get; init; } = [];

    /// <summary>n x K, or n x labels for multi-label; empty for regression.</summary>
    public float[] Probabilities { get; init; } = [];

    /// <summary>True numbers, n x outputs; empty for classes.</summary>
    public float[] Targets { get; init; } = [];

    /// <summary>Predicted numbers, as <see cref="Targets"/>.</summary>
    public float[] Values { get; init; } = [];

    public bool IsRegression => Task == TaskKind.Regression;

    /// <summary>Decisions that can be wrong: examples, or examples x labels for multi-label.</summary>
    public int Decisions => IsRegression ? Targets.Length / Outputs : Labels.Length;

    /// <summary>For the metrics a multi-label task is many yes/no questions.</summary>
    int MetricClasses => Task == TaskKind.MultiLabel ? 2 : Outputs;

    public MetricValue Metric(MetricKind kind) => IsRegression
        ? Metrics.Regression(kind, Targets, Values, Outputs)
        : Metrics.Classification(kind, Labels, Classes, MetricProbabilities(kind), MetricClasses);

    /// <summary>One loss per decision: 0/1 for classes; absolute error for MAE, else squared error for numbers.</summary>
    public double[] PerExampleLoss(MetricKind error) => !IsRegression ? Losses.ZeroOne(Labels, Classes)
        : error == MetricKind.Mae ? Losses.Absolute(Targets, Values, Outputs) : Losses.Squared(Targets, Values, Outputs);

    /// <summary>One loss per decision as training sees it: cross-entropy, or squared error.</summary>
    public double[] PerExampleTrainingLoss() => IsRegression
        ? Losses.Squared(Targets, Values, Outputs)
        : Losses.CrossEntropy(Labels, MetricProbabilities(MetricKind.LogLoss), MetricClasses);

    float[]? MetricProbabilities(MetricKind kind)
    {
        if (!kind.NeedsProbabilities) return null;
        if (Task != TaskKind.MultiLabel) return Probabilities;
        var pairs = new float[Probabilities.Length * 2];
        for (var i = 0; i < Probabilities.Length; i++) (pairs[2 * i], pairs[2 * i + 1]) = (1 - Probabilities[i], Probabilities[i]);
        return pairs;
    }
}
