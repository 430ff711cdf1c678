using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E9: is it a few examples that stay wrong, or all of them?</summary>
public sealed class PerSampleLoss() : Experiment("per-sample-loss", "do a few examples hold the loss up, or all?", 0, Causes.HardExamples)
{
    /// <summary>Few: at most this share of the batch holds at least the other share of the loss.</summary>
    const double Few = 0.2;
    const double Most = 0.8;

    public override bool Applies(ExperimentContext context) => !context.Has(Id)
        && context.First.Trial.SampleLosses is { Count: >= 10 } losses && losses.All(double.IsFinite);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var losses = context.First.Trial.SampleLosses;
        var sum = losses.Sum();
        var ordered = losses.Index().OrderByDescending(l => l.Item).ToArray();
        var few = ordered.Take((int)Math.Ceiling(Few * losses.Count)).ToArray();
        var share = sum > 0 ? few.Sum(l => l.Item) / sum : 0;
        var curves = new Series[] { new("loss per example, sorted", [.. ordered.Select(l => l.Item)]) };
        if (share < Most)
        {
            context.Beliefs.Update(Causes.HardExamples, 0.05);
            var spread = string.Create(CultureInfo.InvariantCulture, $"the {few.Length} worst of {losses.Count} examples hold {100 * share:0} % of the loss: all stay wrong");
            return Reading(context, ExperimentOutcome.Refuted, spread, Causes.HardExamples) with { Curves = curves };
        }

        context.Beliefs.Update(Causes.HardExamples, 10);
        var reading = string.Create(CultureInfo.InvariantCulture,
            $"{few.Length} of {losses.Count} examples hold {100 * share:0} % of the loss: {string.Join(", ", few.Take(5).Select(l => Name(context, l.Index)))} first; look at their labels");
        return Reading(context, ExperimentOutcome.Consistent, reading, Causes.HardExamples) with { Curves = curves };
    }

    static string Name(ExperimentContext context, int example) =>
        example < context.Facts.Examples.Count ? context.Facts.Examples[example] : string.Create(CultureInfo.InvariantCulture, $"example {example + 1} of the batch");
}
