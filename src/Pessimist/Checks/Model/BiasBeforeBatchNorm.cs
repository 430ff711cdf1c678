using System.Globalization;
using Pessimist.Observations;
using Pessimist.Text;

namespace Pessimist.Checks.Model;

/// <summary>PES204 bias-before-batch-norm</summary>
public sealed class BiasBeforeBatchNorm() : GraphCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES204",
        Name = "bias-before-batch-norm",
        Level = Level.Note,
        Summary = "a layer has a bias that the batch normalization after it takes away",
        Docs = """
            ## Why it matters
            Batch normalization subtracts the mean of each channel, and with it the bias before it. The bias gets no gradient; it costs a little memory and
            time, and has no effect.

            ## When it is a false alarm
            It is harmless, and only a note. Where the running statistics are used (a frozen batch normalization) the bias has an effect, and nothing is said.

            ## What to do
            `bias=False` in the layer before a batch normalization.
            """,
    };

    public override Verdict Conclude()
    {
        if (Graph.Traces.Count == 0) return NoTrace;
        Dictionary<string, Site?> found = [];
        var norms = 0;
        foreach (var trace in Graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
            {
                if (trace.NameAt(i) == "batch_norm") norms++;
                if (trace.LinearMapAt(i) is not { } map || !trace.Operations[i].Inputs.Any(x => x.Shape.Count == 1 && trace.ParameterOf(x, i) is not null)) continue;
                if (trace.UsesOf(i) is [var use] && trace.NameAt(use) == "batch_norm" && trace.Operations[use].Settings.GetValueOrDefault("train", 1) != 0 && trace.Operations[use].Phase != Phase.Evaluate
                    && trace.SourceOf(trace.Operations[use].Inputs[0], use).Maker == i)
                    found.TryAdd(map.Module, trace.Operations[i].Site);
            }

        if (found.Count == 0) return norms == 0 ? NotApplicable("the network has no batch normalization") : Passed("no layer before a batch normalization has a bias");
        return Found(Finding($"{DidYouMean.List(found.Keys, 4)} {(found.Count == 1 ? "has a bias" : "have biases")} that the batch normalization after {(found.Count == 1 ? "it" : "them")} takes away", EvidenceClass.Proved) with
        {
            Location = At(found.First().Value, found.First().Key),
            Evidence = [new("layers with a bias before a batch normalization", found.Count.ToString(CultureInfo.InvariantCulture), "0", "definition")],
            Fixes = ["bias=False in these layers"],
        });
    }
}
