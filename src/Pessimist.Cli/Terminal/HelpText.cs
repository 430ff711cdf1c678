using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;
using Pessimist.Cli.Commands;

namespace Pessimist.Cli.Terminal;

/// <summary>The help of a command: usage, arguments, options in groups, examples to copy.</summary>
sealed class HelpText(Screen screen) : SynchronousCommandLineAction
{
    const int LeftColumn = 30;

    readonly StringBuilder _text = new();
    readonly int _width = Math.Clamp(screen.Columns(), 60, 100);

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        screen.Out.Write(For(parseResult.CommandResult.Command));
        return ExitCodes.Ok;
    }

    public string For(Command command)
    {
        _text.Clear();
        if (command is RootCommand root) Root(root);
        else Describe(command);
        return Pasted.Commands(_text.ToString());
    }

    void Root(RootCommand root)
    {
        Line($"pessimist {VersionCommand.Number}: {root.Description}");
        Line();
        Line("usage: pessimist COMMAND [options]");
        Title("Commands");
        foreach (var command in root.Subcommands) Row(command.Name, command.Description);
        Title("Options");
        foreach (var option in root.Options) Row(Name(option), option.Description);
        Title("Start here");
        Line("  pessimist run train.py");
        Line("  pessimist diagnose samples/digits.csv --target label");
        Title("Exit codes");
        Row("0", "no finding at or above --fail-on");
        Row("1", "findings");
        Row("2", "wrong usage, unreadable data, or an internal error");
        Row("3", "the program that was run failed, whatever was found; its own code is in the JSON (run.exit_code)");
        Row("130", "stopped by Ctrl-C; what was found until then is reported");
    }

    void Describe(Command command)
    {
        Wrapped("", $"pessimist {command.Name}: {command.Description}");
        Line();
        var arguments = string.Concat(command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [{a.Name}]" : $" {a.Name}"));
        Line($"usage: pessimist {command.Name} {(command as ToolCommand)?.Usage ?? $"{arguments}{(command.Options.Count > 0 ? " [options]" : "")}".TrimStart()}".TrimEnd());
        if (command.Arguments.Count > 0)
        {
            Line();
            foreach (var argument in command.Arguments) Row(argument.Name, argument.Description);
        }

        if (command is not ToolCommand { Groups: var groups, Examples: var examples }) return;
        foreach (var group in groups)
        {
            Title(group.Title);
            foreach (var option in group.Options) Row(Name(option), option.Description);
        }

        Title("Everywhere");
        foreach (var option in command.Parents.OfType<RootCommand>().Single().Options.Where(o => o.Recursive)) Row(Name(option), option.Description);
        if (examples.Count == 0) return;
        Title("Examples");
        foreach (var example in examples)
        {
            Line($"  {example.Line}");
            Wrapped("      ", example.What);
        }
    }

    static string Name(Option option)
    {
        var shortName = option.Aliases.FirstOrDefault(a => a is ['-', not '-'] && a != "-?");
        var value = option.HelpName is { } name ? $" {name}" : "";
        return $"{(shortName is null ? "    " : $"{shortName}, ")}{option.Name}{value}";
    }

    void Row(string left, string? right)
    {
        var first = $"  {left}";
        if (first.Length > LeftColumn - 2)
        {
            Line(first);
            first = "";
        }

        Wrapped(first.PadRight(LeftColumn), right ?? "");
    }

    /// <summary>The text behind <paramref name="first"/>, its further lines indented as far.</summary>
    void Wrapped(string first, string text)
    {
        var line = new StringBuilder(first);
        foreach (var word in text.Split(' '))
        {
            if (line.Length > first.Length && line.Length + 1 + word.Length > _width)
            {
                Line(line.ToString());
                line.Clear().Append(' ', first.Length);
            }
            else if (line.Length > first.Length)
            {
                line.Append(' ');
            }

            line.Append(word);
        }

        Line(line.ToString().TrimEnd());
    }

    void Title(string title)
    {
        Line();
        Line($"{title}:");
    }

    void Line(string text = "") => _text.Append(text).Append('\n');
}
