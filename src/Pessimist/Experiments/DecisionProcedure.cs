using System.Diagnostics;
using Pessimist.Experiments.FollowUps;
using Pessimist.Observations;

namespace Pessimist.Experiments;

/// <summary>
/// Chooses follow-up experiments for a failing single batch, cheap and likely first, until what was confirmed explains the symptom.
/// It never names a cause that was not confirmed as one: what is only consistent stays so.
/// </summary>
public static class DecisionProcedure
{
    static IExperiment[] CreateExperiments() =>
    [
        new FrozenBatch(), new FirstNonFinite(), new DirectionTest(), new LayerFlow(), new TrainEval(), new SignTest(), new LearningRateLadder(), new StepLength(),
        new Initialization(), Regularizers.WeightDecay(), Regularizers.Dropout(), new BatchNormalization(), new InputScale(), new Precision(), new PerSampleLoss(),
        new InputsAndLabels(), new ReferenceModel(), new ReferenceLoop(), new NumericGradient(),
    ];

    /// <param name="finished">Called after each experiment, before the next is chosen.</param>
    /// <returns>All experiments, in order; none when the batch did not fail.</returns>
    public static IReadOnlyList<ExperimentFinished> Run(ExperimentContext context, Action<ExperimentFinished>? finished = null, Action<IExperiment>? starting = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Seeds.Count == 0 || context.Verdict is SingleBatchVerdict.Passes or SingleBatchVerdict.NotEnoughEvidence) return [];
        List<IExperiment> left = [.. context.Facts.Suspicions.Where(s => context.Subject.Supports(s.Undo)).Select(s => new UndoSuspicion(s)), .. CreateExperiments()];
        while (!Explained(context) && Next(context, left) is { } experiment)
        {
            left.Remove(experiment);
            starting?.Invoke(experiment);
            var watch = Stopwatch.StartNew();
            var result = experiment.Run(context) with { Seconds = watch.Elapsed.TotalSeconds };
            context.Add(result);
            finished?.Invoke(result);
        }

        return context.Finished;
    }

    /// <summary>The best belief per training; what costs nothing comes first.</summary>
    static IExperiment? Next(ExperimentContext context, List<IExperiment> left) => left
        .Select((e, order) => (Experiment: e, order, Worth: e.Cost == 0 ? double.PositiveInfinity : e.About.Sum(c => context.Beliefs[c]) / e.Cost))
        .OrderByDescending(e => e.Worth).ThenBy(e => e.order)
        // Last, and in order: to know whether one applies may take a training.
        .Select(e => e.Experiment).FirstOrDefault(e => e.Applies(context));

    /// <summary>A contradiction was found, or undoing all that was confirmed removes the symptom.</summary>
    static bool Explained(ExperimentContext context)
    {
        var confirmed = context.Confirmed.ToArray();
        if (confirmed.Length == 0) return false;
        if (confirmed.Contains(Causes.BatchNotFrozen) || confirmed.Contains(Causes.InputNotFinite) || confirmed.Contains(Causes.PrecisionTooLow)) return true;
        var undone = context.Deviations.Where(d => confirmed.Contains(d.Cause)
            || d.Undo is UseDefaultInitialization && confirmed.Contains(Causes.SymmetricInitialization)).ToArray();
        // The sign of a program whose settings are unknown is undone without being a listed deviation.
        return undone.Length == 0 || context.Works(Recipe.Of(undone.Select(d => d.Undo)));
    }
}
