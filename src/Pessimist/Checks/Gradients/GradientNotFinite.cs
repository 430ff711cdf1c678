using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Gradients;

/// <summary>PES401 gradient-not-finite</summary>
public sealed class GradientNotFinite() : ProgramCheck(About), IReads<ParametersMeasured>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES401",
        Name = "gradient-not-finite",
        Level = Level.Error,
        IsSymptom = true,
        Summary = "a step was taken with NaN or infinity in the gradient",
        Explains = ["PES301", "PES902", "PES607", "PES611", "PES910"],
        Docs = """
            ## Why it matters
            The step writes it into the weights, and from there on every output is NaN.

            ## When it is a false alarm
            In half precision the gradient overflows now and then, the scaler leaves the step out and lowers its factor: such steps are not
            counted. Neither is a gradient that the program mends or drops before it steps: when weights and losses stay finite, nothing is reported.

            ## What to do
            Find the operation (non-finite-operation): a root or a norm at 0, a log of 0, a division by 0 in the backward pass. `clip_grad_norm_` does
            not help: the norm of NaN is NaN.
            """,
    };

    readonly FiniteLosses _losses = new();
    readonly HashSet<long> _skipped = [];
    ParametersMeasured? _first;
    ParameterMeasure[] _bad = [];
    bool _weightsFiniteSince, _measured;
    Site? _stepSite;

    protected override void OnLoop(LoopEvent observation)
    {
        _losses.Read(observation);
        if (observation is { Action: LoopAction.OptimizerStep, Skipped: true } && _skipped.Count < 100_000) _skipped.Add(observation.Step);
        if (observation.Action == LoopAction.OptimizerStep) _stepSite ??= observation.Site;
    }

    protected override void OnLoss(LossObserved observation) => _losses.Read(observation);

    public void Read(ParametersMeasured observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _measured = true;
        if (_first is not null && observation.Step > _first.Step)
            _weightsFiniteSince = observation.Parameters.All(p => double.IsFinite(p.Weight));
        if (_first is not null) return;
        _bad = [.. observation.Parameters.Where(p => p.NonFinite > 0 || p.Gradient is { } g && !double.IsFinite(g))];
        if (_bad.Length > 0) _first = observation;
    }

    public override Verdict Conclude()
    {
        if (!_measured) return NotEnoughEvidence("no gradients were measured");
        if (_first is not { } first) return Passed("every gradient that was measured is finite");
        if (_skipped.Contains(first.Step)) return Passed("the steps with gradients that are not finite were left out");
        if (_weightsFiniteSince && _losses.NotFinite == 0) return Passed("weights and losses stayed finite: the program takes care of it");
        // Nobody doubts it, but "proved" would keep it from being folded under a cause that an experiment confirmed.
        return Found(Finding(string.Create(CultureInfo.InvariantCulture,
            $"the step after {first.Step} others was taken with NaN or infinity in the gradient of {Text.DidYouMean.List(_bad.Select(p => p.Name), 6)}"), EvidenceClass.Confirmed) with
        {
            Location = At(_stepSite),
            Evidence = [.. _bad.Take(6).Select(p => new Evidence($"elements of the gradient of {p.Name} that are not finite", p.NonFinite > 0 ? p.NonFinite.ToString(CultureInfo.InvariantCulture) : "some", "0", "definition"))],
            Fixes = ["look for a root or a norm at 0, a log of 0, or a division by 0; a loss that is finite may have a gradient that is not"],
        });
    }
}
