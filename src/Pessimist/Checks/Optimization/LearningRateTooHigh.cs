using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES501 learning-rate-too-high</summary>
public sealed class LearningRateTooHigh(LearningRateTooHigh.Limits limits) : RateCheck(About), IReads<TrainingEnded>, IReads<ParametersMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES501",
        Name = "learning-rate-too-high",
        Level = Level.Error,
        Summary = "the learning rate is too high for the network to settle",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            Steps that are too long jump over the minimum: the loss oscillates, explodes, or the first steps kill the units (all ReLUs negative) and
            the loss stays flat ever after.

            It is an error only when confirmed: with a lower rate, and nothing else changed, the same batch is fitted with two seeds. A training
            that diverged although the single batch was fitted is a suspicion, and so are steps of a tenth of the weights in a program whose loss does
            not come down.

            ## When it is a false alarm
            Never by its size alone: a rate of 10 that fits the batch is not reported. A schedule that starts low and rises may be fine where the
            constant rate of the single batch is not.

            ## What to do
            Use the proven rate, or a tenth of yours. 3e-4 is a good start for Adam.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Norm of a step over that of the weights, in the median, while the loss does not come down.</summary>
        [Origin(Origin.Published, "DeepDiagnosis, TheDeepChecker: 0.1")] public double UpdateRatio { get; init; } = 0.1;

        /// <summary>How many times their first norm the weights come to have, in the median: steps that are short beside such weights were not beside the first.</summary>
        [Origin(Origin.Convention)] public double Growth { get; init; } = 3;

        /// <summary>The same as <see cref="UpdateRatio"/> for weights that have grown so.</summary>
        [Origin(Origin.Convention, "half of it, and fifty times what is usual, 1e-3")] public double GrownRatio { get; init; } = 0.05;
    }

    readonly StepSizes _sizes = new();
    TrainingEnded? _diverged;
    double? _rate;
    double _highest;

    protected override void OnLoop(LoopEvent observation)
    {
        base.OnLoop(observation);
        if (observation.Action != LoopAction.OptimizerStep) return;
        _rate ??= observation.LearningRate;
        if (observation.LearningRate > _highest) _highest = observation.LearningRate.Value;
    }

    public void Read(ParametersMeasured observation) => _sizes.Read(observation);

    public void Read(TrainingEnded observation)
    {
        if (observation is { Phase: "train", Ending: TrainingEnding.Diverged }) _diverged = observation;
    }

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"the learning rate {Format(found)} is too high: {symptom}" : $"the learning rate is too high: {symptom}";

    protected override IEnumerable<Evidence> Evidence(ExperimentFinished experiment) =>
        experiment is { Found: { } found, Proven: { } proven } ? [new("learning rate", Format(found), $"works: {Format(proven)}", "confirmed by experiment")] : [];

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if (_diverged is not null && !Fails)
            return Found(Finding("the training diverged although a single batch can be fitted: the learning rate may be too high", EvidenceClass.Suspected, Level.Warning) with
            {
                Evidence = [new("training loss at the end", Format(_diverged.FinalLoss), $"at the start: {Format(_diverged.InitialLoss)}", "definition")],
                Fixes = ["divide the learning rate by 10, or warm it up"],
            });
        var ratio = Math.Max(_sizes.FirstRatio, _sizes.LastRatio);
        if (about.Any(e => e.Outcome == ExperimentOutcome.Refuted) || _sizes.Count == 0) return base.Unconfirmed(about);
        var grown = _sizes.Grown;
        if (HasSymptom && ratio > limits.GrownRatio && ratio <= limits.UpdateRatio && grown > limits.Growth)
            return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the weights grew to {grown:0.#} times their first norm, in steps of {ratio:0.###} of it{(_rate is { } first ? $": the learning rate {Format(Math.Max(first, _highest))} may be too high" : ": the learning rate may be too high")}"),
                EvidenceClass.Suspected) with
            {
                Location = Where,
                Related = Steps,
                Evidence =
                [
                    new("highest norm of the weights over that at the first step", string.Create(CultureInfo.InvariantCulture, $"{grown:0.#}"), Format(limits.Growth), "convention"),
                    new("norm of a step over that of the weights", string.Create(CultureInfo.InvariantCulture, $"{ratio:0.###}"), Format(limits.GrownRatio), "convention"),
                ],
                Notes = [Symptom],
                Fixes = ["divide the learning rate by 10"],
            });
        return !HasSymptom || !(ratio > limits.UpdateRatio) ? Passed(string.Create(CultureInfo.InvariantCulture, $"{(HasSymptom ? "" : "there is no symptom; ")}a step moves the weights by {ratio:0.#e0} of their norm"))
            : Found(Finding(string.Create(CultureInfo.InvariantCulture, $"a step moves the weights by {ratio:0.##} of their norm{(_rate is { } rate ? $": the learning rate {Format(rate)} may be too high" : ": the learning rate may be too high")}"),
                EvidenceClass.Suspected) with
            {
                Location = Where,
                Related = Steps,
                Evidence = [new("norm of a step over that of the weights", string.Create(CultureInfo.InvariantCulture, $"{ratio:0.###}"), Format(limits.UpdateRatio), "published: DeepDiagnosis, TheDeepChecker")],
                Notes = [Symptom],
                Fixes = ["divide the learning rate by 10"],
            });
    }
}
