using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Gradients;

/// <summary>PES403 exploding-gradients</summary>
public sealed class ExplodingGradients(ExplodingGradients.Limits limits) : RollCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES403",
        Name = "exploding-gradients",
        Level = Level.Warning,
        Summary = "the gradient grows by orders of magnitude",
        Explains = ["PES301", "PES311", "PES401", "PES701", "PES902"],
        Docs = """
            ## Why it matters
            Deep or recurrent networks multiply many factors on the way back. When they are above 1, the gradient grows out of bounds, and so do
            the steps.

            ## When it is a false alarm
            The size of a gradient says nothing: a summed loss makes it large. So only growth counts, over the steps (against the first ones, and against the
            loss) or over the layers; and only while the loss does not come down.

            ## What to do
            Lower the learning rate, clip the norm (`clip_grad_norm_` with 1), use normalization layers, orthogonal initialization for recurrent
            weights, LSTM or GRU instead of plain recurrence.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Largest norm of the gradient over that of the first steps, or of the first layer over the last.</summary>
        [Origin(Origin.Published, "BTTackler: 1e3 from layer to layer")] public double Growth { get; init; } = 1e3;

        /// <summary>Largest norm of the gradient over the first loss, so that the scale of the loss does not count.</summary>
        [Origin(Origin.Convention)] public double PerLoss { get; init; } = 10;

        /// <summary>Norm of the gradient at the first step over the loss of knowing nothing: values grow on their way through the network.</summary>
        [Origin(Origin.Published, "TheDeepChecker caps gradients at 1e6")] public double AtStart { get; init; } = 1e6;
    }

    readonly List<double> _first = [];
    readonly LayerGradients _layers = new();
    double? _firstLoss;
    double _largest;
    long _largestStep;
    Site? _site;

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation is not { Action: LoopAction.Backward, Gradient: { } norm } || double.IsNaN(norm)) return;
        if (observation.Loss is { } loss && double.IsFinite(loss)) _firstLoss ??= loss;
        _site ??= observation.Site;
        if (_first.Count < 5 && double.IsFinite(norm)) _first.Add(norm);
        if (norm <= _largest) return;
        (_largest, _largestStep) = (norm, observation.Step);
    }

    protected override void OnParameters(ParametersMeasured observation) => _layers.Read(observation);

    public override Verdict Conclude()
    {
        if (_first.Count == 0 && _layers.Steps == 0) return NotEnoughEvidence("the norms of the gradients were not measured");
        if (!HasSymptom) return Passed("there is no symptom");
        if (AtStart() is { } start) return Found(start);
        if (_first.Count == 5 && OverSteps() is { } steps) return Found(steps);
        return OverLayers() is { } layers ? Found(layers) : Passed("the gradients do not grow out of bounds");
    }

    Finding? AtStart() => _first is not [var first, ..] || Progress.Guess is not (> 0 and var guess) || first < limits.AtStart * guess ? null
        : Finding(string.Create(CultureInfo.InvariantCulture, $"the gradient of the untrained network is {first:0.##e0}: values grow out of bounds on their way through it"), EvidenceClass.Suspected) with
        {
            Location = At(_site),
            Explains = Experiments.Any(e => e.Outcome == ExperimentOutcome.Confirmed) ? [] : ["PES501"],
            Evidence = [new("gradient at the first step over the loss of knowing nothing", string.Create(CultureInfo.InvariantCulture, $"{first / guess:0.#e0}"), string.Create(CultureInfo.InvariantCulture, $"{limits.AtStart:0.#e0}"), "published: TheDeepChecker")],
            Notes = [Symptom],
            Fixes = Remedies,
        };

    Finding? OverSteps()
    {
        var start = Trend.Quantile(_first, 0.5);
        if (start <= 0 || _largest < limits.Growth * start || _firstLoss is { } loss && _largest < limits.PerLoss * Math.Abs(loss)) return null;
        return Finding(string.Create(CultureInfo.InvariantCulture, $"the gradient grows from {start:0.##e0} to {_largest:0.##e0} within {_largestStep} steps"), EvidenceClass.Suspected) with
        {
            Location = At(_site),
            Evidence = [new("largest norm of the gradient over the first ones", string.Create(CultureInfo.InvariantCulture, $"{_largest / start:0.#e0}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Growth:0.#e0}"), "published: BTTackler")],
            Notes = [Symptom],
            Fixes = Remedies,
        };
    }

    Finding? OverLayers()
    {
        foreach (var network in Roll.Asking.GroupBy(e => e.Parameter.Model))
        {
            if (_layers.Ends(network) is not { } ends || ends.AtLast <= 0 || ends.AtFirst < limits.Growth * ends.AtLast) continue;
            return Finding(string.Create(CultureInfo.InvariantCulture, $"the gradient grows from {ends.AtLast:0.##e0} at {ends.Last.FullName} to {ends.AtFirst:0.##e0} at {ends.First.FullName}"), EvidenceClass.Suspected) with
            {
                Location = At(ends.First.Parameter.Site, ends.First.FullName),
                Evidence = [new("gradient of the first weights over the last", string.Create(CultureInfo.InvariantCulture, $"{ends.AtFirst / ends.AtLast:0.#e0}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Growth:0.#e0}"), "published: BTTackler")],
                Notes = [Symptom],
                Fixes = Remedies,
            };
        }

        return null;
    }

    static IReadOnlyList<string> Remedies => ["clip the norm of the gradient, lower the learning rate, use normalization layers or another initialization"];
}
