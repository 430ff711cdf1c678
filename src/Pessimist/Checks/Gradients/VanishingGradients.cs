namespace Pessimist.Checks.Gradients;

/// <summary>PES402 vanishing-gradients</summary>
public sealed class VanishingGradients() : SingleBatchCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES402",
        Name = "vanishing-gradients",
        Level = Level.Warning,
        Summary = "the gradient fades on its way to the first layers",
        Docs = """
            ## Why it matters
            Layers that get a gradient thousands of times smaller than the last one's do not learn in step with it.

            ## When it is a false alarm
            Gradients vanish in every network that has learned its data. So this is looked at only when a single batch cannot be fitted, over its
            first 20 steps, and stays a suspicion.

            ## What to do
            ReLU instead of sigmoid or tanh, He initialization, residual connections, normalization layers, fewer layers.
            """,
    };

    public override Verdict Conclude()
    {
        if (Vote is null) return NotEnoughEvidence("no single batch was tried");
        if (!Fails) return Passed("the single batch shows no symptom");
        var flow = Experiments.LastOrDefault(e => e.Id == "layer-flow");
        if (flow is null) return NotEnoughEvidence("the gradients were not watched");
        return flow.Cause != Info.Name ? Passed(flow.Reading) : Found(Finding($"the gradient vanishes: {flow.Reading}", EvidenceClass.Suspected) with
        {
            Causes = [new Cause(Info.Name, flow.Probability ?? 0, flow.Id)],
            Evidence = [.. flow.Measured.Select(m => new Evidence(m.Key, m.Value.ToString("0.###e0", System.Globalization.CultureInfo.InvariantCulture)))],
            Fixes = ["use ReLU, He initialization, residual connections or normalization layers, or fewer layers"],
        });
    }
}
