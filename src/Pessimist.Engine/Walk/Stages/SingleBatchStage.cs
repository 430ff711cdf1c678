using Pessimist.Diagnosis;
using Pessimist.Engine.Subjects;
using Pessimist.Experiments;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk.Stages;

/// <summary>
/// Stage 6: can the network learn one frozen batch by heart, from three seeds? If not, experiments separate the causes until undoing one
/// removes the symptom.
/// </summary>
sealed class SingleBatchStage : Stage
{
    /// <summary>Enough to choose a batch from; normalising all of a large set again would be a waste.</summary>
    const int Pool = 512;

    public override string Name => "single batch";

    public override IReadOnlyList<Type> Needs => [typeof(ForwardBackwardStage)];

    public override StageOutcome Run(WalkContext context, CancellationToken cancel)
    {
        var setup = context.Setup;
        var train = context.Train.Take(Pool, setup.Seed);
        context.Progress.Stepped(new WalkStep("freezing a batch", 0, 0));
        var subject = TorchSubject.Freeze(setup, train, context.Options.Normalize ? null : context.NormalizedInputs(train), setup.Seed, cancel);
        var outcome = SingleBatchSession.Run(subject, setup.Seed, context.Run.Add, said => context.Progress.Stepped(new WalkStep(said, 0, 0)), cancel: cancel);
        string[] evidence =
        [
            .. outcome.Attempts.Select(a => $"seed {a.Seed}: {a.Curve.Because}"),
            .. outcome.Experiments.Select(e => $"{e.Question} {e.Reading}"),
        ];
        if (outcome.Verdict == SingleBatchVerdict.Passes)
        {
            var steps = outcome.Attempts.Max(a => a.Trial.Losses.Count - 1);
            return StageOutcome.Passed($"{Words.Count(subject.Facts.BatchSize, "example")} learned by heart from {Words.Count(outcome.Attempts.Count, "seed")}, within {Words.Count(steps, "step")}") with { Evidence = evidence };
        }

        if (outcome.Verdict == SingleBatchVerdict.NotEnoughEvidence)
            return StageOutcome.NotEnoughEvidence($"the loss still falls after {Words.Count(outcome.Attempts.Max(a => a.Trial.Losses.Count - 1), "step")}, and {Words.Count(subject.Facts.BatchSize, "example")} are not learned by heart yet") with { Evidence = evidence };

        var finding = Diagnose.Everything(context.Run, context.Options.Checks).Findings.FirstOrDefault(f => f.Explains.Any(c => c.StartsWith("PES90", StringComparison.Ordinal)) || f.Code.StartsWith("PES90", StringComparison.Ordinal));
        var cause = outcome.Confirmed.Count == 0 ? "no cause was confirmed" : $"{string.Join(" and ", outcome.Confirmed)}, confirmed";
        return StageOutcome.Failed($"the loss {Symptom(outcome.Verdict)} on one batch of {subject.Facts.BatchSize}: {cause}") with
        {
            Evidence = evidence,
            Help = finding is null ? [] : [.. finding.Fixes],
        };
    }

    static string Symptom(SingleBatchVerdict verdict) => verdict switch
    {
        SingleBatchVerdict.GoesUp => "goes up",
        SingleBatchVerdict.Explodes => "explodes",
        SingleBatchVerdict.Oscillates => "oscillates",
        _ => "stays on a plateau",
    };
}
