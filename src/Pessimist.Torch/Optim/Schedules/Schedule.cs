namespace Pessimist.Torch.Optim;

/// <summary>How the learning rate moves: a pure function of the step, so that it can be drawn, stored and tested before anything runs.
/// Attach it with <see cref="Scheduler"/>. Names, defaults and values follow <c>torch.optim.lr_scheduler</c>.</summary>
public abstract record Schedule
{
    /// <summary>The learning rate after <paramref name="step"/> calls of <see cref="Scheduler.Step"/>.</summary>
    /// <param name="step">0 before the first call.</param>
    /// <param name="initial">The rate the parameter group was created with.</param>
    public abstract double RateAt(int step, double initial);

    /// <summary>The momentum (SGD, RMSprop) or first beta (Adam, AdamW) at <paramref name="step"/>; null leaves it alone.</summary>
    public virtual double? MomentumAt(int step) => null;

    /// <summary>Runs this schedule for <paramref name="steps"/> steps, then <paramref name="next"/> from its own step 0.</summary>
    public SequentialLR Then(int steps, Schedule next) =>
        this is SequentialLR sequence
            ? new([.. sequence.Schedules, next], [.. sequence.Milestones, sequence.Milestones[^1] + steps])
            : new([this, next], [steps]);
}
