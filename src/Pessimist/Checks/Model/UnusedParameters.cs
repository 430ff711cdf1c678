using Pessimist.Observations;
using Pessimist.Text;

namespace Pessimist.Checks.Model;

/// <summary>PES208 unused-parameters</summary>
public sealed class UnusedParameters() : Check(About), IReads<ParameterObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES208",
        Name = "unused-parameters",
        Level = Level.Warning,
        Summary = "parameters take no part in the loss",
        Docs = """
            ## Why it matters
            A layer that was built but is not called in the forward pass is usually a slip; it is never trained.

            ## When it is a false alarm
            Branches that only some batches use (several heads, mixtures of experts), and parameters whose gradients are switched off, which are
            not counted.

            ## What to do
            Call the layer in the forward pass, or remove it.
            """,
    };

    readonly List<ParameterObserved> _parameters = [];

    public void Read(ParameterObserved observation) => _parameters.Add(observation);

    public override Verdict Conclude()
    {
        var asking = _parameters.Where(p => p.RequiresGradient).ToArray();
        if (asking.Length == 0) return NotEnoughEvidence("no parameter was observed");
        // Those before the first that has a gradient are cut off, which is another finding.
        var unused = asking.SkipWhile(p => p.GradientNorm is null).Where(p => p.GradientNorm is null).Select(p => p.Name).ToArray();
        return unused.Length == 0 ? Passed($"a gradient reaches all that should have one ({asking.Length} parameters)")
            : Found(Finding($"{DidYouMean.List(unused, 6)} {(unused.Length == 1 ? "takes" : "take")} no part in the loss", EvidenceClass.Proved) with
            {
                Evidence = [new("parameters without a gradient", $"{unused.Length} of {asking.Length}", "0", "definition")],
                Fixes = ["call their layers in the forward pass, or remove them"],
            });
    }
}
