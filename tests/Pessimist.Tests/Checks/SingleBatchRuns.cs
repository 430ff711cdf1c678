using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Tests.Checks;

/// <summary>Runs in which a single batch was tried.</summary>
static class SingleBatchRuns
{
    public static SingleBatchTried Tried(SingleBatchVerdict verdict, int seed = 0, params double[] losses) => new()
    {
        Seed = seed, Verdict = verdict, Losses = losses.Length > 0 ? losses : [2.3, 2.3], Because = "loss 2.3 -> 2.3 in 400 steps", BatchSize = 32,
    };

    public static SingleBatchTried[] ThreeSeeds(SingleBatchVerdict verdict) => [Tried(verdict), Tried(verdict, 1), Tried(verdict, 2)];

    public static ExperimentFinished Experiment(string cause, ExperimentOutcome outcome, string id = "some-experiment", string stage = "single-batch") => new()
    {
        Id = id, For = stage, Question = "is it?", Reading = "the reading", Outcome = outcome, Cause = cause,
        Confirmation = outcome == ExperimentOutcome.Confirmed ? "undone, the batch is fitted" : null,
        Remedy = outcome == ExperimentOutcome.Confirmed ? "this instead of that" : null,
        Probability = outcome == ExperimentOutcome.Confirmed ? 1 : 0.4,
    };

    public static DiagnosisResult Diagnose(params IEnumerable<Observation> observations) => Pessimist.Diagnosis.Diagnose.Everything(Run.Of(observations));

    public static Verdict VerdictOf(this DiagnosisResult result, string name) => result.Verdicts.Single(v => v.Info.Name == name).Verdict;

    public static Finding? FindingOf(this DiagnosisResult result, string name) => (result.VerdictOf(name) as Verdict.Found)?.Finding;
}
