using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Pessimist.Engine.Python.Trials;

namespace Pessimist.Engine.Python;

/// <summary>Where the standard output of a program goes.</summary>
public enum ProgramOutput
{
    /// <summary>Where the tool's own goes, untouched.</summary>
    Inherited,

    /// <summary>To standard error, where standard output is wanted for a result.</summary>
    ToError,

    /// <summary>Nowhere, as standard error: for trials.</summary>
    Nowhere,
}

/// <summary>Starts Python programs under the probe.</summary>
static class PythonProcess
{
    /// <summary>Environment, working directory and streams are the tool's own, but for what the probe needs.</summary>
    /// <param name="address">Where the probe sends its records.</param>
    public static Process Start(PythonInterpreter python, PythonCommand command, string address, PythonProbeOptions options, ProgramOutput output, string? workingDirectory = null)
    {
        // The shell puts itself out of the way: what runs is the interpreter, with the streams it is to have.
        string[] words = output switch
        {
            ProgramOutput.ToError => ["/bin/sh", "-c", "exec \"$0\" \"$@\" 1>&2", python.Path, .. command.Words],
            ProgramOutput.Nowhere => ["/bin/sh", "-c", "exec \"$0\" \"$@\" </dev/null >/dev/null 2>&1", python.Path, .. command.Words],
            _ => [python.Path, .. command.Words],
        };
        var start = new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false };
        if (workingDirectory is not null)
        {
            start.WorkingDirectory = workingDirectory;
            start.Environment["PWD"] = workingDirectory;
        }

        // Trials run two at a time: all cores for each of them would be slower than half of them.
        if (options.Trial == true && string.IsNullOrEmpty(start.Environment.TryGetValue("OMP_NUM_THREADS", out var threads) ? threads : null))
            start.Environment["OMP_NUM_THREADS"] = Math.Max(1, Environment.ProcessorCount / TrialProgram.AtOnce).ToString(CultureInfo.InvariantCulture);
        var inject = ProbeFiles.Inject();
        var before = start.Environment.TryGetValue("PYTHONPATH", out var path) && !string.IsNullOrEmpty(path) ? path : null;
        start.Environment["PYTHONPATH"] = before is null ? inject : $"{inject}{Path.PathSeparator}{before}";
        // Of the tool's own start.
        start.Environment.Remove("PESSIMIST_COMMAND");
        start.Environment["PESSIMIST_PROBE"] = address;
        start.Environment["PESSIMIST_PROBE_OPTIONS"] = options.ToJson();
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new PessimistException($"{python.Path} cannot be started: {e.Message.TrimEnd('.')}", "name another Python with --python PATH", e);
        }
    }
}
