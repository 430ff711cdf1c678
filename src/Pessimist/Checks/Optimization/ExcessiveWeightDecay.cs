using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Optimization;

/// <summary>PES508 excessive-weight-decay</summary>
public sealed class ExcessiveWeightDecay(ExcessiveWeightDecay.Limits limits) : CauseCheck(About), IReads<ParametersMeasured>, IReads<OptimizerBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES508",
        Name = "excessive-weight-decay",
        Level = Level.Warning,
        Summary = "weight decay pulls the weights to zero faster than the loss can move them",
        Explains = [.. Consequences, "PES314", "PES501", "PES502"],
        Docs = """
            ## Why it matters
            Every step shrinks the weights. When the pull is stronger than the gradient of the loss, the network forgets as fast as it learns, and
            ends by predicting the same for every input.

            It is reported when confirmed: without weight decay, and nothing else changed, the same batch is fitted with two seeds. It is an error then,
            because the batch that it keeps from being fitted is one. Weights that shrink to a tenth under weight decay while the loss does not come
            down are a suspicion. So is a decay that is added to the gradient (as by Adam and SGD, and unlike AdamW), far beyond the usual values, and many
            times as large as the gradient from the first steps on: steps then go where the decay says.

            ## When it is a false alarm
            Decay that merely slows the fit is not reported. Late in training the penalty may outweigh a gradient that has vanished because
            everything is learned; that is not looked at.

            ## What to do
            Start without (0), and add decay only against overfitting: 1e-5 to 1e-2, with AdamW rather than Adam.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Norm of the weights now over that at the start, in the median, while the loss does not come down.</summary>
        [Origin(Origin.Convention)] public double Shrunk { get; init; } = 0.1;

        /// <summary>Decay times |weight| over |gradient| in the first steps, while the loss does not come down.</summary>
        [Origin(Origin.Convention)] public double Pull { get; init; } = 10;

        /// <summary>A decay added to the gradient that may be called too strong for its pull alone.</summary>
        [Origin(Origin.Convention, "1e-5 to 1e-2 are usual")] public double Unusual { get; init; } = 0.1;
    }

    readonly StepSizes _sizes = new();
    OptimizerBuilt? _decaying;

    public void Read(ParametersMeasured observation) => _sizes.Read(observation);

    public void Read(OptimizerBuilt observation)
    {
        if (observation.Groups.Any(g => g.WeightDecay > 0)) _decaying ??= observation;
    }

    protected override Location? Where => At(_decaying?.Site);

    protected override string Message(ExperimentFinished experiment, string symptom) =>
        experiment.Found is { } found ? $"the weight decay {Format(found)} is too strong: {symptom}" : $"the weight decay is too strong: {symptom}";

    protected override IEnumerable<Evidence> Evidence(ExperimentFinished experiment) =>
        experiment is { Found: { } found, Proven: { } proven } ? [new("weight decay", Format(found), $"works: {Format(proven)}", "confirmed by experiment")] : [];

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if (about.Any(e => e.Outcome == ExperimentOutcome.Refuted) || double.IsNaN(_sizes.Shrunk)) return base.Unconfirmed(about);
        if (_decaying is not { } optimizer) return Vote is null ? NotApplicable("no optimizer decays the weights") : base.Unconfirmed(about);
        if (HasSymptom && _sizes.Shrunk > limits.Shrunk && Pulling(optimizer) is { } pulled) return Found(pulled);
        if (!HasSymptom || _sizes.Shrunk > limits.Shrunk) return Passed(string.Create(CultureInfo.InvariantCulture, $"the weights keep {_sizes.Shrunk:0%} of their norm"));
        var decay = optimizer.Groups.Max(g => g.WeightDecay);
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the weights shrink to {_sizes.Shrunk:0.#%} of their norm: the weight decay {Format(decay)} may be too strong"), EvidenceClass.Suspected) with
        {
            Location = Where,
            Evidence = [new("norm of the weights now over the start", string.Create(CultureInfo.InvariantCulture, $"{_sizes.Shrunk:0.#%}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Shrunk:0%}"), "convention")],
            Notes = [Symptom],
            Fixes = ["train without weight decay first; 1e-5 to 1e-2 is usual"],
        });
    }

    /// <summary>A decay that outweighs the gradient from the start.</summary>
    Finding? Pulling(OptimizerBuilt optimizer)
    {
        var decay = optimizer.Groups.Max(g => g.WeightDecay);
        var pull = decay * _sizes.FirstPull;
        if (optimizer.Type.EndsWith('W') || decay < limits.Unusual || !(pull >= limits.Pull)) return null;
        return Finding(string.Create(CultureInfo.InvariantCulture, $"the weight decay {Format(decay)} pulls {pull:0.#} times as hard as the loss from the first steps on"), EvidenceClass.Suspected) with
        {
            Location = Where,
            Evidence = [new("weight decay x |weight| / |gradient|", string.Create(CultureInfo.InvariantCulture, $"{pull:0.#}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Pull:0}"), "convention")],
            Notes = [Symptom],
            Fixes = ["train without weight decay first; 1e-5 to 1e-2 is usual"],
        };
    }
}
