using System.Globalization;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES214 kernel-larger-than-input</summary>
public sealed class KernelLargerThanInput() : CrashCheck(About, CrashKind.KernelTooLarge)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES214",
        Name = "kernel-larger-than-input",
        Level = Level.Error,
        Summary = "a convolution or pooling is larger than what it is given",
        Docs = """
            ## Why it matters
            Each convolution without padding and each pooling makes the picture smaller. After too many of them, or with pictures smaller than those that
            the network was made for, nothing is left to look at, and the program ends.

            ## When it is a false alarm
            Never: the program raised the exception.

            ## What to do
            Larger pictures, padding, smaller strides, or fewer poolings.
            """,
    };

    static readonly string[] s_starts = ["Calculated padded", "Given input size"];

    public override Verdict Conclude()
    {
        if (Crash is not { } crash) return NoCrash;
        // Before it, our engine names the module, its settings and its input.
        var start = s_starts.Select(w => crash.Message.IndexOf(w, StringComparison.OrdinalIgnoreCase)).Where(at => at >= 0).DefaultIfEmpty(0).Min();
        var shapes = ShapeMessage.Shapes(crash.Message[start..]);
        var message = crash.Message.Contains("Kernel size:", StringComparison.OrdinalIgnoreCase) && shapes is [var left, var kernel, ..]
            ? $"{Name(crash)} has a kernel of {Times(kernel)} and is given {Times(left)}, padding included"
            : crash.Message.Contains("Calculated output size", StringComparison.OrdinalIgnoreCase) && shapes is [var given, ..]
                ? $"{Name(crash)} would make nothing of {Times(given.Skip(1))}" : $"{Name(crash)} is larger than what it is given";
        var way = Way();
        return Found(Explain(message, "use larger inputs, padding, smaller strides, or fewer poolings", way is null ? [] : [new("sizes on the way", way)]));
    }

    /// <summary>How the picture shrinks, e.g. <c>28 x 28 -> 24 x 24 (conv1) -> 12 x 12 (pool)</c>.</summary>
    string? Way()
    {
        if (Graph.Traces is not [.., var trace]) return null;
        List<string> sizes = [];
        foreach (var (i, operation) in trace.Operations.Index())
        {
            if (trace.NameAt(i) is not ("conv" or "conv_transpose") && !trace.NameAt(i).Contains("pool", StringComparison.Ordinal)) continue;
            if (operation.Inputs is not [{ Shape.Count: > 2 } input, ..] || operation.Outputs is not [{ Shape.Count: > 2 } output, ..]) continue;
            if (sizes.Count == 0) sizes.Add(Times(input.Shape.Skip(2)));
            sizes.Add(string.Create(CultureInfo.InvariantCulture, $"{Times(output.Shape.Skip(2))} ({(operation.Module is { Length: > 0 } name ? name : operation.Operation)})"));
        }

        return sizes.Count > 1 ? string.Join(" -> ", sizes.TakeLast(12)) : null;
    }
}
