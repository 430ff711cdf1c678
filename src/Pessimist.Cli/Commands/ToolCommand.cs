using System.CommandLine;
using Pessimist.Cli.Parsing;

namespace Pessimist.Cli.Commands;

/// <summary>Options that belong together in the help.</summary>
sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);

/// <summary>A line to copy and what it does.</summary>
sealed record Example(string Line, string What);

/// <summary>A command with what its help shows beyond names and descriptions.</summary>
abstract class ToolCommand(string name, string description) : Command(name, description)
{
    public IReadOnlyList<OptionGroup> Groups { get; protected init; } = [];

    /// <summary>What follows the name of the command; null when arguments and options say it.</summary>
    public string? Usage { get; protected init; }

    public IReadOnlyList<Example> Examples { get; protected init; } = [];

    /// <summary>Adds the options of all groups.</summary>
    protected void AddGroups()
    {
        foreach (var option in Groups.SelectMany(g => g.Options)) Options.Add(option);
    }

    /// <summary>An option with one value that <paramref name="parse"/> reads; its mistakes become usage errors that name the option.</summary>
    internal static Option<T?> Valued<T>(string name, string valueName, string description, Func<string, T> parse, T? fallback = default)
    {
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = valueName,
            Arity = ArgumentArity.ExactlyOne,
            DefaultValueFactory = _ => fallback,
        };
        option.CustomParser = result =>
        {
            try
            {
                return parse(result.Tokens[0].Value);
            }
            catch (PessimistException e)
            {
                result.AddError($"{name}: {e.Message}{(e.Help is { } help ? "\n" + help : "")}");
                return fallback;
            }
        };
        return option;
    }

    internal static Option<T?> Choosing<T>(string name, string description, IReadOnlyList<(string Word, T Value)> choices, T? fallback = default) =>
        Valued(name, string.Join('|', choices.Select(c => c.Word)), description, text => Values.Choice(text, choices), fallback);

    internal static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };
}
