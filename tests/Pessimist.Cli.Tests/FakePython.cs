namespace Pessimist.Cli.Tests;

/// <summary>A Python that claims to have torch, and scripts that speak as the probe would: what the host does can be seen without either.</summary>
static class FakePython
{
    const string Speak = """
        import json, os, signal, socket, sys, time

        def connect():
            s = socket.socket(socket.AF_UNIX)
            s.connect(os.environ["PESSIMIST_PROBE"][len("unix:"):])
            return s

        def say(s, kind, **fields):
            s.sendall((json.dumps(dict(kind=kind, **fields)) + "\n").encode())

        def start(s, rank=0, program="train.py"):
            say(s, "program-started", program=program, language="python", framework="torch 9.9", rank=rank, unobserved=["the far side of the moon"])

        def train(s, loss=2.3, steps=3):
            for step in range(steps):
                say(s, "loss-observed", step=step, loss="cross-entropy", value=loss)
                say(s, "loop-event", action="backward", step=step, loss=loss)
                say(s, "loop-event", action="optimizer-step", step=step)

        def end(s, steps=3):
            say(s, "program-ended", steps=steps, seconds=10.0, probeSeconds=0.1, exitCode=0)

        """;

    /// <summary>Path of the interpreter.</summary>
    public static string In(string folder, bool hasTorch = true)
    {
        var path = Path.Combine(folder, "python");
        File.WriteAllText(path, $"""
            #!/bin/sh
            if [ "$1" = -c ]; then echo "3.11.2|{(hasTorch ? "torch" : "none")}|9.9"; exit 0; fi
            exec python3 "$@"
            """);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Writes a script that may call <c>connect</c>, <c>say</c>, <c>start</c>, <c>train</c> and <c>end</c>.</summary>
    public static void Write(string folder, string name, string script) => File.WriteAllText(Path.Combine(folder, name), Speak + script);

    public static bool IsThere { get; } = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "python3")));
}
