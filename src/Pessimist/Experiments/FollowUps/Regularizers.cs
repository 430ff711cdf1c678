using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

/// <summary>E5: switches one regularizer off.</summary>
public sealed class Regularizers : Experiment
{
    readonly string _cause;

    Regularizers(string id, string question, string cause) : base(id, question, 4, cause) => _cause = cause;

    public static Regularizers WeightDecay() => new("weight-decay-off", "does the batch fit without weight decay?", Causes.ExcessiveWeightDecay);

    public static Regularizers Dropout() => new("dropout-off", "does the batch fit without dropout?", Causes.ExcessiveDropout);

    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.DeviatesBy(_cause);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var finished = this.Undone(context, context.Deviations.First(d => d.Cause == _cause));
        return context.Details(context.Seeds[0]) is { DataGradientNorm: { } data, PenaltyGradientNorm: { } penalty } && _cause == Causes.ExcessiveWeightDecay
            ? finished with { Measured = new Dictionary<string, double> { ["data gradient"] = data, ["penalty gradient"] = penalty } }
            : finished;
    }
}
