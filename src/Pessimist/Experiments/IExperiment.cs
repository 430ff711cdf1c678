using Pessimist.Observations;

namespace Pessimist.Experiments;

/// <summary>One question about a failing subject, answered by changing one thing and keeping everything else.</summary>
public interface IExperiment
{
    string Id { get; }

    /// <summary>What it asks, for people, with a question mark.</summary>
    string Question { get; }

    /// <summary>Trainings on the batch that it takes at most.</summary>
    int Cost { get; }

    /// <summary>Causes that it can speak for; the beliefs in them decide when it runs.</summary>
    IReadOnlyList<string> About { get; }

    /// <summary>It can be made on this subject, and its answer is not known yet.</summary>
    bool Applies(ExperimentContext context);

    ExperimentFinished Run(ExperimentContext context);
}

/// <summary>What experiments share.</summary>
public abstract class Experiment(string id, string question, int cost, params string[] about) : IExperiment
{
    public string Id { get; } = id;
    public string Question { get; } = question;
    public int Cost { get; } = cost;
    public IReadOnlyList<string> About { get; } = about;

    public abstract bool Applies(ExperimentContext context);

    public abstract ExperimentFinished Run(ExperimentContext context);

    /// <summary>A reading; with a cause, it says how likely that has become.</summary>
    protected ExperimentFinished Reading(ExperimentContext context, ExperimentOutcome outcome, string reading, string? cause = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new ExperimentFinished
        {
            Id = Id,
            For = context.Stage,
            Question = Question,
            Outcome = outcome,
            Reading = reading,
            Cause = cause,
            Probability = cause is null ? null : outcome == ExperimentOutcome.Confirmed ? 1 : context.Beliefs[cause],
        };
    }
}
