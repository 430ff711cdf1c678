using System.CommandLine;

namespace Pessimist.Cli.Parsing;

/// <summary>A command that runs a program of the user's, whose own arguments are none of the tool's.</summary>
interface IProgramCommand
{
    /// <summary>Options of the tool may also stand behind the program, up to <c>--</c>.</summary>
    bool OptionsMayFollow { get; }
}

/// <summary>
/// The part of the command line that belongs to the user's program: it begins at the first word that is no option of ours, at <c>-m</c>, or behind
/// <c>--</c>. It is taken out before anything is parsed.
/// </summary>
sealed class ProgramWords
{
    public IReadOnlyList<string> Words { get; private set; } = [];

    /// <returns>The words that are the tool's.</returns>
    public string[] Take(RootCommand root, string[] args)
    {
        var at = 0;
        while (at < args.Length && args[at].StartsWith('-')) at += Length(root.Options, args, at);
        if (at >= args.Length || root.Subcommands.FirstOrDefault(c => c.Name == args[at]) is not IProgramCommand command) return args;

        List<Option> options = [.. ((Command)command).Options, .. root.Options.Where(o => o.Recursive)];
        List<string> own = [.. args[..++at]], program = [];
        while (at < args.Length)
        {
            var word = args[at];
            if (word == "--")
            {
                program.AddRange(args[(at + 1)..]);
                break;
            }

            var isOption = word is ['-', _, ..] && word != "-m";
            if (program.Count == 0 && !isOption || program.Count > 0 && !Knows(options, word))
            {
                // A module is two words.
                var count = word == "-m" && program.Count == 0 ? Math.Min(2, args.Length - at) : 1;
                program.AddRange(args[at..(at + count)]);
                at += count;
                if (command.OptionsMayFollow) continue;
                program.AddRange(args[at..]);
                break;
            }

            var length = Length(options, args, at);
            own.AddRange(args[at..(at + length)]);
            at += length;
        }

        Words = program;
        return [.. own];
    }

    static bool Knows(IEnumerable<Option> options, string word) => word.StartsWith('-') && Find(options, word) is not null;

    static Option? Find(IEnumerable<Option> options, string word) => word.Split('=', ':')[0] is var name ? options.FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name)) : null;

    /// <summary>An option with its value; what is no option at all is refused later, with what was meant.</summary>
    static int Length(IEnumerable<Option> options, string[] args, int at) =>
        Find(options, args[at]) is { Arity.MinimumNumberOfValues: > 0 } && !args[at].Contains('=', StringComparison.Ordinal) && at + 1 < args.Length ? 2 : 1;
}
