using System.Collections.Concurrent;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>Arguments by name, as the operator's schema has them.</summary>
static class OperatorArguments
{
    /// <summary>Arguments that say nothing about the values.</summary>
    static readonly HashSet<string> Ignored = new(StringComparer.Ordinal) { "dim", "dim0", "dim1", "dtype", "layout", "device", "pin_memory", "non_blocking", "copy", "memory_format", "keepdim", "cudnn_enabled", "implicit" };

    static readonly ConcurrentDictionary<Operator, string[]> Names = new();

    public static IReadOnlyDictionary<string, double> SettingsOf(Operator op, ReadOnlySpan<Value> args)
    {
        var names = NamesOf(op);
        var settings = new Dictionary<string, double>();
        for (var i = 0; i < args.Length && i < names.Length; i++)
        {
            if (Ignored.Contains(names[i])) continue;
            var name = names[i] switch
            {
                "other" or "value" => "scalar",
                "training" => "train",
                "negative_slope" => "slope",
                var n => n,
            };
            if (args[i].TryNumber(out var number)) settings[name] = number;
            else if (args[i].IsFlag) settings[name] = args[i].AsBool() ? 1 : 0;
        }

        return settings;
    }

    /// <summary>The dimension that the operator works along, counted from the front; null for none, several or all.</summary>
    public static int? DimensionOf(Operator op, ReadOnlySpan<Value> args)
    {
        var at = Array.IndexOf(NamesOf(op), "dim");
        if (at < 0 || at >= args.Length) return null;
        double dimension;
        if (args[at].TryInts(out var several))
        {
            if (several.Length != 1) return null;
            dimension = several[0];
        }
        else if (!args[at].TryNumber(out dimension))
        {
            return null;
        }

        var rank = args[0].TryTensor(out var tensor) ? tensor.Rank : args[0].TryTensors(out var list) && list is [{ } first, ..] ? first.Rank : 0;
        if (op.Name is "aten::unsqueeze" or "aten::stack") rank++;
        return (int)(dimension < 0 ? dimension + rank : dimension);
    }

    static string[] NamesOf(Operator op) => Names.GetOrAdd(op, static o => Parse(o.Schema));

    static string[] Parse(string schema)
    {
        List<string> names = [];
        int depth = 0, from = schema.IndexOf('(', StringComparison.Ordinal) + 1;
        for (var i = from; i < schema.Length; i++)
        {
            var c = schema[i];
            if (c is '(' or '[') depth++;
            else if (c is ']' || c == ')' && depth > 0) depth--;
            else if (c is ',' or ')' && depth == 0)
            {
                // "Tensor(a!) self", "int[1] dim=[]", or the star before arguments that go by name.
                var argument = schema[from..i].Split('=')[0].Trim();
                if (argument.Length > 0 && argument != "*") names.Add(argument[(argument.LastIndexOf(' ') + 1)..]);
                from = i + 1;
                if (c == ')') break;
            }
        }

        return [.. names];
    }
}
