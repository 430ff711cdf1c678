using System.Diagnostics;
using System.Globalization;
using Pessimist.Engine.Watching;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Watching;

// Trains the same network twice, watched and not, in turns of some steps, and compares each turn with the one beside it. A third training,
// unwatched as well, shows what the comparison of equals gives on this machine.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Threads.Count = 1;
var rounds = int.Parse(args[0], CultureInfo.InvariantCulture);
Console.WriteLine($"""
    # What watching costs

    Training steps (gradients forgotten, forward, cross-entropy, backward, Adam) under `Probe.Attach` at its default sampling, recorded to a run
    folder, beside the same steps unwatched, on one thread. Turns of {Training.TurnMilliseconds} ms alternate, each is compared with the one beside it. What is compared is the
    processor time of the training thread, which other programs on the machine hardly change. Written by `bench/probe-overhead/run`; do not edit.

    - {args[1]}, {Environment.ProcessorCount} processors; load at the start {File.ReadAllText("/proc/loadavg").Split(' ')[0]}
    - libtorch {Torch.Version}, .NET {Environment.Version}; {rounds} rounds

    | network | batch | a step, unwatched | watched / unwatched: median | 95 % of rounds below | unwatched / unwatched: median | 95 % of rounds below | first 100 steps cost | records | as the probe measures itself |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    """);
foreach (var (name, batch) in new[] { ("MLP 64-128-10", 32), ("LeNet 28x28", 32), ("LeNet 28x28", 128) })
{
    var watched = new Training(name, batch, watch: true);
    using Training alone = new(name, batch, watch: false), control = new(name, batch, watch: false);
    // Compiled and warm, and past the steps in which everything is recorded.
    var first = watched.Run(100) - alone.Run(100);
    foreach (var training in new[] { control, watched, alone }) training.Warm();
    var ratios = new double[rounds];
    var equals = new double[rounds];
    for (var i = 0; i < rounds; i++)
    {
        // In another order each round, so that no one always comes first.
        Training[] order = (i % 3) switch { 0 => [watched, alone, control], 1 => [alone, control, watched], _ => [control, watched, alone] };
        foreach (var training in order) training.Turn();
        ratios[i] = watched.Last / alone.Last;
        equals[i] = control.Last / alone.Last;
    }

    watched.Dispose();
    Console.WriteLine(
        $"| {name} | {batch} | {alone.Median * 1e6:F0} µs | {Quantile(ratios, 0.5) - 1:+0.0 %;-0.0 %} | {Quantile(ratios, 0.95) - 1:+0.0 %;-0.0 %} | {Quantile(equals, 0.5) - 1:+0.0 %;-0.0 %} | {Quantile(equals, 0.95) - 1:+0.0 %;-0.0 %} | {first * 1e3:F0} ms | {watched.Records} | {watched.Measured:0.0 %} |");
}

Console.WriteLine("""

    The first steps are watched closely: every move of the loop for 50 steps, statistics of all tensors for 6, every operation for 2; the probe's own code
    is compiled meanwhile. After that the loop is recorded now and then, statistics are measured every 64 steps or less often, as the budget
    (`ProbeOptions.Overhead`) allows, and nothing else is looked at but the value of the loss.
    """);

static double Quantile(double[] values, double q) => values.Order().ElementAt((int)Math.Min(values.Length - 1, q * values.Length));

sealed class Training : IDisposable
{
    public const int TurnMilliseconds = 100;
    const double WarmSeconds = 2;

    // On a thread of its own: a probe watches one.
    readonly Thread _thread;
    readonly SemaphoreSlim _go = new(0), _done = new(0);
    readonly List<double> _turns = [];
    int _steps;
    int _perTurn = 1;
    double _seconds;
    Run? _run;

    public Training(string model, int batch, bool watch)
    {
        _thread = new Thread(() => Train(model, batch, watch)) { IsBackground = true };
        _thread.Start();
        _done.Wait();
    }

    public double Last => _turns[^1];
    public double Median => _turns.Order().ElementAt(_turns.Count / 2);
    public int Records => _run!.Observations.Count;
    public double Measured { get; private set; }

    /// <summary>Runs until steps are as fast as they get, and fixes the number of steps of a turn.</summary>
    public void Warm()
    {
        for (var seconds = 0.0; seconds < WarmSeconds;) seconds += Run(100);
        _perTurn = Math.Max(1, (int)(TurnMilliseconds / 1e3 / (Run(100) / 100)));
    }

    public void Turn() => _turns.Add(Run(_perTurn) / _perTurn);

    public double Run(int steps)
    {
        _steps = steps;
        _go.Release();
        _done.Wait();
        return _seconds;
    }

    public void Dispose()
    {
        Run(0);
        _thread.Join();
    }

    void Train(string model, int batch, bool watch)
    {
        Rng.Seed(1);
        using var net = model.StartsWith("MLP", StringComparison.Ordinal) ? (Module)new Mlp(64, 128, 10) : new LeNet(10);
        using var adam = new Adam(net.Parameters());
        using var x = Tensor.Randn(model.StartsWith("MLP", StringComparison.Ordinal) ? [batch, 64] : [batch, 1, 28, 28]).Keep();
        using var y = Tensor.RandInt(0, 10, [batch]).Keep();
        var directory = Directory.CreateTempSubdirectory("probe-overhead");
        var folder = RunFolder.CreateIn(directory.FullName, "bench");
        _run = new Run(folder.Append);
        var start = Stopwatch.GetTimestamp();
        var busy = 0L;
        using (var probe = watch ? Probe.Attach(net, adam, _run) : null)
        {
            _done.Release();
            while (true)
            {
                _go.Wait();
                var (from, processor) = (Stopwatch.GetTimestamp(), ThreadClock.Seconds);
                for (var i = 0; i < _steps; i++)
                {
                    using var scope = Scope.New();
                    adam.ZeroGrad();
                    Loss.CrossEntropy(net.Forward(x), y).Backward();
                    adam.Step();
                }

                busy += Stopwatch.GetTimestamp() - from;
                _seconds = ThreadClock.Seconds - processor;
                if (_steps == 0) break;
                _done.Release();
            }
        }

        Measured = _run.All<ProgramEnded>().FirstOrDefault() is { } ended ? ended.ProbeSeconds / (busy / (double)Stopwatch.Frequency) : 0;
        folder.Dispose();
        directory.Delete(recursive: true);
        _done.Release();
    }
}
