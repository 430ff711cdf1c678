using Pessimist.Observations;

namespace Pessimist.Experiments;

/// <summary>From the undoing of a deviation to the record of an experiment.</summary>
static class UndoReading
{
    public static ExperimentFinished Undone(this IExperiment experiment, ExperimentContext context, Deviation deviation, string? cause = null)
    {
        var result = Undoing.Undo(context, deviation);
        cause ??= deviation.Cause;
        context.Undone.Add(deviation);
        context.Beliefs.Update(cause, result.Outcome == ExperimentOutcome.Refuted ? 0 : 10);
        return new ExperimentFinished
        {
            Id = experiment.Id,
            For = context.Stage,
            Question = experiment.Question,
            Outcome = result.Outcome,
            Reading = result.Reading,
            Cause = cause,
            Remedy = result.Outcome == ExperimentOutcome.Refuted ? null : $"{deviation.Undo.Words} instead of {deviation.As}",
            Proven = result.Outcome == ExperimentOutcome.Refuted ? null : deviation.Default,
            Found = deviation.Found,
            Confirmation = result.Confirmation,
            Probability = result.Outcome == ExperimentOutcome.Confirmed ? 1 : context.Beliefs[cause],
            Curves = result.Curves,
        };
    }
}

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

/// <summary>Draws the weights anew as the layers do by default: tells a bad start from a bad training.</summary>
public sealed class Initialization()
    : Experiment("default-initialization", "does the batch fit from the default initialization?", 4, Causes.InitializationScale, Causes.SymmetricInitialization)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.DeviatesBy(Causes.InitializationScale);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var symmetric = context.Details(context.Seeds[0]).Parameters.SkipLast(2).Any(p => p is { IsWeight: true, UnitsIdentical: true });
        return this.Undone(context, context.Deviations.First(d => d.Cause == Causes.InitializationScale),
            symmetric ? Causes.SymmetricInitialization : Causes.InitializationScale);
    }
}

/// <summary>Normalizes the inputs.</summary>
public sealed class InputScale() : Experiment("normalize-inputs", "does the batch fit with normalized inputs?", 4, Causes.InputNotNormalized)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && context.DeviatesBy(Causes.InputNotNormalized);

    public override ExperimentFinished Run(ExperimentContext context)
    {
        var trial = context.First.Trial;
        return this.Undone(context, context.Deviations.First(d => d.Cause == Causes.InputNotNormalized)) with
        {
            Measured = new Dictionary<string, double> { ["input mean"] = trial.InputMean, ["input standard deviation"] = trial.InputStd },
        };
    }
}

/// <summary>E6: the same in float64.</summary>
public sealed class Precision() : Experiment("float64", "is it gone in float64?", 4, Causes.PrecisionTooLow)
{
    public override bool Applies(ExperimentContext context) => !context.Has(Id) && !context.Confirmed.Any()
        && context.Facts.Precision != "float64" && context.Subject.Supports(new UseFloat64())
        && (context.Verdict == SingleBatchVerdict.Explodes || context.Facts.Precision != "float32");

    public override ExperimentFinished Run(ExperimentContext context) =>
        this.Undone(context, new Deviation(Causes.PrecisionTooLow, new UseFloat64(), context.Facts.Precision));
}
