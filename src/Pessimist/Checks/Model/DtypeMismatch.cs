using System.Text.RegularExpressions;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES216 dtype-mismatch</summary>
public sealed partial class DtypeMismatch() : CrashCheck(About, CrashKind.DType)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES216",
        Name = "dtype-mismatch",
        Level = Level.Error,
        Summary = "the program ended at an operation whose element types do not fit",
        Docs = """
            ## Why it matters
            Weights are float32, NumPy's numbers float64, pictures uint8, class ids int64. The message names types, not tensors. Here is which tensor has
            which type, and where it came from.

            ## When it is a false alarm
            Never: the program raised the exception.

            ## What to do
            Convert where the data enter: inputs with `float()`, class ids with `long()`, targets of regression and of binary losses with `float()`.
            """,
    };

    public override Verdict Conclude()
    {
        if (Crash is not { } crash) return NoCrash;
        var operation = OperationNames.Canonical(crash.Operation ?? "");
        var (wanted, given) = Types(crash);
        var odd = Odd(crash);
        var what = odd is null ? null : odd.Role ?? (crash.Inputs.Count > 0 && ReferenceEquals(odd, crash.Inputs[0]) ? "its input" : "one of its inputs");
        var message = odd is not null && Reference(crash, odd) is { } weights ? $"{Name(crash)} computes in {weights}, and {what} is {odd.DType}"
            : wanted is not null && given is not null ? $"{Name(crash)} expects {wanted} and is given {given}"
            : given is not null ? $"{Name(crash)} does not work on {given}" : $"{Name(crash)} was given element types that do not fit";
        return Found(Explain(message, Fix(operation, crash.Message, wanted, odd?.DType ?? given), Origin(odd)));
    }

    static string? Fix(string operation, string message, string? wanted, string? given)
    {
        if (operation is "cross_entropy_loss" or "nll_loss" || message.Contains("class ids as int64", StringComparison.Ordinal)) return "make the class ids int64: target.long()";
        if (operation == "embedding" || message.Contains("'indices'", StringComparison.Ordinal)) return "make the ids int64: ids.long()";
        if (operation is "mse_loss" or "l1_loss" or "smooth_l1_loss" or "huber_loss" or "binary_cross_entropy" or "binary_cross_entropy_with_logits"
            || message.Contains("floating-point numbers", StringComparison.Ordinal) || message.Contains("desired output type", StringComparison.Ordinal)) return "make the target float32: target.float()";
        return given switch
        {
            "float64" => "convert to float32: x.float(). NumPy's numbers are float64 unless told otherwise",
            "uint8" => "convert to float32 and scale: x.float() / 255",
            "int64" or "int32" or "bool" or "int16" or "int8" => "convert to float32 before this operation: x.float()",
            "float16" or "bfloat16" => "let input and weights have the same type: convert one of them, or use automatic mixed precision for the whole forward pass",
            _ => wanted is null ? null : $"convert to {wanted} before this operation",
        };
    }

    /// <summary>The input whose type differs from the parameters', or from the first input's.</summary>
    static TensorFacts? Odd(ExceptionRaised crash) =>
        Reference(crash, null) is { } reference ? crash.Inputs.FirstOrDefault(i => !OperationTrace.IsParameter(i) && i.DType != reference) : null;

    static string? Reference(ExceptionRaised crash, TensorFacts? odd) =>
        crash.Inputs.FirstOrDefault(OperationTrace.IsParameter)?.DType is { } type && type != odd?.DType ? type : null;

    /// <summary>What made the tensor, where the trace shows it.</summary>
    IEnumerable<Evidence> Origin(TensorFacts? odd)
    {
        if (odd?.Id is null || Graph.Traces is not [.., var trace] || trace.MakerOf(odd, trace.Operations.Count) is not { } maker) yield break;
        // Back to the first tensor of that type: there it became what it is.
        var at = maker;
        while (trace.Operations[at].Inputs.FirstOrDefault(i => i.DType == odd.DType) is { } before && trace.MakerOf(before, at) is { } earlier) at = earlier;
        var operation = trace.Operations[at];
        yield return new("became " + odd.DType, operation.Site is { } site ? System.FormattableString.Invariant($"{operation.Operation} at {site.File}:{site.Line}") : operation.Operation);
    }

    /// <summary>Expected and given type, as the message has them.</summary>
    static (string? Wanted, string? Given) Types(ExceptionRaised crash)
    {
        var text = crash.Message.Length > 2000 ? crash.Message[..2000] : crash.Message;
        foreach (var (pattern, wantedFirst) in new[] { (Expected(), true), (Found(), false), (Bias(), false), (Result(), false) })
            if (pattern.Match(text) is { Success: true } match)
            {
                string a = Plain(match.Groups[1].Value), b = Plain(match.Groups[2].Value);
                return wantedFirst ? (a, b) : (b, a);
            }

        return Unsupported().Match(text) is { Success: true } only ? (null, Plain(only.Groups[1].Value)) : (null, null);
    }

    static string Plain(string name) => name.Trim().ToUpperInvariant() switch
    {
        "FLOAT" or "TORCH.FLOATTENSOR" => "float32",
        "DOUBLE" or "TORCH.DOUBLETENSOR" => "float64",
        "HALF" or "C10::HALF" => "float16",
        "LONG" or "LONG INT" or "TORCH.LONGTENSOR" => "int64",
        "INT" => "int32",
        "BYTE" or "UNSIGNED CHAR" => "uint8",
        "BOOL" => "bool",
        _ => name.Trim(),
    };

    [GeneratedRegex("expected scalar type ([A-Za-z0-9]+) but (?:found|got) (?:scalar type )?([A-Za-z0-9]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Expected();

    [GeneratedRegex("Found dtype ([A-Za-z0-9]+) but expected ([A-Za-z0-9]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Found();

    [GeneratedRegex(@"Input type \(([A-Za-z0-9:. ]+)\) and (?:bias|weight) type \(([A-Za-z0-9:. ]+)\)", RegexOptions.NonBacktracking)]
    private static partial Regex Bias();

    [GeneratedRegex("result type ([A-Za-z0-9]+) can't be cast to the desired output type ([A-Za-z0-9]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Result();

    [GeneratedRegex("(?:not implemented for '|Got: )([A-Za-z0-9]+)", RegexOptions.NonBacktracking)]
    private static partial Regex Unsupported();
}
