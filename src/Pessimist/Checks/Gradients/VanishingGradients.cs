using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Gradients;

/// <summary>PES402 vanishing-gradients</summary>
public sealed class VanishingGradients(VanishingGradients.Limits limits) : RollCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES402",
        Name = "vanishing-gradients",
        Level = Level.Warning,
        Summary = "the gradient fades on its way to the first layers",
        Explains = ["PES502", "PES607", "PES611", "PES901", "PES904"],
        Docs = """
            ## Why it matters
            Layers that get a gradient thousands of times smaller than the last one's do not learn in step with it.

            ## When it is a false alarm
            Gradients vanish in every network that has learned its data. So this is looked at only when a single batch cannot be fitted or the loss does not
            come down, over the first steps, and stays a suspicion.

            ## What to do
            ReLU instead of sigmoid or tanh, He initialization, residual connections, normalization layers, fewer layers.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Norm of the gradient of the first weights over that of the last.</summary>
        [Origin(Origin.Published, "AUTOTRAINER, DeepFD: 1e-3")] public double Ratio { get; init; } = 1e-3;

        /// <summary>Sampled steps of a watched program.</summary>
        [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 5;
    }

    readonly LayerGradients _layers = new();

    protected override void OnParameters(ParametersMeasured observation) => _layers.Read(observation);

    public override Verdict Conclude()
    {
        if (Experiments.LastOrDefault(e => e.Id == "layer-flow") is { } flow)
            return !Fails ? Passed("the single batch shows no symptom") : flow.Cause != Info.Name ? Passed(flow.Reading) : Found(Finding($"the gradient vanishes: {flow.Reading}", EvidenceClass.Suspected) with
            {
                Explains = ExplainsNow,
                Causes = [new Cause(Info.Name, flow.Probability ?? 0, flow.Id)],
                Evidence = [.. flow.Measured.Select(m => new Evidence(m.Key, m.Value.ToString("0.###e0", CultureInfo.InvariantCulture)))],
                Fixes = Remedies,
            });
        if (_layers.Steps >= limits.FewestSteps) return Watched();
        return Vote is null ? NotEnoughEvidence("no single batch was tried")
            : Fails ? NotEnoughEvidence("the gradients were not watched") : Passed("the single batch shows no symptom");
    }

    Verdict Watched()
    {
        if (!HasSymptom) return Passed("there is no symptom");
        foreach (var network in Roll.Asking.GroupBy(e => e.Parameter.Model))
        {
            if (_layers.Ends(network) is not { } ends || ends.AtLast <= 0 || ends.AtFirst >= limits.Ratio * ends.AtLast) continue;
            return Found(Finding(string.Create(CultureInfo.InvariantCulture,
                $"the gradient vanishes: {ends.AtLast:0.#e0} at {ends.Last.FullName}, {ends.AtFirst:0.#e0} at {ends.First.FullName}"), EvidenceClass.Suspected) with
            {
                Location = At(ends.First.Parameter.Site, ends.First.FullName),
                Explains = ExplainsNow,
                Evidence = [new("gradient of the first weights over the last", string.Create(CultureInfo.InvariantCulture, $"{ends.AtFirst / ends.AtLast:0.#e0}"),
                    string.Create(CultureInfo.InvariantCulture, $"{limits.Ratio:0.#e0}"), "published: AUTOTRAINER, DeepFD")],
                Notes = [Symptom],
                Fixes = Remedies,
            });
        }

        return Passed("gradients reach the first layers");
    }

    /// <summary>Short steps are what a gradient that fades makes of any learning rate; not where an experiment showed another cause.</summary>
    IReadOnlyList<string> ExplainsNow => Experiments.Any(e => e.Outcome == ExperimentOutcome.Confirmed) ? [] : ["PES502"];

    static IReadOnlyList<string> Remedies => ["use ReLU, He initialization, residual connections or normalization layers, or fewer layers"];
}
