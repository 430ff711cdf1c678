using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Gradients;

/// <summary>PES406 always-clipped-gradients</summary>
public sealed class AlwaysClippedGradients(AlwaysClippedGradients.Limits limits) : ProgramCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES406",
        Name = "always-clipped-gradients",
        Level = Level.Note,
        Summary = "gradients are cut to a fraction of their norm at every step",
        Explains = ["PES502", "PES607", "PES611"],
        Docs = """
            ## Why it matters
            Clipping is meant for the odd outlier. When it cuts every gradient to a tenth and less, all steps have the same length, and the limit acts as a
            second learning rate: changing the loss or the batch size no longer changes the steps.

            ## When it is a false alarm
            Some train so on purpose, language models and policies among them; it is no more than a note, unless a single batch cannot be
            learned by heart and is without the clipping: then it is a warning.

            ## What to do
            Set the limit near the usual norm of the gradient (shown), or know that limit times learning rate is your step.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of the steps, that are clipped.</summary>
        [Origin(Origin.Convention)] public double Share { get; init; } = 0.95;

        /// <summary>Median norm before over the norm after.</summary>
        [Origin(Origin.Convention)] public double Cut { get; init; } = 10;

        /// <summary>Median norm before over the norm after that is too much for a program that learns little or nothing.</summary>
        [Origin(Origin.Convention)] public double Extreme { get; init; } = 100;

        /// <summary>Loss at the end over what knowing nothing costs, of a program that learns little.</summary>
        [Origin(Origin.Convention)] public double Slow { get; init; } = 0.6;

        /// <summary>Steps below which it is too early to say.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 50;
    }

    const int Most = 10_000;

    readonly List<double> _cuts = [];
    double _limit;
    Site? _site;

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation is not { ClippedTo: > 0 and var to, ClippedFrom: { } from } || !double.IsFinite(from) || _cuts.Count >= Most) return;
        _cuts.Add(from / to);
        _limit = to;
        _site ??= observation.Site;
    }

    public override Verdict Conclude()
    {
        if (_cuts.Count == 0) return NotApplicable("gradients are not clipped to a norm");
        if (_cuts.Count < limits.FewestSteps) return NotEnoughEvidence($"fewer than {limits.FewestSteps} clipped steps were seen");
        var share = _cuts.Count(c => c > 1) / (double)_cuts.Count;
        var cut = Trend.Quantile(_cuts, 0.5);
        return share < limits.Share || cut < limits.Cut ? Passed(string.Create(CultureInfo.InvariantCulture, $"{share:0%} of the steps are clipped, to 1/{cut:0.#} of the norm in the median"))
            : Found(Finding(string.Create(CultureInfo.InvariantCulture, $"clipping to {_limit:0.####} cuts {share:0%} of the gradients, to 1/{cut:0} of their norm in the median"), EvidenceClass.Proved,
                cut >= limits.Extreme && (HasSymptom || Progress.Share > limits.Slow) ? Level.Warning : Level.Note) with
            {
                Location = At(_site),
                Evidence = [new("steps that are clipped", string.Create(CultureInfo.InvariantCulture, $"{share:0%}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0%}"), "convention"),
                    new("median norm before clipping", string.Create(CultureInfo.InvariantCulture, $"{cut * _limit:0.###}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Cut * _limit:0.###}"), "convention")],
                Fixes = ["set the limit near the median norm, or take it as the step length that it is"],
            });
    }
}
