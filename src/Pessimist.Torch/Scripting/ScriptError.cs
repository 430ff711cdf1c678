using System.Text.RegularExpressions;

namespace Pessimist.Torch.Scripting;

/// <summary>What the interpreter says about a failure takes a screen; this is what a reader needs of it.</summary>
static partial class ScriptError
{
    const int Most = 500;

    internal static string Shorten(string message)
    {
        var what = Cause().Match(message) is { Success: true } cause ? cause.Groups[1].Value : message;
        what = string.Join(' ', what.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        if (what.Length > Most) what = $"{what[..Most]}…";
        // The innermost frame of the program as it was written, else as it was saved.
        return Frame().Matches(message) is [.., var frame]
            ? $"{what.TrimEnd('.')} ({Path.GetFileName(frame.Groups[1].Value)}:{frame.Groups[2].Value} in {frame.Groups[3].Value})"
            : what;
    }

    [GeneratedRegex(@"(?:RuntimeError|Error|Exception): (?!.*(?:RuntimeError|Error|Exception): )(.+)", RegexOptions.Singleline)]
    private static partial Regex Cause();

    [GeneratedRegex("""File "([^"\n]+)", line (\d+), in (\w+)""")]
    private static partial Regex Frame();
}
