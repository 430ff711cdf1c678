using System.CommandLine;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Engine.Python.Trials;
using Pessimist.Experiments;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist whatif</c>: what one change would do to a program's loss.</summary>
sealed class WhatIfCommand : ProgramCommand
{
    const int DefaultSteps = 200;
    static readonly TimeSpan s_budget = TimeSpan.FromMinutes(3);

    readonly Option<Intervention[]> _set = Several("--set", "NAME=VALUE", $"a setting: {Changes.SetWords}", Changes.Set);
    readonly Option<Intervention[]> _insert = Several("--insert", "WHAT", $"something that is missing: {Changes.InsertWords}", Changes.Insert);
    readonly Option<Intervention[]> _drop = Several("--drop", "WHAT", $"something that is too much: {Changes.DropWords}", Changes.Drop);
    readonly Option<int?> _steps = Valued<int?>("--steps", "N", $"steps of each run (default {DefaultSteps})", text => Values.Whole(text, 10, "a whole number of at least 10"));
    readonly Option<TimeSpan?> _budget = Valued<TimeSpan?>("--budget", "TIME", "time for all runs together, such as 90s or 5m (default 3m)", text => Values.Duration(text));

    /// <param name="words">The command line, for the record.</param>
    public WhatIfCommand(Screen screen, ProgramWords program, IReadOnlyList<string> words)
        : base("whatif", "run a PyTorch program as it is and with something changed, from the same seeds, and compare the losses", screen, program, words, watches: false)
    {
        Usage = "train.py --set|--insert|--drop CHANGE... [options] [-- arguments...]";
        Groups = [new OptionGroup("Changes", [_set, _insert, _drop]), new OptionGroup("Runs", [_steps, _budget]), Shared.Group, Checks.Group, Output.Group];
        Examples =
        [
            new("pessimist whatif train.py --set lr=1e-4", "another learning rate"),
            new("pessimist whatif train.py --insert zero_grad --drop softmax", "two changes at once"),
        ];
        AddGroups();
        SetAction(Execute);
    }

    public override bool OptionsMayFollow => true;

    async Task<int> Execute(ParseResult parsed, CancellationToken cancel)
    {
        Intervention[] changes = [.. parsed.GetValue(_set)!, .. parsed.GetValue(_insert)!, .. parsed.GetValue(_drop)!];
        if (changes.Length == 0) throw new PessimistException("whatif needs a change", "pessimist whatif train.py --set lr=1e-4, or pessimist whatif --help");
        var recipe = Recipe.Of(changes);
        if (recipe.Changes.Count < changes.Length) throw new PessimistException("two changes of the same kind", "give each kind of change once");
        using var session = Begin(parsed);
        var budget = parsed.GetValue(_budget) ?? s_budget;
        var tried = false;
        var done = await session.Try(null, budget, async (program, _, stop) => tried = await PythonWhatIf.Run(program, session.Run, recipe, parsed.GetValue(_steps) ?? DefaultSteps, budget, stop));
        return session.FinishTrials(!done, tried);
    }

    static Option<Intervention[]> Several(string name, string valueName, string description, Func<string, Intervention> parse)
    {
        var option = new Option<Intervention[]>(name) { Description = description, HelpName = valueName, Arity = ArgumentArity.OneOrMore, DefaultValueFactory = _ => [] };
        option.CustomParser = result =>
        {
            try
            {
                return [.. result.Tokens.Select(t => parse(t.Value))];
            }
            catch (PessimistException e)
            {
                result.AddError($"{name}: {e.Message}{(e.Help is { } help ? "\n" + help : "")}");
                return [];
            }
        };
        return option;
    }
}
