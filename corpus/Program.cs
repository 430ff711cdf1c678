using System.Diagnostics;
using System.Globalization;
using Pessimist.Corpus;
using Pessimist.Corpus.Sick;
using Pessimist.Torch;

switch (args)
{
    case [] or ["list"]:
        foreach (var program in Corpus.All) Console.WriteLine($"{program.Half,-6} {(program.IsHealthy ? "healthy" : string.Join('|', program.Cause)),-15} {program.Name}: {program.About}");
        return 0;
    case ["verify", var name]:
        return Verify(Corpus.All.Where(p => name == "all" ? p.IsHealthy : p.Name.Contains(name, StringComparison.Ordinal)));
    case ["mend", var name]:
        return Mending.Verify(Corpus.All.Where(p => p.Train is not null && (name == "all" || p.Name.Contains(name, StringComparison.Ordinal) || p.Cause.Contains(name)))) == 0 ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: list | verify all | verify PART-OF-NAME | mend all | mend PART-OF-NAME | mend CODE");
        return 2;
}

// A healthy program that does not learn would be a lie in the table: each measures at its end, and must come out well.
static int Verify(IEnumerable<CorpusProgram> programs)
{
    Threads.Count = 1;
    int good = 0, bad = 0;
    foreach (var program in programs)
    {
        var watch = Stopwatch.StartNew();
        var before = Memory.LiveTensors;
        string text;
        bool passed;
        try
        {
            var measured = Outcome.Of(program.Run);
            passed = measured.Count > 0 && measured.All(m => m.IsGood);
            text = measured.Count > 0 ? string.Join("; ", measured) : "nothing was measured";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            (passed, text) = (false, e.ToString());
        }
        if (passed) good++;
        else bad++;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(passed ? "ok " : "BAD")} {watch.Elapsed.TotalSeconds,5:F1} s {Memory.LiveTensors - before,5} left {program.Half,-6} {program.Name}: {text}"));
    }
    Console.WriteLine($"{good} good, {bad} bad");
    return bad == 0 && good > 0 ? 0 : 1;
}
