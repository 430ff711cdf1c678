using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.SingleBatch;

/// <summary>PES911 differs-from-reference</summary>
public sealed class DiffersFromReference() : Check(About), IReads<ReferenceCompared>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES911",
        Name = "differs-from-reference",
        Level = Level.Error,
        Summary = "with the same weights and input, a layer puts out something else than the reference implementation's",
        Explains = ["PES901", "PES902", "PES903", "PES904", "PES910", "PES912"],
        Docs = """
            ## Why it matters
            Walking line by line beside an implementation that is known to work is the surest way to a hidden mistake. The first layer whose output
            differs is where it is: all before it agree.

            ## When it is a false alarm
            Rounding does not count: in float32 up to 1e-5 of the largest value, up to 1e-4 where layers before have rounded. Dropout and batch norm have to be in evaluation mode on both sides, and the
            weights have to be the same.

            ## What to do
            Compare the code of the named layer: its activation, padding, epsilon, order of dimensions, scaling.
            """,
    };

    readonly List<ReferenceCompared> _compared = [];

    public void Read(ReferenceCompared observation) => _compared.Add(observation);

    public override Verdict Conclude()
    {
        if (_compared.Count == 0) return NotEnoughEvidence("it was not compared with a reference");
        foreach (var compared in _compared)
        {
            var at = compared.Layers.ToList().FindIndex(l => l.Differs);
            if (at < 0) continue;
            var layer = compared.Layers[at];
            var known = compared.Reason.Length > 0;
            return Found(Finding($"the {(layer.Name == "input" ? "input" : $"{compared.Compared} of {layer.Name}")} differs from {compared.Reference}{(known ? $": {compared.Reason}" : "")}", known ? EvidenceClass.Confirmed : EvidenceClass.Proved) with
            {
                Confirmation = compared.Confirmation,
                Location = compared.Site is { } site ? new Location(site.File, site.Line, site.Function, layer.Name) : null,
                Evidence = [new("largest difference", layer.Note.Length > 0 ? layer.Note : string.Create(CultureInfo.InvariantCulture, $"{layer.MaxDifference:0.##e0}"),
                    string.Create(CultureInfo.InvariantCulture, $"{layer.Tolerance:0.##e0}"), "theory: rounding")],
                Notes = [at == 0 ? "it is the first layer" : at == 1 ? $"the layer before it agrees: {compared.Layers[0].Name}" : $"the {at} layers before it agree; the last of them is {compared.Layers[at - 1].Name}"],
                Fixes = [compared.Help.Length > 0 ? compared.Help : $"compare the code of {layer.Name} with the reference's: activation, padding, epsilon, order of dimensions, scaling"],
            });
        }

        return Passed($"all layers agree with {string.Join(" and ", _compared.Select(c => c.Reference).Distinct())}");
    }
}
