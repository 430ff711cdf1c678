using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Modes;

/// <summary>PES605 evaluation-with-gradients</summary>
public sealed class EvaluationWithGradients() : Check(About), IReads<PassObserved>, IReads<BatchObserved>, IReads<LossObserved>,
    IReads<MetricReported>, IReads<LoaderBuilt>, IReads<OptimizerBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES605",
        Name = "evaluation-with-gradients",
        Level = Level.Note,
        Summary = "the evaluation records a graph that no backward pass uses",
        Docs = """
            ## Why it matters
            Every activation is kept until the output is let go: the evaluation takes more memory and time than it needs, and a loss that is kept
            keeps its whole graph. The numbers are right all the same.

            ## When it is a false alarm
            Silent are passes over training data, networks that play against each other, and evaluations that a backward pass follows, as for
            adversarial examples.

            ## What to do
            Evaluate within `torch.no_grad()` or `torch.inference_mode()`; in C# within `Autograd.NoGrad()`.
            """,
    };

    readonly HeldOutPasses _passes = new();

    public void Read(PassObserved observation) => _passes.Read(observation);
    public void Read(BatchObserved observation) => _passes.Read(observation);
    public void Read(LossObserved observation) => _passes.Read(observation);
    public void Read(MetricReported observation) => _passes.Read(observation);
    public void Read(LoaderBuilt observation) => _passes.Read(observation);
    public void Read(OptimizerBuilt observation) => _passes.Read(observation);

    public override Verdict Conclude()
    {
        var passes = _passes.Passes.ToArray();
        if (passes.Length == 0) return NotEnoughEvidence("no evaluation on held-out data was seen");
        if (_passes.IsGame) return NotApplicable("several networks are trained against each other: a graph may be part of the game");
        long all = passes.Sum(p => p.Passes), recorded = passes.Where(p => p.GradientsOn).Sum(p => p.Passes);
        if (2 * recorded <= all) return Passed("evaluations record no graph");
        var site = passes.First(p => p.GradientsOn).Site;
        return Found(Finding("the evaluation records a graph that no backward pass uses", EvidenceClass.Proved) with
        {
            Location = Location.Of(site),
            Evidence = [new("evaluating passes that recorded a graph", string.Create(CultureInfo.InvariantCulture, $"{recorded} of {all}"), "0", "definition")],
            Fixes = ["evaluate within torch.no_grad(), in C# within Autograd.NoGrad()"],
        });
    }
}
