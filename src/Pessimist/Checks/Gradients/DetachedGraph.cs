using Pessimist.Observations;
using Pessimist.Text;

namespace Pessimist.Checks.Gradients;

/// <summary>PES405 detached-graph</summary>
public sealed class DetachedGraph() : Check(About), IReads<ParameterObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES405",
        Name = "detached-graph",
        Level = Level.Error,
        Summary = "no gradient reaches the first layers, though they ask for one",
        Explains = ["PES208"],
        Docs = """
            ## Why it matters
            Something between these layers and the loss cuts the graph: `detach`, `data`, `no_grad`, a round trip through another library. What
            lies before the cut never learns.

            ## When it is a false alarm
            A frozen backbone: switch `requires_grad` off for it, and nothing is reported. Parameters in the middle or at the end that get no
            gradient are unused (unused-parameters), not cut off.

            ## What to do
            Find the cut in the forward pass and remove it.
            """,
    };

    readonly List<ParameterObserved> _parameters = [];

    public void Read(ParameterObserved observation) => _parameters.Add(observation);

    public override Verdict Conclude()
    {
        var asking = _parameters.Where(p => p.RequiresGradient).ToArray();
        if (asking.Length == 0) return NotEnoughEvidence("no parameter was observed");
        var cut = asking.TakeWhile(p => p.GradientNorm is null).ToArray();
        if (cut.Length == 0) return Passed($"a gradient reaches {asking[0].Name}");
        return Found(Finding($"no gradient reaches {DidYouMean.List(cut.Select(p => p.Name), 6)}", EvidenceClass.Proved) with
        {
            Evidence = [new("parameters without a gradient", $"{cut.Length} of {asking.Length}, from the input on", "0", "definition")],
            Fixes = [cut.Length == asking.Length ? "the loss does not depend on any parameter: look for detach, no_grad or a new tensor in the loss"
                : $"look between {cut[^1].Name} and {asking[cut.Length].Name} for what cuts the graph; or switch their gradients off on purpose"],
        });
    }
}
