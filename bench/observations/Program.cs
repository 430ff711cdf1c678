using System.Globalization;
using System.Text;
using Pessimist.Observations;

// Small records to lines and back. Prints records a second of processor time, one line for each direction.
const int Records = 20_000;
const int Rounds = 15;

var records = new Observation[Records];
for (var i = 0; i < Records; i++)
    records[i] = new EpochFinished { Phase = "train", Epoch = i / 100, Step = i, TrainLoss = 2.3 / (1 + i * 1e-3), LearningRate = 0.001, Seconds = i * 0.125 };

var lines = new MemoryStream();
foreach (var record in records) lines.Write(Encoding.UTF8.GetBytes(ObservationLine.Write(record) + "\n"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a record: {lines.Length / (double)Records:F0} bytes"));
Report("write", WriteAll);
Report("read", ReadAll);

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
