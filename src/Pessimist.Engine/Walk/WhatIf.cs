using System.Diagnostics;
using System.Globalization;
using Pessimist.Checks.SingleBatch;
using Pessimist.Diagnosis;
using Pessimist.Evaluation;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Walk;

/// <summary>
/// When a network that fits a single batch still turns out badly, each setting that is not the default is put back, one at a time, and the whole
/// training repeated: what makes it significantly and clearly better with two seeds is confirmed as a cause.
/// </summary>
static class WhatIf
{
    const int Seeds = 2;

    /// <summary>An undoing must take away this share of the error to count.</summary>
    const double Clearly = 0.2;
    const double Level = 0.01;

    /// <summary>One setting that is not the default, and how to put it back.</summary>
    sealed record Change(string Cause, string Was, string Instead, double? Found, double? Proven, Func<TrainingSetup, TrainingSetup> Undo);

    public static IReadOnlyList<ExperimentFinished> Run(WalkContext context, ModelEvaluation evaluation, CancellationToken cancel)
    {
        if (!LosesAgainstABaseline(context)) return [];
        var finished = new List<ExperimentFinished>();
        foreach (var change in Changes(context.Setup))
        {
            if (context.Budget.Remaining.TotalSeconds < Seeds * context.Trained!.Epochs[^1].Seconds) break;
            var experiment = Try(context, evaluation.Of("validation"), change, cancel);
            context.Run.Add(experiment);
            finished.Add(experiment);
        }

        return finished;
    }

    static bool LosesAgainstABaseline(WalkContext context) => Diagnose.Everything(context.Run, context.Options.Checks).Findings.Any(f => f.Code == WorseThanBaseline.About.Code);

    static IEnumerable<Change> Changes(TrainingSetup setup)
    {
        var usual = new TrainingSetup { ModelName = "", Create = setup.Create, Task = setup.Task, Outputs = setup.Outputs, InputShape = setup.InputShape };
        if (setup.Init is { } init && init != InitScheme.He && init != InitScheme.Glorot && init != InitScheme.PyTorch)
            yield return new(Causes.InitializationScale, $"init {init}", "the default initialization", null, null, s => s with { Init = usual.Init });
        if (setup.WeightDecay > usual.WeightDecay)
            yield return new(Causes.ExcessiveWeightDecay, Text("weight decay", setup.WeightDecay), "no weight decay", setup.WeightDecay, 0, s => s with { WeightDecay = 0 });
        if (setup.LearningRate != usual.LearningRate)
            yield return new(setup.LearningRate > usual.LearningRate ? Causes.LearningRateTooHigh : Causes.LearningRateTooLow,
                Text("lr", setup.LearningRate), Text("lr", usual.LearningRate), setup.LearningRate, usual.LearningRate, s => s with { LearningRate = usual.LearningRate });
    }

    static ExperimentFinished Try(WalkContext context, Predictions before, Change change, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var epochs = context.Trained!.Epochs.Count;
        var comparisons = new List<ModelComparison>();
        var curve = new Series("", []);
        for (var seed = 0; seed < Seeds; seed++)
        {
            using var model = Trainer.Train(change.Undo(context.Setup) with { Seed = context.Setup.Seed + seed }, context.Train, context.Validation, new TrainingPlan
            {
                Phase = "what-if",
                MaxEpochs = epochs,
                Patience = Stages.TrainStage.Patience(context.Train.Count),
                Deadline = context.Budget.Leaving(0.1),
                OnStep = Telling.Steps(context, $"what if: {change.Instead} instead of {change.Was}", epochs, context.Budget.Leaving(0.1)),
            }, cancel);
            if (model.BestEpoch == 0) break;
            comparisons.Add(Comparison.Between(context, model.Predict(context.Validation, context.Prepared, cancel), before));
            if (seed == 0) curve = new Series(change.Instead, [.. model.Epochs.Select(e => e.ValidationLoss ?? double.NaN)]);
        }

        var better = comparisons.Count == Seeds && comparisons.TrueForAll(c => c.Verdict == ComparisonVerdict.Beats && c.P < Level && Math.Abs(c.Other - c.Model) >= Clearly * Math.Abs(c.Other));
        var metric = Comparison.MetricFor(context);
        var share = !metric.IsRegression;
        var reading = comparisons.Count == 0 ? "the training diverged"
            : string.Create(CultureInfo.InvariantCulture, $"with {change.Instead} the validation {metric.Name} is {string.Join(" and ", comparisons.Select(c => Words.Value(share, c.Model)))} instead of {Words.Value(share, comparisons[0].Other)} ({Words.Count(comparisons.Count, "seed")}, p {(comparisons.Max(c => c.P) < 1e-4 ? "below 0.0001" : $"at most {comparisons.Max(c => c.P):0.0###}")})");
        return new ExperimentFinished
        {
            Id = $"what-if-{change.Cause}",
            For = "training",
            Question = $"is the trained network better with {change.Instead} than with {change.Was}?",
            Reading = reading,
            Outcome = better ? ExperimentOutcome.Confirmed : comparisons.Count == Seeds ? ExperimentOutcome.Refuted : ExperimentOutcome.Inconclusive,
            Cause = change.Cause,
            Remedy = $"{change.Instead} instead of {change.Was}",
            Found = change.Found,
            Proven = better ? change.Proven : null,
            Confirmation = better ? reading : null,
            Curves = [new Series(change.Was, [.. context.Trained.Epochs.Select(e => e.ValidationLoss ?? double.NaN)]), curve],
            Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
        };
    }

    static string Text(string name, double value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value:G3}");
}
