using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;
using Pessimist.Text;

namespace Pessimist.Checks.Model;

/// <summary>PES201 missing-nonlinearity</summary>
public sealed class MissingNonlinearity() : GraphCheck(About), IReads<ModuleBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES201",
        Name = "missing-nonlinearity",
        Level = Level.Warning,
        Summary = "two linear maps follow each other with nothing between: together they are one",
        Explains = ["PES904", "PES607", "PES910"],
        Docs = """
            ## Why it matters
            A linear map of a linear map is a linear map. However many are stacked, the network can do no more than logistic or linear regression. Dropout,
            reshaping, scaling and average pooling between them change nothing; batch normalization is linear as well once the network predicts.

            It is proved by the path of the data: the output of one goes to the other and nowhere else.

            ## When it is a false alarm
            A layer narrower than what is before and after it limits the rank on purpose (factorized layers, LoRA, linear bottlenecks, codes of
            autoencoders); separable convolutions split the kernel on purpose. Both are silent, and so are weights that are used elsewhere as well (tied,
            recurrent), frozen ones, sums (residual), products (attention, gates), layer normalization, and a network of one layer.

            ## What to do
            Put an activation between them, such as ReLU; or make one layer of the two.
            """,
    };

    readonly List<ModuleBuilt> _modules = [];

    void IReads<ModuleBuilt>.Read(ModuleBuilt observation)
    {
        if (_modules.Count < 10_000) _modules.Add(observation);
    }

    public override Verdict Conclude()
    {
        var looked = 0;
        foreach (var trace in Graph.Traces)
        {
            var maps = Enumerable.Range(0, trace.Operations.Count).Where(i => trace.Operations[i] is { Phase: not Phase.Evaluate, GradientsOn: true }).Select(trace.LinearMapAt).OfType<LinearMap>().ToArray();
            looked += maps.Length;
            if (Redundant(trace, maps) is { Count: > 0 } pairs) return Found(trace, pairs, maps.Select(m => m.Name).Distinct().Count());
        }

        if (looked > 0) return Passed("something nonlinear lies between the layers");
        return Graph.Traces.Count > 0 ? NotApplicable("the network has no layers with weights") : InSequence();
    }

    Verdict Found(OperationTrace trace, List<(LinearMap First, LinearMap Second)> pairs, int layers)
    {
        var names = pairs.Select(p => $"{p.First.Module} -> {p.Second.Module}").Distinct().ToArray();
        var (first, second) = pairs[0];
        var whole = layers == names.Length + 1;
        var operation = trace.Operations[second.Position];
        return Found(Finding(whole ? string.Create(CultureInfo.InvariantCulture, $"the network is linear: its {layers} layers follow each other with no nonlinearity between")
            : $"no nonlinearity lies between {first.Module} and {second.Module}: together they are one linear map", EvidenceClass.Proved) with
        {
            Location = At(operation.Site, second.Module),
            Evidence = [new("layers joined linearly", string.Join(", ", names.Take(6)), "none", "definition"), new("width between them", Width(first).ToString(CultureInfo.InvariantCulture))],
            Fixes = [$"put an activation, such as ReLU, between {first.Module} and {second.Module}"],
        });
    }

    static long Width(LinearMap map) => map.Weight.Shape[0];

    /// <summary>Pairs that follow each other at every use of either weight, and whose composition a single layer could replace.</summary>
    static List<(LinearMap First, LinearMap Second)> Redundant(OperationTrace trace, LinearMap[] maps)
    {
        var uses = maps.CountBy(m => m.Name).ToDictionary();
        List<(LinearMap, LinearMap)> pairs = [];
        foreach (var first in maps)
            if (Next(trace, first) is { } second && IsRedundant(first, second)) pairs.Add((first, second));
        return [.. pairs.GroupBy(p => (p.Item1.Name, p.Item2.Name)).Where(g => g.Count() == uses[g.Key.Item1] && g.Count() == uses[g.Key.Item2]).Select(g => g.First())];
    }

    static LinearMap? Next(OperationTrace trace, LinearMap first)
    {
        var at = first.Position;
        var width = first.Output;
        while (true)
        {
            if (trace.ConsumersOf(at).Distinct().Take(2).ToArray() is not [var next]) return null;
            if (trace.LinearMapAt(next) is { } map)
            {
                // Whoever takes the output as its weight multiplies; whoever regrouped the features first works on parts of them.
                var isSame = trace.MakerOf(map.Data, next) == at && (Features(map.Data, trace.NameAt(next)) == Features(width, trace.NameAt(first.Position)) || trace.NameAt(first.Position) != trace.NameAt(next));
                return isSame ? map : null;
            }

            if (!IsLinear(trace, next, at)) return null;
            at = next;
        }
    }

    /// <summary>Size of the axis that a map works on.</summary>
    static long Features(TensorFacts tensor, string operation) => tensor.Shape.Count == 0 ? 0 : operation.StartsWith("conv", StringComparison.Ordinal) && tensor.Shape.Count > 1 ? tensor.Shape[1] : tensor.Shape[^1];

    static bool IsLinear(OperationTrace trace, int position, int from)
    {
        var operation = trace.Operations[position];
        if (operation.Inputs.Count == 0 || trace.MakerOf(operation.Inputs[0], position) != from) return false;
        return trace.NameAt(position) switch
        {
            "view" or "reshape" or "unsafe_view" or "flatten" or "squeeze" or "unsqueeze" or "contiguous" or "clone" or "to" or "to_copy" or "alias" => true,
            "dropout" or "feature_dropout" or "batch_norm" or "avg_pool1d" or "avg_pool2d" or "adaptive_avg_pool1d" or "adaptive_avg_pool2d" or "neg" => true,
            "mul" or "div" or "add" or "sub" => operation.Inputs.Skip(1).All(OperationTrace.IsParameter),
            _ => false,
        };
    }

    static bool IsRedundant(LinearMap first, LinearMap second)
    {
        if (!first.Weight.RequiresGrad || !second.Weight.RequiresGrad) return false;
        IReadOnlyList<long> a = first.Weight.Shape, b = second.Weight.Shape;
        // Separable on purpose: by groups, or by different kernels such as 1 x k after k x 1.
        if (IsGrouped(first) || IsGrouped(second)) return false;
        if (a.Count > 2 && b.Count > 2 && !a.Skip(2).SequenceEqual(b.Skip(2))) return false;
        long between = a[0], before = a.Skip(1).Aggregate(1L, (x, y) => x * y), after = b[0];
        return between >= Math.Min(before, after) || a.Count > 2 && b.Count > 2 && a.Skip(2).Any(k => k > 1) && between >= a[1];
    }

    static bool IsGrouped(LinearMap map) => map.Weight.Shape.Count > 2 && map.Data.Shape.Count > 1 && map.Weight.Shape[1] != map.Data.Shape[1] && map.Weight.Shape[0] != map.Data.Shape[1];

    /// <summary>Without a trace: layers that follow each other in a Sequential.</summary>
    Verdict InSequence()
    {
        if (_modules.Count == 0) return NoTrace;
        var types = _modules.GroupBy(m => (m.Model, m.Name)).ToDictionary(g => g.Key, g => g.First());
        foreach (var group in _modules.Where(m => m.AliasOf is null && m.Name.Length > 0).GroupBy(m => (m.Model, Parent: m.Name.LastIndexOf('.') is > 0 and var dot ? m.Name[..dot] : "")))
        {
            if (!types.TryGetValue((group.Key.Model, group.Key.Parent), out var parent) || parent.Type != "Sequential") continue;
            ModuleBuilt? last = null;
            foreach (var module in group)
            {
                if (module.Type is "Dropout" or "Identity") continue;
                if (last is { Type: "Linear" } && module.Type == "Linear" && Setting(last, "out_features") is { } between && Setting(last, "in_features") is { } before && Setting(module, "out_features") is { } after
                    && between >= Math.Min(before, after))
                    return Found(Finding($"no nonlinearity lies between {last.Name} and {module.Name}: together they are one linear map", EvidenceClass.Proved) with
                    {
                        Location = At(module.Site, module.Name),
                        Evidence = [new("layers joined linearly", DidYouMean.List([last.Name, module.Name]), "none", "definition")],
                        Fixes = [$"put an activation, such as ReLU, between {last.Name} and {module.Name}"],
                    });
                last = module;
            }
        }

        return NoTrace;
    }

    static double? Setting(ModuleBuilt module, string name) => module.Settings.TryGetValue(name, out var value) ? value : null;
}
