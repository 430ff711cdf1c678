namespace Pessimist.Data.Inputs;

/// <summary>One of several inputs as it was asked for.</summary>
/// <param name="Name">Letters, digits, <c>_</c> and <c>-</c>.</param>
public sealed record NamedInput(string Name, string Path)
{
    /// <exception cref="PessimistException">It is not <c>name=path</c>.</exception>
    public static NamedInput Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0 || at == text.Length - 1) throw new PessimistException($"--input '{text}' is not NAME=PATH", "write --input photo=photos/ --input patient=patients.csv");
        var name = text[..at];
        return name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            ? new NamedInput(name, text[(at + 1)..])
            : throw new PessimistException($"--input '{text}': the name '{name}' holds other characters than letters, digits, _ and -", "choose a short name, such as photo");
    }

    public override string ToString() => $"{Name}={Path}";
}

/// <summary>Several inputs read and matched, example by example.</summary>
/// <param name="Whole">All columns, for the target and the split; no inputs of its own.</param>
/// <param name="Parts">In the order in which they were named; columns bear the name of their input.</param>
public sealed record JoinedInputs(RawData Whole, IReadOnlyList<(string Name, RawData Raw)> Parts);
