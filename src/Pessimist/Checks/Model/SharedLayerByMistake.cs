using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES207 shared-layer-by-mistake</summary>
public sealed class SharedLayerByMistake() : GraphCheck(About), IReads<ModuleBuilt>, IReads<ParameterObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES207",
        Name = "shared-layer-by-mistake",
        Level = Level.Warning,
        Summary = "several layers of a list are one and the same",
        Docs = """
            ## Why it matters
            `[layer] * n` puts one layer n times into the list, not n layers. The network has the weights of one, is as deep as n, and is smaller than it
            looks.

            It is proved that the entries of the list are the same object; that this is not meant is a guess.

            ## When it is a false alarm
            Weights are shared on purpose between time steps and, in some networks (ALBERT, universal transformers), between layers: these call one layer
            in a loop, and are silent. So are tied embeddings, heads that a list shares between inputs of their own (each gets its own input), and
            layers without weights.

            ## What to do
            Build each layer: `[Layer() for _ in range(n)]`. To share on purpose, call one layer in a loop.
            """,
    };

    readonly List<ModuleBuilt> _aliases = [];
    readonly List<string> _parameters = [];
    bool _any;

    void IReads<ModuleBuilt>.Read(ModuleBuilt observation)
    {
        _any = true;
        if (observation.AliasOf is not null && _aliases.Count < 10_000) _aliases.Add(observation);
    }

    void IReads<ParameterObserved>.Read(ParameterObserved observation)
    {
        if (_parameters.Count < 100_000) _parameters.Add(observation.Name);
    }

    public override Verdict Conclude()
    {
        if (!_any) return NotEnoughEvidence("no network was observed");
        foreach (var group in _aliases.Where(InOneList).GroupBy(m => (m.Model, m.AliasOf)))
        {
            var first = group.Key.AliasOf!;
            var weights = _parameters.Where(p => p.StartsWith(first + ".", StringComparison.Ordinal)).Distinct().ToArray();
            if (weights.Length == 0 || IsParallel(weights)) continue;
            var times = group.Count() + 1;
            var list = Parent(first);
            var module = group.First();
            return Found(Finding(string.Create(CultureInfo.InvariantCulture, $"{times} layers of {(list.Length == 0 ? "the network" : list)} are one and the same {module.Type}"), EvidenceClass.Proved) with
            {
                Location = At(module.Site, first),
                Evidence = [new("names of one object", string.Join(", ", new[] { first }.Concat(group.Select(m => m.Name)).Take(6)), "one each", "definition")],
                Notes = ["[layer] * n repeats one layer; it does not make n of them"],
                Fixes = ["construct each layer by itself; to share weights on purpose, call one layer in a loop"],
            });
        }

        return Passed("no list holds the same layer twice");
    }

    /// <summary>Entries of one list: the same parent, and numbers as names.</summary>
    static bool InOneList(ModuleBuilt module) =>
        Parent(module.Name) == Parent(module.AliasOf!) && Last(module.Name).All(char.IsAsciiDigit) && Last(module.AliasOf!).All(char.IsAsciiDigit);

    /// <summary>The trace shows that no use of the weights gets what another use made: heads of a list, each with its own input.</summary>
    bool IsParallel(string[] weights)
    {
        var seen = false;
        foreach (var trace in Graph.Traces)
        {
            List<int> uses = [.. Enumerable.Range(0, trace.Operations.Count).Where(i => trace.LinearMapAt(i) is { } map && weights.Contains(map.Name))];
            if (uses.Count < 2) continue;
            seen = true;
            HashSet<long> made = [.. uses.SelectMany(i => trace.Operations[i].Outputs).Select(o => o.Id).OfType<long>()];
            if (uses.Any(i => trace.Ancestor(trace.LinearMapAt(i)!.Data, i, t => t.Id is { } id && made.Contains(id)) is not null)) return false;
        }

        return seen;
    }

    static string Parent(string name) => name.LastIndexOf('.') is > 0 and var dot ? name[..dot] : "";

    static string Last(string name) => name[(name.LastIndexOf('.') + 1)..];
}
