using System.Runtime.CompilerServices;
using Pessimist.Engine.Watching;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;

namespace Pessimist.Engine.Tests.Watching;

/// <summary>Runs small programs under the probe.</summary>
static class Watched
{
    public static Run Run(Action program, ProbeOptions? options = null) => Run(program, out _, options);

    public static Run Run(Action program, out WatchedProgram result, ProbeOptions? options = null)
    {
        var run = new Run();
        result = Probe.Watch(
            () =>
            {
                using var scope = Scope.New();
                Rng.Seed(1);
                program();
            },
            run, options);
        result.Faults.ShouldBeEmpty();
        return run;
    }

    /// <summary>The line it is called from: put it on the line of what is looked for.</summary>
    public static int Here([CallerLineNumber] int line = 0) => line;

    public static IReadOnlyList<OperationSeen> Trace(this Run run, long step = 0, Phase phase = Phase.Train) =>
        [.. run.All<OperationSeen>().Where(o => o.Step == step && o.Phase == phase)];

    public static OperationSeen Operation(this Run run, string name, long step = 0) => run.All<OperationSeen>().First(o => o.Step == step && o.Operation == name);
}
