using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES505 collapsed-learning-rate</summary>
public sealed class CollapsedLearningRate(CollapsedLearningRate.Limits limits) : ProgramCheck(About), IReads<SchedulerBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES505",
        Name = "collapsed-learning-rate",
        Level = Level.Warning,
        Summary = "the learning rate has decayed to nothing for most of the training",
        Explains = ["PES501", "PES502", "PES607", "PES611", "PES901", "PES902", "PES903", "PES904", "PES910", "PES912"],
        Docs = """
            ## Why it matters
            A schedule that was meant for epochs and is stepped per batch has used up its decay after a few hundred steps. What comes after
            changes nothing any more. A warm-up that begins at 0 and is never stepped leaves the rate at 0.

            ## When it is a false alarm
            What counts is how long the rate stays below a thousandth of its highest, to the end: warm-up, cyclic rates, restarts and the last
            steps of one-cycle and cosine schedules are silent. A schedule that waits for a plateau falls because the network has stopped learning;
            it is reported only while the loss has not come down.

            ## What to do
            Step the scheduler once an epoch when its numbers are epochs, or give it its numbers in steps.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of the highest rate; below it, a step changes next to nothing.</summary>
        [Origin(Origin.Convention)] public double Collapsed { get; init; } = 1e-3;

        /// <summary>Of the steps, taken with a collapsed rate.</summary>
        [Origin(Origin.Convention, "schedules that are meant so end there in their last tenth")] public double Share { get; init; } = 0.5;

        /// <summary>Steps below which a schedule has shown nothing.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 50;
    }

    readonly SortedDictionary<int, RateHistory> _rates = [];
    readonly List<SchedulerBuilt> _schedulers = [];
    readonly Dictionary<int, long> _scheduled = [];

    public void Read(SchedulerBuilt observation) => _schedulers.Add(observation);

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation.Action == LoopAction.SchedulerStep && observation.Subject is { } scheduler) _scheduled[scheduler] = _scheduled.GetValueOrDefault(scheduler) + 1;
        if (observation is not { Action: LoopAction.OptimizerStep, Skipped: false }) return;
        if (!_rates.TryGetValue(observation.Subject ?? -1, out var rates)) _rates[observation.Subject ?? -1] = rates = new RateHistory();
        rates.Add(observation);
    }

    public override Verdict Conclude()
    {
        if (_rates.Count == 0) return NotEnoughEvidence("no optimizer step was seen");
        if (_rates.Values.All(r => r.Seen == 0)) return NotEnoughEvidence("the learning rates of the steps were not recorded");
        foreach (var (number, rates) in _rates)
        {
            if (rates.Seen < limits.FewestSteps) continue;
            var scheduler = _schedulers.FirstOrDefault(s => s.Optimizer == number) ?? (_schedulers is [var only] && only.Optimizer is null ? only : null);
            if (rates.Highest == 0) return Found(Zero(rates, scheduler));
            if (rates.BelowFrom(limits.Collapsed) is not { } from) continue;
            var share = (rates.Last - from) / (double)Math.Max(1, rates.Last - rates.First);
            var waits = scheduler?.Type.Contains("Plateau", StringComparison.Ordinal) == true;
            if (share >= limits.Share && (!waits || HasSymptom)) return Found(Collapse(rates, from, share, scheduler, waits));
        }

        return _rates.Values.All(r => r.Seen < limits.FewestSteps)
            ? NotEnoughEvidence($"fewer than {limits.FewestSteps} steps with their learning rate were seen") : Passed("the learning rate lasts");
    }

    Finding Collapse(RateHistory rates, long from, double share, SchedulerBuilt? scheduler, bool waits) => Finding(string.Create(CultureInfo.InvariantCulture,
        $"the learning rate fell from {rates.Highest:0.###e0} to {rates.Latest:0.###e0}, and {share:0%} of the steps were taken with next to nothing"),
        waits ? EvidenceClass.Suspected : EvidenceClass.Proved) with
    {
        Location = At(scheduler?.Site) ?? At(rates.Site),
        Evidence =
        [
            new("steps below a thousandth of the highest rate", string.Create(CultureInfo.InvariantCulture, $"{share:0%}, from step {from} on"), string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0%}"), "convention"),
        ],
        Notes = [.. Stepped(scheduler, rates)],
        Fixes = ["step the scheduler once an epoch, or give it its lengths in steps"],
    };

    Finding Zero(RateHistory rates, SchedulerBuilt? scheduler) => Finding("the learning rate is 0 at every step", EvidenceClass.Proved) with
    {
        Location = At(scheduler?.Site) ?? At(rates.Site),
        Evidence = [new("highest learning rate", $"0 in {rates.Seen} steps", "above 0", "definition")],
        Notes = [.. Stepped(scheduler, rates)],
        Fixes = [scheduler is null ? "set a learning rate" : "step the scheduler after each optimizer step, so that its warm-up gets on"],
    };

    IEnumerable<string> Stepped(SchedulerBuilt? scheduler, RateHistory rates)
    {
        if (scheduler is null) yield break;
        var times = _scheduled.GetValueOrDefault(scheduler.Scheduler);
        yield return string.Create(CultureInfo.InvariantCulture, $"{scheduler.Type} was stepped {times} times that were seen, in {rates.Seen} steps")
            + (scheduler.Length is { } length && times > length ? string.Create(CultureInfo.InvariantCulture, $"; its schedule takes {length}") : "");
    }
}
