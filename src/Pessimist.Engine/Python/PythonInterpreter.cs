using System.ComponentModel;
using System.Diagnostics;

namespace Pessimist.Engine.Python;

/// <summary>A Python that can import torch.</summary>
/// <param name="Path">As it is started: a path, or a name that is looked up.</param>
/// <param name="Torch">Version of its torch; empty when its metadata do not tell.</param>
/// <param name="Version">Its own version.</param>
public sealed record PythonInterpreter(string Path, string Version, string Torch)
{
    /// <summary>Torch is found, not imported: that would take seconds. An empty entry is the working directory, which a script does not search.</summary>
    const string Question = """
        import sys
        sys.path = [p for p in sys.path if p]
        try:
            import importlib.util
            found = importlib.util.find_spec("torch") is not None
        except Exception:
            found = False
        version = ""
        if found:
            try:
                import importlib.metadata
                version = importlib.metadata.version("torch")
            except Exception:
                pass
        print("%d.%d.%d|%s|%s" % (sys.version_info[0], sys.version_info[1], sys.version_info[2], "torch" if found else "none", version))
        """;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    static readonly Version s_oldest = new(3, 8);

    /// <summary>The one that was named; else that of the active virtual environment; else the first of <c>python3</c>, <c>python</c> and
    /// <c>/usr/bin/python3</c> that has torch.</summary>
    /// <param name="given">What the user named; null to search.</param>
    /// <exception cref="PessimistException">It does not start, is too old, or has no torch.</exception>
    public static PythonInterpreter Find(string? given)
    {
        if (given is not null) return Of(given, $"--python {given}");
        if (Environment.GetEnvironmentVariable("VIRTUAL_ENV") is { Length: > 0 } environment)
        {
            var python = System.IO.Path.Combine(environment, "bin", "python");
            if (File.Exists(python)) return Of(python, $"the active virtual environment's {python}");
        }

        List<string> tried = [];
        foreach (var candidate in (string[])["python3", "python", "/usr/bin/python3"])
        {
            if (Ask(candidate) is not { } answer) continue;
            if (answer is { HasTorch: true, IsOld: false }) return new PythonInterpreter(candidate, answer.Version, answer.Torch);
            tried.Add($"{candidate} ({answer.Version})");
        }

        throw tried.Count == 0
            ? new PessimistException("there is no Python here: neither python3 nor python is on the PATH", "install Python 3.8 or later with PyTorch, or name one with --python PATH")
            : new PessimistException($"no Python here has PyTorch: tried {string.Join(", ", tried)}", "activate the environment that has it, install it (pip install torch), or name another Python with --python PATH");
    }

    static PythonInterpreter Of(string path, string what)
    {
        var answer = Ask(path) ?? throw new PessimistException($"{what} does not run as a Python", "name a Python interpreter, such as --python .venv/bin/python");
        if (answer.IsOld) throw new PessimistException($"{what} is Python {answer.Version}; 3.8 or later is needed", "name another Python with --python PATH");
        return answer.HasTorch
            ? new PythonInterpreter(path, answer.Version, answer.Torch)
            : throw new PessimistException($"{what} has no PyTorch", $"install it there ({path} -m pip install torch), or name another Python with --python PATH");
    }

    sealed record Answer(string Version, bool HasTorch, string Torch)
    {
        public bool IsOld => !System.Version.TryParse(Version, out var version) || version < s_oldest;
    }

    /// <summary>Null when it cannot be started, or answers nothing that a Python would.</summary>
    static Answer? Ask(string path)
    {
        try
        {
            var start = new ProcessStartInfo(path, ["-c", Question]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            using var process = Process.Start(start);
            if (process is null) return null;
            process.StandardInput.Close();
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            using var patience = new CancellationTokenSource(s_patience);
            var reading = process.StandardOutput.ReadToEndAsync(patience.Token);
            string output;
            try
            {
                output = reading.GetAwaiter().GetResult();
                process.WaitForExit(s_patience);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            // A start-up file of the user may print something first.
            var parts = output.TrimEnd().Split('\n')[^1].Split('|');
            return parts.Length == 3 && System.Version.TryParse(parts[0], out _) ? new Answer(parts[0], parts[1] == "torch", parts[2]) : null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
