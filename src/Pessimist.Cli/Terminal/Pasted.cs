using System.Text.RegularExpressions;
using Pessimist.Cli.Parsing;

namespace Pessimist.Cli.Terminal;

/// <summary>Commands in texts for people, as the tool was started: <c>./pessimist explain PES302</c> where that is how it was called.</summary>
static partial class Pasted
{
    public const string Variable = "PESSIMIST_COMMAND";

    static readonly string s_name = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? ShellWord.Quote(name) : Name;

    const string Name = "pessimist";

    public static string Commands(string text) => Commands(text, s_name);

    internal static string Commands(string text, string name) => name == Name ? text : Command().Replace(text, _ => name);

    /// <summary>The name where a command of the tool follows it, and no path or word goes before it.</summary>
    [GeneratedRegex(@"(?<![\w/.\-])pessimist(?= (?:run|overfit|whatif|diagnose|report|explain|checks|version|COMMAND|help)(?![\w-]))")]
    internal static partial Regex Command();
}
