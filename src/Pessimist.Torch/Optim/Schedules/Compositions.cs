namespace Pessimist.Torch.Optim;

/// <summary>One schedule after another, each counting from its own step 0: <c>new LinearLR(0.1, Steps: 5).Then(5, new CosineAnnealingLR(25))</c>.</summary>
/// <param name="Schedules">In order of time.</param>
/// <param name="Milestones">The step at which schedule i + 1 takes over.</param>
public sealed record SequentialLR(IReadOnlyList<Schedule> Schedules, IReadOnlyList<int> Milestones) : Schedule
{
    public IReadOnlyList<int> Milestones { get; } = Milestones.Count == Schedules.Count - 1
        ? Milestones
        : throw new TorchException($"{Schedules.Count} schedules in sequence need {Schedules.Count - 1} milestones, not {Milestones.Count}");

    public override double RateAt(int step, double initial) => Active(step, out var from).RateAt(step - from, initial);

    public override double? MomentumAt(int step) => Active(step, out var from).MomentumAt(step - from);

    Schedule Active(int step, out int from)
    {
        var passed = Milestones.Count(m => m <= step);
        from = passed == 0 ? 0 : Milestones[passed - 1];
        return Schedules[passed];
    }
}

/// <summary>All schedules at once: their factors multiply (PyTorch: ChainedScheduler).</summary>
public sealed record ChainedLR(IReadOnlyList<Schedule> Schedules) : Schedule
{
    public override double RateAt(int step, double initial) => Schedules.Aggregate(initial, (rate, s) => s.RateAt(step, rate));

    public override double? MomentumAt(int step) => Schedules.Select(s => s.MomentumAt(step)).LastOrDefault(m => m is not null);
}
