using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Engine.Python.Trials;

/// <summary>
/// A run that met NaN or an infinity where nobody looked closely enough: the program runs once more, is traced from shortly before, and stops once the operation
/// that made it is known.
/// </summary>
public static class NonFiniteRerun
{
    /// <summary>Turns before the one where it showed: weights break in the turn before.</summary>
    const int Before = 2;

    /// <summary>A second run is watched more closely, and so is slower.</summary>
    const double Slower = 3;

    /// <summary>Time that importing and loading take again.</summary>
    const double StartSeconds = 10;

    /// <summary>What was found without the line of its operation; null when nothing is missing.</summary>
    public static NonFiniteFound? Wanting(Run run)
    {
        ArgumentNullException.ThrowIfNull(run);
        NonFiniteFound[] all = [.. run.All<NonFiniteFound>().Where(f => f.Spread)];
        return all.Length > 0 && all.All(f => f.Site is null && f.Place != NonFinitePlace.Input) ? all[0] : null;
    }

    /// <summary>How long it will take, as the first run went.</summary>
    public static TimeSpan Estimate(NonFiniteFound found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return TimeSpan.FromSeconds(Slower * (found.At ?? 0) + StartSeconds);
    }

    /// <returns>The same event with its operation; null when it did not happen again, or was not found in time.</returns>
    public static async Task<NonFiniteFound?> Find(TrialProgram program, NonFiniteFound first, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(program);
        ArgumentNullException.ThrowIfNull(first);
        var run = new Run();
        using var copy = program.Folder.Copy();
        var options = new PythonProbeOptions { TraceFrom = Math.Max(0, first.Step - Before), StopAfterNonFinite = true, Copy = copy.Root };
        await PythonRun.Watch(program.Python, copy.Command(program.Command), run, options, ProgramOutput.Nowhere, limit: limit, workingDirectory: copy.Path).ConfigureAwait(false);
        run.Complete();
        // At another step it is another event: the program takes another way each time.
        return run.All<NonFiniteFound>().FirstOrDefault(f => f.Spread && f.Site is not null && f.Step >= first.Step - Before && f.Step <= first.Step) is { } found ? found with { At = first.At } : null;
    }
}
