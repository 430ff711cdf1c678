using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES210 initialization-scale</summary>
public sealed class InitializationScale(InitializationScale.Limits limits) : CauseCheck(About), IReads<ParameterObserved>, IReads<ActivationsMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES210",
        Name = "initialization-scale",
        Level = Level.Warning,
        Summary = "the first weights are so large or so small that training does not start",
        Explains = [.. Consequences, "PES311"],
        Docs = """
            ## Why it matters
            Signals that grow or shrink from layer to layer overflow, saturate or vanish. Weights of standard deviation 1 multiply the signal by
            the root of half the inputs in every ReLU layer.

            It is reported when confirmed: from the layers' default start, and nothing else changed, the same batch is fitted with two seeds. Without the
            experiment it is suspected where the weights are far from what keeps the signal's size (He), the signal of the first pass does grow or fade
            on its way, and the training gets nowhere.

            ## When it is a false alarm
            A start that is merely unusual and still fits the batch is not reported here; the loss of the untrained network is
            (unexpected-initial-loss), as a note.

            ## What to do
            Use He normal for ReLU, Glorot for tanh, and small weights in the last layer.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the scale of the first weights is wrong: {symptom}";

    public sealed record Limits
    {
        /// <summary>Standard deviation of the weights over He's, root of 2 over the inputs of a unit.</summary>
        [Origin(Origin.Convention)] public double Large { get; init; } = 8;

        /// <summary>As above. PyTorch's default is 0.41, and 0.02 for 16 inputs is 0.057.</summary>
        [Origin(Origin.Convention)] public double Small { get; init; } = 0.03;

        /// <summary>Standard deviation of a later module's output over that of the first one, or its inverse.</summary>
        [Origin(Origin.Convention)] public double Growth { get; init; } = 100;

        /// <summary>Fading at which the signal is below what float32 resolves beside numbers of size 1: the output does not depend on the input.</summary>
        [Origin(Origin.Definition)] public double Lost { get; init; } = 1e7;
    }

    readonly List<ParameterObserved> _weights = [];
    ActivationsMeasured? _first;

    public void Read(ParameterObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        // One-dimensional parameters scale and shift; zeros are another check.
        if (observation is { Shape: [> 1, > 1, ..], AliasOf: null, RequiresGradient: true, WeightStd: > 0 } && !observation.Name.Contains("emb", StringComparison.OrdinalIgnoreCase) && _weights.Count < 10_000)
            _weights.Add(observation);
    }

    public void Read(ActivationsMeasured observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Step: 0, Model: 0, Phase: not Phase.Evaluate }) _first ??= observation;
    }

    protected override Verdict Unconfirmed(IReadOnlyList<ExperimentFinished> about)
    {
        if (Vote is SingleBatchVerdict.Passes || about.Any(e => e.Outcome == ExperimentOutcome.Refuted) || _weights.Count == 0) return base.Unconfirmed(about);
        var odd = _weights.Where(w => w.Model == 0).Select(w => (Weight: w, Ratio: w.WeightStd / Math.Sqrt(2.0 / w.Shape.Skip(1).Aggregate(1L, (a, b) => a * b)))).Where(w => w.Ratio > limits.Large || w.Ratio < limits.Small).ToArray();
        if (odd.Length == 0) return Passed("the weights start at a usual scale");
        var worse = Progress.Guess is { } guess && Progress.Count >= 20 && Progress.Last > 2 * guess;
        if (!HasSymptom && !worse) return Progress.State is Signals.ProgressState.Learns ? Passed("the scale of the weights is unusual, and the program learns") : NotEnoughEvidence("the scale of the weights is unusual, and nobody knows whether it matters");
        if (_first?.Modules.Where(m => double.IsFinite(m.Std) && m.Std > 0).ToArray() is not { Length: > 1 } modules) return NotEnoughEvidence("the signal of the first pass was not measured");
        var growth = modules.Max(m => m.Std) / modules[0].Std;
        var fade = modules[0].Std / modules.Min(m => m.Std);
        var (weight, ratio) = odd.MaxBy(w => Math.Abs(Math.Log(w.Ratio)));
        if (ratio > 1 ? growth < limits.Growth : fade < limits.Growth) return Passed("the signal of the first pass keeps its size");
        return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"the weights start {(ratio > 1 ? "far too large" : "far too small")}, and the signal {(ratio > 1 ? "grows" : "fades")} on its way: '{weight.Name}'"),
            ratio < 1 && fade >= limits.Lost ? EvidenceClass.Proved : EvidenceClass.Suspected) with
        {
            Location = At(weight.Site, weight.Name),
            Related = [.. weight.SetBy.Where(l => l != weight.Site).Select(l => new RelatedLocation(l.File, l.Line, "perhaps set here"))],
            Evidence =
            [
                new("standard deviation of the weights over He's", Format(ratio), string.Create(CultureInfo.InvariantCulture, $"{limits.Small} to {limits.Large}"), "convention"),
                new(ratio > 1 ? "growth of the signal in the first pass" : "fading of the signal in the first pass", Format(ratio > 1 ? growth : fade), Format(limits.Growth), "convention"),
                new("symptom", worse && !HasSymptom ? $"{Progress.Because}; that is still far above knowing nothing" : Symptom),
            ],
            Fixes = ["use He normal for ReLU, Glorot for tanh, or the default of the layers"],
        });
    }
}
