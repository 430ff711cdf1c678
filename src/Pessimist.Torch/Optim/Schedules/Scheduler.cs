using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Optim;

/// <summary>Moves an optimizer's learning rates along a <see cref="Schedule"/>. Attaching sets the rate of step 0.</summary>
/// <remarks>The rates at hand are taken as the initial ones: to continue a run, attach first, then load the optimizer's state, then set <see cref="StepCount"/>.</remarks>
public sealed class Scheduler
{
    readonly Optimizer _optimizer;
    readonly double[] _initial;

    public Scheduler(Optimizer optimizer, Schedule schedule)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(schedule);
        (_optimizer, Schedule) = (optimizer, schedule);
        _initial = [.. optimizer.Groups.Select(g => g.LearningRate)];
        Apply();
        Watcher.Current?.Scheduler(this, optimizer);
    }

    public Schedule Schedule { get; }

    /// <summary>How often <see cref="Step"/> was called. Set it to continue an interrupted run.</summary>
    public int StepCount { get; set { ArgumentOutOfRangeException.ThrowIfNegative(value); field = value; Apply(); } }

    /// <summary>Call once after each <see cref="Optimizer.Step"/>, or once per epoch, whichever the schedule counts.</summary>
    public void Step()
    {
        StepCount++;
        Watcher.Current?.Scheduled(this, _optimizer);
    }

    void Apply()
    {
        for (var i = 0; i < _initial.Length; i++)
            _optimizer.Groups[i].LearningRate = Schedule.RateAt(StepCount, _initial[i]);
        if (Schedule.MomentumAt(StepCount) is { } momentum)
            _optimizer.Momentum = momentum;
    }
}
