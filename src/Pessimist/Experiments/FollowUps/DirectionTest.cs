using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E1: goes along the program's own first update d and looks at L(w + t d).</summary>
public sealed class DirectionTest() : Experiment("direction-test", "does the loss fall along the program's own update?", 0,
    Causes.LearningRateTooHigh, Causes.LearningRateTooLow, Causes.LossSignFlipped, Causes.UnusedParameters)
{
    /// <summary>Relative change of the loss below which a float32 sum says nothing.</summary>
    const double Resolution = 1e-6;

    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.Probe(context.Seeds[0]) is not null;

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var probe = context.Probe(context.Seeds[0])!;
        var resolution = Resolution * Math.Max(Math.Abs(probe.Loss), 1e-12);
        (double T, double Change)[] changes = [.. probe.Along.Select(a => (a.T, a.Loss - probe.Loss)).OrderByDescending(a => a.T)];
        var whole = changes[0].Change;
        var curves = new Series[] { new("L(w + t d)", [.. probe.Along.Select(a => a.Loss)], [.. probe.Along.Select(a => a.T)]) };
        ExperimentFinished Result(ExperimentOutcome outcome, string reading, string? cause = null) =>
            Reading(context, outcome, $"L(w) = {Text(probe.Loss)}, L(w + d) = {Text(probe.Loss + whole)}; {reading}", cause) with { Curves = curves };

        var moved = changes.Where(c => !(Math.Abs(c.Change) <= resolution)).ToArray();
        if (moved.Length == 0)
        {
            if (probe.UpdateNorm == 0 || probe.GradientNorm == 0)
            {
                context.Beliefs.Update(Causes.UnusedParameters, 3);
                context.Beliefs.Update(Causes.SymmetricInitialization, 3);
                return Result(ExperimentOutcome.Consistent, "no parameter moves", Causes.UnusedParameters);
            }

            context.Beliefs.Update(Causes.LearningRateTooLow, 5);
            context.Beliefs.Update(Causes.LearningRateTooHigh, 0.2);
            return Result(ExperimentOutcome.Consistent, "the update is too small to change the loss", Causes.LearningRateTooLow);
        }

        if (moved.All(c => c.Change > 0))
        {
            context.Beliefs.Update(Causes.LossSignFlipped, 10);
            return Result(ExperimentOutcome.Consistent, "the loss is higher at every length of the update", Causes.LossSignFlipped);
        }

        context.Beliefs.Update(Causes.LossSignFlipped, 0.05);
        if (!(whole < 0))
        {
            context.Beliefs.Update(Causes.LearningRateTooHigh, 5);
            context.Beliefs.Update(Causes.LearningRateTooLow, 0.05);
            var best = moved.MinBy(c => c.Change);
            return Result(ExperimentOutcome.Consistent, $"the loss falls along {Text(best.T)} of the update and rises along all of it: the step is too long", Causes.LearningRateTooHigh);
        }

        if (whole > -1e-4 * probe.Loss)
        {
            context.Beliefs.Update(Causes.LearningRateTooLow, 5);
            context.Beliefs.Update(Causes.LearningRateTooHigh, 0.2);
            return Result(ExperimentOutcome.Consistent, "the update points downhill but is very short", Causes.LearningRateTooLow);
        }

        return Result(ExperimentOutcome.Inconclusive, "the first update points downhill and has a sensible length");
    }

    static string Text(double value) => value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-3) ? "0.##e0" : "0.####", CultureInfo.InvariantCulture);
}
