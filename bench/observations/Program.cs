using System.Globalization;
using System.Text;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;

// Small records to lines and back, by themselves and as a run on disk. Prints records a second of processor time.
const int Records = 20_000;
const int Rounds = 15;
var endlessBytes = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000_000L;

var records = new Observation[Records];
for (var i = 0; i < Records; i++)
    records[i] = new EpochFinished { Phase = "train", Epoch = i / 100, Step = i, TrainLoss = 2.3 / (1 + i * 1e-3), LearningRate = 0.001, Seconds = i * 0.125 };

var lines = new MemoryStream();
foreach (var record in records) lines.Write(Encoding.UTF8.GetBytes(ObservationLine.Write(record) + "\n"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a record: {lines.Length / (double)Records:F0} bytes"));
Report("write", WriteAll);
Report("read", ReadAll);

var folder = Directory.CreateTempSubdirectory("pessimist-");
try
{
    Report("record whole, to disk", () => Record(new RunBudget(int.MaxValue, long.MaxValue)));
    Report("record thinned, to disk", () => Record(new RunBudget(Records / 16, long.MaxValue)));
    Report("replay whole", () => RunReader.Read(new MemoryStream(lines.GetBuffer(), 0, (int)lines.Length)));
    Report("replay thinned", () => RunReader.Read(new MemoryStream(lines.GetBuffer(), 0, (int)lines.Length), new RunBudget(Records / 16, long.MaxValue)));
}
finally
{
    folder.Delete(recursive: true);
}

Endless();

void Record(RunBudget budget)
{
    using var disk = RunFolder.CreateIn(folder.FullName, "bench");
    var run = new Run(disk.Append, budget);
    foreach (var record in records) run.Add(record);
    run.Complete();
}

// A run of one kind that does not end: what it costs in memory and in time.
void Endless()
{
    var feed = new Feed();
    var chunk = lines.GetBuffer().AsMemory(0, (int)lines.Length);
    var start = Environment.CpuUsage.TotalTime;
    long fed = 0;
    for (; fed < endlessBytes; fed += chunk.Length) feed.Push(chunk.Span);
    var run = feed.Complete().Run;
    var read = Environment.CpuUsage.TotalTime - start;
    Diagnose.Everything(run);
    var all = Environment.CpuUsage.TotalTime - start;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{fed / 1e9:F1} GB of one kind: read in {read.TotalSeconds:F1} s, diagnosed in {(all - read).TotalSeconds:F1} s, {run.Observations.Count:N0} records kept, {GC.GetTotalMemory(true) / 1e6:F0} MB in use, {System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB at most"));
}

void WriteAll()
{
    foreach (var record in records) ObservationLine.Encode(record);
}

void ReadAll()
{
    var bytes = lines.GetBuffer().AsSpan(0, (int)lines.Length);
    while (bytes.IndexOf((byte)'\n') is var end and >= 0)
    {
        if (ObservationLine.Read(bytes[..end]) is null) throw new InvalidOperationException("a record was lost");
        bytes = bytes[(end + 1)..];
    }
}

static void Report(string what, Action action)
{
    // The compiler optimizes in two steps, after 30 calls each, in pauses of 0.1 s.
    for (var i = 0; i < 120; i++)
    {
        action();
        if (i % 40 == 39) Thread.Sleep(300);
    }

    var rates = new double[Rounds];
    for (var i = 0; i < Rounds; i++)
    {
        // Time of the processor, so that what else the machine does counts little.
        var start = Environment.CpuUsage.TotalTime;
        for (var j = 0; j < 10; j++) action();
        rates[i] = 10 * Records / (Environment.CpuUsage.TotalTime - start).TotalSeconds;
    }

    Array.Sort(rates);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {rates[Rounds / 2]:N0} records/s (slowest round {rates[0]:N0}, fastest {rates[^1]:N0})"));
}
