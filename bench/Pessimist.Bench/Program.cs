using System.Diagnostics;
using System.Globalization;
using Pessimist.Bench;
using Pessimist.Torch;
using Pessimist.Torch.Watching;

// Measures Pessimist on request; bench/step_time.py and bench/load_time.py ask, and take turns with Python. A request is a line, and so is
// its answer.
//   Pessimist.Bench steps THREADS MODEL train|infer BATCH: a number of steps -> nanoseconds of one (of the processor on
//     one thread, else of the clock on the wall); "inside" and a number -> the share inside libtorch
//   Pessimist.Bench load: csv FILE, or idx FOLDER -> nanoseconds of reading it
if (args is ["load"])
{
    Requests.Answer(words => Loading.Read(words[0], words[1]));
    return;
}

Threads.Count = int.Parse(args[1], CultureInfo.InvariantCulture);
Rng.Seed(1);
var workload = Workload.Of(args[2], int.Parse(args[4], CultureInfo.InvariantCulture));
var step = args[3] == "train" ? workload.Training() : workload.Inference();
Console.WriteLine($"{Torch.Version} {Environment.Version}");
Requests.Answer(words =>
{
    var steps = int.Parse(words[^1], CultureInfo.InvariantCulture);
    var inside = words[0] == "inside";
    if (inside) OperatorClock.Start();
    var (start, processor) = (Stopwatch.GetTimestamp(), ThreadClock.Seconds);
    for (var i = 0; i < steps; i++) step();
    var elapsed = Stopwatch.GetElapsedTime(start);
    if (inside) return OperatorClock.Stop() / elapsed;
    return (Threads.Count == 1 ? (ThreadClock.Seconds - processor) * 1e9 : elapsed.TotalNanoseconds) / steps;
});
