using System.CommandLine;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Engine.Python.Trials;
using Pessimist.Experiments;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist overfit</c>: can the program learn its first batch by heart, and if not, why not.</summary>
sealed class OverfitCommand : ProgramCommand
{
    static readonly TimeSpan s_budget = TimeSpan.FromMinutes(3);

    readonly Option<int?> _steps = Valued<int?>("--steps", "N", "most steps of one trial (default 3000); a curve that is clear ends sooner", text => Values.Whole(text, 30, "a whole number of at least 30"));

    readonly Option<TimeSpan?> _budget = Valued<TimeSpan?>("--budget", "TIME", "time for all trials together, such as 90s or 5m (default 3m)", text => Values.Duration(text));

    /// <param name="words">The command line, for the record.</param>
    public OverfitCommand(Screen screen, ProgramWords program, IReadOnlyList<string> words)
        : base("overfit", "run a PyTorch program on its first batch alone, again and again: a network that cannot learn one batch by heart has a bug; experiments find which",
            screen, program, words, watches: false)
    {
        Usage = "[options] train.py [options] [-- arguments...]\n       pessimist overfit [options] -m package.module [options] [-- arguments...]";
        Groups = [new OptionGroup("Trials", [_steps, _budget]), Shared.Group, Checks.Group, Output.Group];
        Examples =
        [
            new("pessimist overfit train.py", "the verdict on the first batch and, when it is bad, the cause"),
            new("pessimist overfit train.py --budget 10m -- --lr 0.1", "what follows -- is the script's"),
        ];
        AddGroups();
        SetAction(Execute);
    }

    public override bool OptionsMayFollow => true;

    async Task<int> Execute(ParseResult parsed, CancellationToken cancel)
    {
        using var session = Begin(parsed);
        var budget = parsed.GetValue(_budget) ?? s_budget;
        var steps = parsed.GetValue(_steps);
        var options = steps is { } most ? new OverfitOptions { MostSteps = most, Steps = Math.Min(200, most), SymptomSteps = Math.Min(400, most) } : new OverfitOptions();
        var tried = false;
        var done = await session.Try(null, budget, async (program, say, stop) => tried = await Task.Run(() => PythonOverfit.Run(program, session.Run, options, budget, say, stop), CancellationToken.None));
        return session.FinishTrials(!done, tried);
    }
}
