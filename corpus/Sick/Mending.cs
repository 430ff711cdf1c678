using System.Diagnostics;
using System.Globalization;
using Pessimist.Torch;

namespace Pessimist.Corpus.Sick;

/// <summary>Whether a fault matters: runs a sick program as it is and mended.</summary>
static class Mending
{
    /// <summary>Mending must take away a quarter of the error at least; else the fault is harmless and no symptom may be claimed.</summary>
    const double Clearly = 0.75;

    /// <summary>A line for each program, and how many faults are not what they say.</summary>
    public static int Verify(IEnumerable<CorpusProgram> programs)
    {
        Threads.Count = 1;
        var bad = 0;
        foreach (var program in programs)
        {
            var watch = Stopwatch.StartNew();
            var (sick, error) = Run(program.Train!, false);
            var seconds = watch.Elapsed.TotalSeconds;
            var (mended, failure) = Run(program.Train!, true);
            var worse = error is not null || !double.IsFinite(sick) || mended < Clearly * sick;
            var right = failure is null && double.IsFinite(mended) && worse != program.Harmless;
            if (!right) bad++;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{(right ? "ok " : "BAD")} {seconds,4:F1} s  {program.Half,-6} {string.Join('|', program.Cause),-15} {program.Name,-44} {error ?? Text(sick)} -> {failure ?? Text(mended)}{(program.Harmless ? " harmless" : "")}"));
        }
        Console.WriteLine($"{bad} bad");
        return bad;
    }

    static (double Value, string? Error) Run(Func<bool, double> train, bool mended)
    {
        try
        {
            return (train(mended), null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (double.NaN, $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")[..Math.Min(e.Message.Length, 110)]}");
        }
    }

    static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
