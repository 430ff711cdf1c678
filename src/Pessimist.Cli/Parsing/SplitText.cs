using Pessimist.Engine.Walk;
using Pessimist.Text;

namespace Pessimist.Cli.Parsing;

/// <summary>Reads <c>--split</c>: shares, a method, or both, as <c>60/20/20,group=patient</c>.</summary>
static class SplitText
{
    const string Expected = "shares such as 60/20/20, 'random', 'group=COLUMN', 'time=COLUMN', or shares and one of these separated by a comma";

    public static SplitPlan Parse(string text)
    {
        var plan = new SplitPlan();
        var rest = text;
        if (rest.Length > 0 && (char.IsAsciiDigit(rest[0]) || rest[0] is '.' or '-'))
        {
            var comma = rest.IndexOf(',', StringComparison.Ordinal);
            plan = plan with { Shares = Shares(comma < 0 ? rest : rest[..comma]) };
            if (comma < 0) return plan;
            rest = rest[(comma + 1)..].TrimStart();
        }

        // A column's name may hold commas: it goes to the end.
        if (After(rest, "group=") is { } group) return plan with { Method = SplitMethod.Group, Column = group };
        if (After(rest, "time=") is { } time) return plan with { Method = SplitMethod.Time, Column = time };
        return rest switch
        {
            "random" => plan with { Method = SplitMethod.Random },
            "group" or "time" or "group=" or "time=" => throw new PessimistException($"'{text}' names no column; write {rest.TrimEnd('=')}=COLUMN"),
            _ => throw new PessimistException($"'{text}' is not {Expected}{DidYouMean.Suffix(rest, ["random", "group=", "time="])}"),
        };
    }

    static string? After(string text, string prefix) => text.Length > prefix.Length && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    static SplitShares Shares(string text)
    {
        var shares = Array.ConvertAll(text.Split('/'), part => Values.Number(part, v => v > 0, "a share above 0; write three, such as 60/20/20"));
        if (shares.Length is not (2 or 3))
            throw new PessimistException($"'{text}' has {shares.Length} shares; write training/validation/test as 60/20/20, or training/validation as 80/20 beside --test FILE");
        var sum = shares.Sum();
        // Parts of a hundred or parts of one; 33.3/33.3/33.3 is close enough.
        if (Math.Abs(sum - 100) > 0.5 && Math.Abs(sum - 1) > 0.005)
            throw new PessimistException(FormattableString.Invariant($"the shares '{text}' sum to {sum:0.###}; they must sum to 100"));
        return new SplitShares(shares[0] / sum, shares[1] / sum, shares.Length == 3 ? shares[2] / sum : 0);
    }
}
