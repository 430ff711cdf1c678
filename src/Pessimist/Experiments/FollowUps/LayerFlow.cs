using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E10: gradients and updates of every parameter over the first 20 steps.</summary>
public sealed class LayerFlow() : Experiment("layer-flow", "do gradients and updates reach every layer?", 1,
    Causes.SymmetricInitialization, Causes.VanishingGradients, Causes.UnusedParameters, Causes.ExcessiveWeightDecay)
{
    /// <summary>Gradient norm of the first weight over that of the last.</summary>
    const double Vanished = 1e-3;

    /// <summary>Penalty over data gradient.</summary>
    const double Dominant = 2;

    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.Details(context.Seeds[0]).Parameters.Count > 0;

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var trial = context.Details(context.Seeds[0]);
        var weights = trial.Parameters.Where(p => p.IsWeight).ToArray();
        var curves = trial.Parameters.Where(p => p.GradientNorms.Count > 0).Select(p => new Series($"gradient of {p.Name}", p.GradientNorms)).ToArray();
        var measured = new Dictionary<string, double>();
        if (trial is { DataGradientNorm: { } data, PenaltyGradientNorm: { } penalty })
        {
            (measured["data gradient"], measured["penalty gradient"]) = (data, penalty);
            context.Beliefs.Update(Causes.ExcessiveWeightDecay, penalty > Dominant * data ? 10 : 0.3);
        }

        var ratios = weights.SelectMany(w => w.UpdateRatios).Where(double.IsFinite).ToArray();
        if (ratios.Length > 0)
        {
            measured["median update ratio"] = Signals.Trend.Quantile(ratios, 0.5);
            if (measured["median update ratio"] < 1e-6) context.Beliefs.Update(Causes.LearningRateTooLow, 10);
            if (measured["median update ratio"] > 0.1) context.Beliefs.Update(Causes.LearningRateTooHigh, 5);
        }

        ExperimentFinished Result(ExperimentOutcome outcome, string reading, string? cause = null) =>
            Reading(context, outcome, reading, cause) with { Curves = curves, Measured = measured };

        // Units of the last layer tell themselves apart by their targets.
        var same = weights.SkipLast(1).Where(w => w.UnitsIdentical).Select(w => w.Name).ToArray();
        context.Beliefs.Update(Causes.SymmetricInitialization, same.Length > 0 ? 50 : 0.02);
        if (same.Length > 0) context.Beliefs.Update(Causes.InitializationScale, 50);
        if (same.Length > 0)
            return Result(ExperimentOutcome.Consistent, $"all units of {string.Join(" and ", same)} are equal, before and after {ExperimentContext.WatchedSteps} steps", Causes.SymmetricInitialization);

        var silent = trial.Parameters.Where(p => p.GradientNorms.Count == 0).Select(p => p.Name).ToArray();
        if (silent.Length > 0)
        {
            context.Beliefs.Update(Causes.UnusedParameters, 20);
            return Result(ExperimentOutcome.Consistent, $"no gradient reaches {Text.DidYouMean.List(silent)}", Causes.UnusedParameters);
        }

        if (weights.Length > 1 && Mean(weights[0]) < Vanished * Mean(weights[^1]))
        {
            context.Beliefs.Update(Causes.VanishingGradients, 20);
            return Result(ExperimentOutcome.Consistent, string.Create(CultureInfo.InvariantCulture,
                $"the gradient of {weights[0].Name} is {Mean(weights[0]):0.#e0}, that of {weights[^1].Name} {Mean(weights[^1]):0.#e0}"), Causes.VanishingGradients);
        }

        return Result(ExperimentOutcome.Refuted, "gradients reach every layer, and no two units are equal");
    }

    static double Mean(ParameterTrace p) => p.GradientNorms.Count == 0 ? 0 : p.GradientNorms.Average();
}
