using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E3: the same start with other learning rates, up and down from the program's and at the common ones.</summary>
public sealed class LearningRateLadder() : Experiment("learning-rate-ladder", "with which learning rates does the batch fit?", 12,
    Causes.LearningRateTooHigh, Causes.LearningRateTooLow)
{
    /// <summary>A rate that works must differ by more than this factor to speak against the program's.</summary>
    const double Factor = 3;

    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.Facts.LearningRate is { } rate
        && context.Subject.Supports(new SetLearningRate(rate))
        // A rate at its default is the last to suspect: only when no setting that deviates turned out to be the cause.
        && (Deviates(context) || !context.Confirmed.Any() && context.Deviations.All(context.Undone.Contains));

    static bool Deviates(ExperimentContext context) =>
        context.DeviatesBy(Causes.LearningRateTooHigh) || context.DeviatesBy(Causes.LearningRateTooLow);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var rate = context.Facts.LearningRate!.Value;
        var deviation = context.Deviations.FirstOrDefault(d => d.Undo is SetLearningRate);
        if (deviation is not null)
        {
            var undone = this.Undone(context, deviation);
            if (undone.Outcome != ExperimentOutcome.Refuted || context.DefaultsWork) return undone;
        }

        return Climb(context, rate);
    }

    ExperimentFinished Climb(ExperimentContext context, double rate)
    {
        double[] rungs = [.. new[] { rate * 1e-3, rate * 1e-2, rate * 0.1, rate * 10, 1e-4, 3e-4, 1e-3, 1e-2, 0.1 }
            .Where(r => r is >= 1e-6 and <= 1 && Math.Abs(Math.Log(r / rate)) > 0.99 * Math.Log(Factor)).Distinct().OrderBy(r => Math.Abs(Math.Log(r / context.Facts.DefaultLearningRate)))];
        var tried = new List<Attempt>();
        var deviated = Deviates(context);
        foreach (var (i, rung) in rungs.Index())
        {
            context.Foresee(rungs.Skip(i).Select(r => (Recipe.Of(new SetLearningRate(r)), context.Seeds[0])));
            var attempt = context.Try(Recipe.Of(new SetLearningRate(rung)), context.Seeds[0]);
            tried.Add(attempt);
            if (!attempt.Passes || !context.Works(attempt.Recipe)) continue;
            var deviation = Deviation.LearningRate(rate, rung);
            context.Deviations.RemoveAll(d => d.Undo is SetLearningRate);
            context.Deviations.Add(deviation);
            var undone = this.Undone(context, deviation) with { Curves = Curves(context, tried) };
            // A default rate that is slow here is no mistake; the batch is hard for it.
            return deviation.Cause == Causes.LearningRateTooLow && !deviated
                ? undone with { Outcome = ExperimentOutcome.Consistent, Confirmation = null, Probability = context.Beliefs[deviation.Cause] }
                : undone;
        }

        foreach (var cause in About) context.Beliefs.Update(cause, 0.05);
        return Reading(context, ExperimentOutcome.Refuted,
            $"the batch fits with none of lr {string.Join(", ", rungs.Order().Select(r => r.ToString("0.####e0", CultureInfo.InvariantCulture)))}") with
        {
            Curves = Curves(context, tried),
        };
    }

    static Series[] Curves(ExperimentContext context, List<Attempt> tried) =>
        [new("as it is", Undoing.Thin(context.First.Trial.Losses)), .. tried.Select(a => new Series(a.Recipe.ToString(), Undoing.Thin(a.Trial.Losses)))];
}
