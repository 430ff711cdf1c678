using System.Globalization;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Watching.Structure;

/// <summary>The numbers that a module was constructed with, from what it says of itself: every layer prints them under PyTorch's names.</summary>
static class ModuleSettings
{
    public static IReadOnlyDictionary<string, double> Of(Module module)
    {
        var settings = new Dictionary<string, double>();
        if (module is MultiheadAttention attention)
            return new Dictionary<string, double> { ["embed_dim"] = attention.Width, ["num_heads"] = attention.Heads, ["dropout"] = attention.Probability, ["batch_first"] = 1 };
        if (module.NamedChildren().Any()) return settings;
        string[] positional = module switch
        {
            Convolution => ["in_channels", "out_channels"],
            BatchNorm or InstanceNorm => ["num_features"],
            GroupNorm => ["num_groups", "num_channels"],
            Recurrent => ["input_size", "hidden_size"],
            Embedding => ["num_embeddings", "embedding_dim"],
            LayerNorm => ["normalized_shape"],
            _ => [],
        };
        var position = 0;
        foreach (var argument in Arguments(module.ToString() ?? ""))
        {
            var (name, value) = argument.Split('=', 2) is [var n, var v] ? (n.Trim(), v)
                : position < positional.Length ? (positional[position++], argument) : ("", argument);
            if (name.Length > 0 && Number(value) is { } number) settings.TryAdd(name, number);
        }

        if (module is Convolution or Recurrent) settings.TryAdd("bias", 1);
        if (module is Recurrent) settings.TryAdd("num_layers", 1);
        return settings;
    }

    /// <summary>What stands between the outer parentheses, cut at its outer commas.</summary>
    static IEnumerable<string> Arguments(string text)
    {
        int depth = 0, from = text.IndexOf('(', StringComparison.Ordinal) + 1;
        if (from == 0) yield break;
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            else if (text[i] == ',' && depth == 0 || text[i] == ')' && depth-- == 0)
            {
                yield return text[from..i];
                from = i + 1;
            }
        }
    }

    static double? Number(string text)
    {
        // Of a tuple, the first number.
        text = text.Trim(' ', '(', ')', '[', ']').Split(',')[0];
        return text switch
        {
            "True" => 1,
            "False" => 0,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
    }
}
