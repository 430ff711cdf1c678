using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E2: the angle between the program's update and the descent direction; where it points uphill, turns the sign of the loss.</summary>
public sealed class SignTest() : Experiment("sign-test", "does the program descend its loss, or climb it?", 4, Causes.LossSignFlipped)
{
    /// <summary>Adam's first update has a cosine well above 0.1; a penalty may turn it, but never against the loss alone.</summary>
    const double Downhill = 0.05;

    public override bool Applies(ExperimentContext context) =>
        !context.Has(Id) && (context.DeviatesBy(Causes.LossSignFlipped) || context.Probe(context.Seeds[0]) is { } probe && !double.IsNaN(probe.Cosine));

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var probe = context.Probe(context.Seeds[0]);
        var angle = probe is null ? "the update could not be watched" : string.Create(CultureInfo.InvariantCulture, $"cos(update, -gradient of the loss) = {probe.Cosine:0.###}");
        var deviation = context.Deviations.FirstOrDefault(d => d.Cause == Causes.LossSignFlipped);
        if (deviation is null && probe!.Cosine > -Downhill)
        {
            context.Beliefs.Update(Causes.LossSignFlipped, probe.Cosine > Downhill ? 0.001 : 0.2);
            if (probe.Cosine < Downhill) context.Beliefs.Update(Causes.ExcessiveWeightDecay, 5);
            return Reading(context, probe.Cosine > Downhill ? ExperimentOutcome.Refuted : ExperimentOutcome.Inconclusive, angle, Causes.LossSignFlipped);
        }

        deviation ??= new Deviation(Causes.LossSignFlipped, new ScaleLoss(-1), "the sign of the loss");
        if (!context.Subject.Supports(deviation.Undo))
            return Reading(context, ExperimentOutcome.Consistent, $"{angle}; the sign cannot be turned in this program", Causes.LossSignFlipped);
        return this.Undone(context, deviation) is var undone && undone.Outcome == ExperimentOutcome.Refuted && probe?.Cosine < -Downhill
            ? undone with { Outcome = ExperimentOutcome.Consistent, Reading = $"{angle}; {undone.Reading}" }
            : undone with { Reading = $"{angle}; {undone.Reading}" };
    }
}
