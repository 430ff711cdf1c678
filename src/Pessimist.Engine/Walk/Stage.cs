using Pessimist.Observations;

namespace Pessimist.Engine.Walk;

/// <summary>What a stage concluded. The summary is a fact: lower-case, no full stop.</summary>
sealed record StageOutcome(StageStatus Status, string Summary)
{
    public IReadOnlyList<string> Evidence { get; init; } = [];

    public IReadOnlyList<string> Help { get; init; } = [];

    /// <summary>A failed stage stops what depends on it, unless going on still tells something.</summary>
    public bool Stops { get; init; } = true;

    public static StageOutcome Passed(string summary) => new(StageStatus.Passed, summary);

    public static StageOutcome Failed(string summary) => new(StageStatus.Failed, summary);

    public static StageOutcome Skipped(string summary) => new(StageStatus.Skipped, summary);

    public static StageOutcome NotEnoughEvidence(string summary) => new(StageStatus.NotEnoughEvidence, summary);
}

/// <summary>One stage of the playbook. It adds observations to the run and says what they showed; it never judges twice what a check judges.</summary>
abstract class Stage
{
    public abstract string Name { get; }

    /// <summary>Stages that must not have failed or been skipped before this one.</summary>
    public virtual IReadOnlyList<Type> Needs => [];

    public abstract StageOutcome Run(WalkContext context, CancellationToken cancel);
}
