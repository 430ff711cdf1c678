using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Optimization;

/// <summary>PES503 unoptimized-parameters</summary>
public sealed class UnoptimizedParameters() : RollCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES503",
        Name = "unoptimized-parameters",
        Level = Level.Error,
        Summary = "gradients reach parameters that no optimizer holds",
        Explains = [.. Consequences.OfNotTraining],
        Docs = """
            ## Why it matters
            What no optimizer holds keeps its first value, however long the training. Usual slips: only one part's `parameters()` were given, a layer
            was added or replaced after the optimizer was built.

            ## When it is a false alarm
            A frozen backbone: switch `requires_grad` off for it, which saves its gradients too, and nothing is reported. A second optimizer that
            holds the rest, also one built later, is seen. Programs that optimize images or codes through fixed networks are left alone. When
            only first layers or a whole network are left out and the loss falls all the same, it is a warning: they may be pre-trained,
            or fixed critics, on purpose.

            ## What to do
            Give the optimizer all parameters that are to be trained; switch `requires_grad` off for the others.
            """,
    };

    long _steps;

    protected override void OnLoop(LoopEvent observation)
    {
        if (observation.Action == LoopAction.OptimizerStep) _steps++;
    }

    public override Verdict Conclude()
    {
        var known = Roll.Asking.Where(e => e.Optimized is not null).ToArray();
        if (known.Length == 0) return NotEnoughEvidence("nobody looked which parameters the optimizers hold");
        if (Roll.Optimizers.Count == 0 && _steps == 0) return NotApplicable("the program has no optimizer");
        if (_steps == 0) return NotEnoughEvidence("no optimizer step was seen");

        if (known.All(e => e is { Optimized: false, NameIsStale: false })) return NotApplicable("the optimizers train something else than the networks");
        var left = known.Where(e => e is { Optimized: false, GetsGradient: true }).ToArray();
        if (left.Length == 0) return Passed($"every parameter that gets a gradient is in an optimizer ({known.Length})");

        // First layers may be pre-trained, and left alone on purpose; last ones never are.
        var firstOnly = left.GroupBy(e => e.Parameter.Model).All(model =>
            known.Where(e => e.Parameter.Model == model.Key && e.GetsGradient).TakeWhile(e => e.Optimized == false).Count() == model.Count());
        var level = firstOnly && !HasSymptom ? Level.Warning : Level.Error;
        var optimizer = Roll.Optimizers.Values.FirstOrDefault();
        return Found(Finding($"no optimizer holds {Names(left)}, though gradients reach {(left.Length == 1 ? "it" : "them")}", EvidenceClass.Proved, level) with
        {
            Location = At(optimizer?.Site) ?? At(left[0].Parameter.Site, left[0].FullName),
            Related = [.. left.Where(e => e.Parameter.Site is not null).Select(e => new RelatedLocation(e.Parameter.Site!.File, e.Parameter.Site.Line, $"{e.FullName} is made here"))
                .DistinctBy(r => (r.File, r.Line)).Take(3)],
            Evidence = [new("parameters with a gradient in no optimizer", string.Create(CultureInfo.InvariantCulture, $"{left.Length} of {known.Length}"), "0", "definition")],
            Fixes = ["give them to the optimizer; or switch `requires_grad` off for them when they are to stay as they are"],
        });
    }
}
