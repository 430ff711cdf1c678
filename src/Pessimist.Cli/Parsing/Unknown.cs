using System.CommandLine;
using System.Globalization;
using Pessimist.Text;

namespace Pessimist.Cli.Parsing;

/// <summary>
/// Finds options and commands that do not exist before anything else is parsed: the parser would take <c>--targt</c> for the name of a file.
/// </summary>
static class Unknown
{
    /// <exception cref="PessimistException">Names the first unknown word, and the one that was probably meant.</exception>
    public static void Refuse(Command root, IReadOnlyList<string> args)
    {
        var command = root;
        List<Option> options = [.. root.Options];
        for (var i = 0; i < args.Count && args[i] != "--"; i++)
        {
            var word = args[i];
            if (IsOption(word))
            {
                var name = word.Split('=', ':')[0];
                var option = options.Find(o => o.Name == name || o.Aliases.Contains(name));
                if (option is null && !IsBundle(word, options))
                    throw new PessimistException($"there is no option '{name}'{DidYouMean.Suffix(name, Names(options))}", Help(command));
                if (option is { Arity.MinimumNumberOfValues: > 0 } && name == word) i++;
            }
            else if (command.Subcommands.FirstOrDefault(c => c.Name == word) is { } next)
            {
                command = next;
                options = [.. next.Options, .. root.Options.Where(o => o.Recursive)];
            }
            else if (command.Subcommands.Count > 0)
            {
                var names = command.Subcommands.Select(c => c.Name);
                throw new PessimistException($"there is no command '{word}'{DidYouMean.Suffix(word, names)}", File.Exists(word) || Directory.Exists(word)
                    ? $"pessimist diagnose {word}"
                    : $"the commands are {string.Join(", ", names)}");
            }
        }
    }

    public static string Help(Command command) => command is RootCommand ? "pessimist --help" : $"pessimist {command.Name} --help";

    static bool IsOption(string word) =>
        word is ['-', _, ..] && !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    static bool IsBundle(string word, List<Option> options) =>
        word[1] != '-' && word.Skip(1).All(letter => options.Exists(o => o.Aliases.Contains($"-{letter}") && o.ValueType == typeof(bool)));

    static IEnumerable<string> Names(List<Option> options) => options.SelectMany(o => o.Aliases.Append(o.Name)).Where(n => n.StartsWith("--", StringComparison.Ordinal));
}
