using System.Globalization;

namespace Pessimist.Torch.Nn;

public abstract partial class Module
{
    /// <summary>What stands between the parentheses of a layer without children: PyTorch's <c>extra_repr</c>.</summary>
    protected virtual string Options => "";

    /// <summary>The whole network as PyTorch prints it.</summary>
    public override string ToString()
    {
        var name = TypeName;
        var children = NamedChildren().ToArray();
        if (children.Length == 0)
            return $"{name}({Options})";
        var lines = children.Select(c => $"  ({c.Name}): {c.Module.ToString().Replace("\n", "\n  ", StringComparison.Ordinal)}\n");
        return $"{name}({(Options.Length == 0 ? "" : $"\n  {Options}")}\n{string.Concat(lines)})";
    }

    /// <summary>1e-05, 0.1, True: numbers and truth values as Python prints them.</summary>
    protected static string Python(double? value) => value switch
    {
        null => "None",
        0 => "0",
        { } v when Math.Abs(v) < 1e-4 => v.ToString("0.################e-00", CultureInfo.InvariantCulture),
        { } v => v.ToString("R", CultureInfo.InvariantCulture),
    };

    protected static string Python(bool value) => value ? "True" : "False";

    /// <summary>(3, 3) and (3,): a tuple as Python prints it.</summary>
    protected static string Python(ReadOnlySpan<long> values) =>
        values.Length == 1 ? $"({values[0]},)" : $"({string.Join(", ", values.ToArray())})";
}
