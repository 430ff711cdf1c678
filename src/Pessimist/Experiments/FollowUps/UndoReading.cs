using Pessimist.Observations;

namespace Pessimist.Experiments.FollowUps;

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
            Remedy = result.Outcome == ExperimentOutcome.Refuted ? null : deviation.Undo.Remedy(deviation.As),
            Proven = result.Outcome == ExperimentOutcome.Refuted ? null : deviation.Default,
            Found = deviation.Found,
            Site = deviation.Site,
            Confirmation = result.Confirmation,
            Probability = result.Outcome == ExperimentOutcome.Confirmed ? 1 : context.Beliefs[cause],
            Curves = result.Curves,
        };
    }
}
