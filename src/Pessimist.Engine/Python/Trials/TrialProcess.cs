using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Pessimist.Engine.Python.Trials;

/// <summary>What one run of a changed program said.</summary>
sealed record TrialTranscript
{
    public TrialLooked? Look { get; init; }
    public IReadOnlyList<TrialSuspected.Suspicion> Suspicions { get; init; } = [];
    public IReadOnlyList<TrialStepped> Steps { get; init; } = [];
    public TrialDirection? Direction { get; init; }
    public TrialGradients? Gradients { get; init; }
    public TrialEnded? End { get; init; }
    public int ExitCode { get; init; }
    public double Seconds { get; init; }

    /// <summary>It was ended for taking too long.</summary>
    public bool TimedOut { get; init; }
}

/// <summary>Runs a program once with something changed, in a process of its own, whose output goes nowhere.</summary>
static class TrialProcess
{
    const int AskEvery = 10;
    const int LongestLine = 4 << 20;
    const int LongestPath = 100;

    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    /// <param name="goOn">Asked every tenth step with the losses so far; false ends the trial.</param>
    /// <param name="limit">Longest time; then what was said until there counts.</param>
    public static TrialTranscript Run(PythonInterpreter python, PythonCommand command, PythonProbeOptions options, Func<IReadOnlyList<double>, double?, bool>? goOn, TimeSpan limit,
        CancellationToken cancel, string? workingDirectory = null)
    {
        var folder = Directory.CreateTempSubdirectory("pessimist-").FullName;
        if (folder.Length > LongestPath - "/probe".Length)
            throw new PessimistException($"the folder for temporary files has too long a path for a socket: {folder}", "name another with TMPDIR=/tmp");
        try
        {
            var path = Path.Combine(folder, "probe");
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(16);
            using var process = PythonProcess.Start(python, command, $"unix:{path}", options with { Trial = true, Ask = goOn is not null }, ProgramOutput.Nowhere, workingDirectory);
            using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            time.CancelAfter(limit);
            using var kill = time.Token.Register(() => Kill(process));
            var transcript = Listen(listener, process, goOn, time.Token);
            process.WaitForExit();
            // The terminal tells the program of Ctrl-C as well, and it may be the first to act.
            if (transcript.End?.Died?.StartsWith("KeyboardInterrupt", StringComparison.Ordinal) == true || process.ExitCode == 128 + 2) cancel.WaitHandle.WaitOne(s_patience);
            cancel.ThrowIfCancellationRequested();
            return transcript with { ExitCode = process.ExitCode, TimedOut = time.IsCancellationRequested };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    static TrialTranscript Listen(Socket listener, Process process, Func<IReadOnlyList<double>, double?, bool>? goOn, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        var transcript = new TrialTranscript();
        List<TrialStepped> steps = [];
        List<double> losses = [];
        using var connection = Accept(listener, process, cancel);
        if (connection is not null)
        {
            using var reader = new StreamReader(new NetworkStream(connection), Encoding.UTF8);
            while (ReadLine(reader) is { } line)
            {
                switch (line.Length > LongestLine ? null : TrialLine.Read(line))
                {
                    case TrialLooked look:
                        transcript = transcript with { Look = look };
                        break;
                    case TrialSuspected suspected:
                        transcript = transcript with { Suspicions = suspected.Suspicions };
                        break;
                    case TrialStepped step:
                        steps.Add(step);
                        losses.Add(step.Loss);
                        if (goOn is not null && step.Step > 0 && step.Step % AskEvery == 0) Answer(connection, !double.IsFinite(step.Loss) || goOn(losses, step.Error));
                        break;
                    case TrialDirection direction:
                        transcript = transcript with { Direction = direction };
                        break;
                    case TrialGradients gradients:
                        transcript = transcript with { Gradients = gradients };
                        break;
                    case TrialEnded end:
                        transcript = transcript with { End = end };
                        break;
                }
            }
        }

        return transcript with { Steps = steps, Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds };
    }

    /// <summary>The first process that trains; null when the program ends without one.</summary>
    static Socket? Accept(Socket listener, Process process, CancellationToken cancel)
    {
        const int Wait = 50_000;
        while (!cancel.IsCancellationRequested)
        {
            var hasExited = process.HasExited;
            if (listener.Poll(Wait, SelectMode.SelectRead)) return listener.Accept();
            if (hasExited) return null;
        }

        return null;
    }

    static string? ReadLine(StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (IOException)
        {
            return null;
        }
    }

    static void Answer(Socket connection, bool goOn)
    {
        try
        {
            connection.Send(goOn ? "g"u8 : "s"u8);
        }
        catch (SocketException)
        {
            // It has ended in the meantime.
        }
    }
}
