using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES502 learning-rate-too-low</summary>
public sealed class LearningRateTooLow(LearningRateTooLow.Limits limits) : RateCheck(About), IReads<ParametersMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES502",
        Name = "learning-rate-too-low",
        Level = Level.Error,
        Summary = "the learning rate is too low for the network to get anywhere",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            The loss falls so slowly that it looks flat. Nothing is broken, but the training would take thousands of times as long.

            It is an error only when confirmed: with a higher rate, and nothing else changed, the same batch is fitted with two seeds. Steps of a
            hundred-thousandth of the weights while the loss stands still are a suspicion.

            ## When it is a false alarm
            A schedule that begins at 0 and warms up may be fine where the constant rate of the single batch is not. A loss that falls slowly but
            steadily is not reported: it needs more steps.

            ## What to do
            Use the proven rate. 3e-4 is a good start for Adam.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Norm of a step over that of the weights, in the median, while the loss does not come down.</summary>
        [Origin(Origin.Published, "DeepDiagnosis: 1e-5")] public double UpdateRatio { get; init; } = 1e-5;

        /// <summary>Sampled steps.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 8;
    }

    readonly StepSizes _sizes = new();
    readonly RateHistory _rates = new();

    protected override void OnLoop(LoopEvent observation)
    {
        base.OnLoop(observation);
        if (observation is { Action: LoopAction.OptimizerStep, Skipped: false }) _rates.Add(observation);
    }

    public void Read(ParametersMeasured observation) => _sizes.Read(observation);

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"the learning rate {Format(found)} is too low: {symptom}" : $"the learning rate is too low: {symptom}";

    protected override IEnumerable<Evidence> Evidence(ExperimentFinished experiment) =>
        experiment is { Found: { } found, Proven: { } proven } ? [new("learning rate", Format(found), $"works: {Format(proven)}", "confirmed by experiment")] : [];

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if (about.Any(e => e.Outcome == ExperimentOutcome.Refuted) || _sizes.Count < limits.FewestSteps) return base.Unconfirmed(about);
        var ratio = _sizes.LastRatio;
        // A rate that still rises is a warm-up; one that has fallen is another finding, unless its first steps were as short.
        if (_rates.Seen > 0 && _rates.Latest <= 0.1 * _rates.Highest && _rates.Highest <= 1.5 * _rates.Start && _sizes.FirstRatio < limits.UpdateRatio) ratio = _sizes.FirstRatio;
        var settled = _rates.Seen == 0 || _rates.Highest <= 1.5 * _rates.Start && (_rates.Latest > 0.1 * _rates.Highest || _sizes.FirstRatio < limits.UpdateRatio);
        return Progress.State != ProgressState.Stuck && !Fails || !HasSymptom || ratio >= limits.UpdateRatio ? Passed(string.Create(CultureInfo.InvariantCulture, $"a step moves the weights by {ratio:0.#e0} of their norm"))
            : !settled ? NotEnoughEvidence("the learning rate is scheduled, and has not settled")
            : Found(Finding(string.Create(CultureInfo.InvariantCulture, $"a step moves the weights by {ratio:0.#e0} of their norm{(_rates.Seen > 0 ? $": the learning rate {Format(_rates.Latest)} may be too low" : ": the learning rate may be too low")}"),
                EvidenceClass.Suspected) with
            {
                Location = Where,
                Related = Steps,
                Evidence = [new("norm of a step over that of the weights", string.Create(CultureInfo.InvariantCulture, $"{ratio:0.#e0}"), string.Create(CultureInfo.InvariantCulture, $"{limits.UpdateRatio:0.#e0}"), "published: DeepDiagnosis")],
                Notes = [Symptom],
                Fixes = ["multiply the learning rate by 10 until the loss moves; 3e-4 is a good start for Adam"],
            });
    }
}
