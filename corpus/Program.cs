using System.Diagnostics;
using System.Globalization;
using Pessimist.Corpus;
using Pessimist.Corpus.Accuracy;
using Pessimist.Corpus.Sick;
using Pessimist.Reporting;
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
    case ["names", var part]:
        foreach (var program in Corpus.All.Where(p => p.Name.Contains(part, StringComparison.Ordinal))) Console.WriteLine(program.Name);
        return 0;
    case ["record", var folder, var name]:
        foreach (var program in Corpus.All.Where(p => p.Name == name)) Recordings.Write(folder, program, Judged.Record(program));
        return 0;
    case ["record-mended", var folder, var name]:
        // A healthy look-alike of each sick program: whatever is told of it is a false alarm, or its mending is not complete.
        foreach (var program in Corpus.All.Where(p => p.Name == name && p.Train is not null))
        {
            var mended = program with { Run = () => program.Train!(true) };
            Recordings.Write(folder, program, Judged.Record(mended));
        }

        return 0;
    case ["keep", var recording, var kept]:
        KeptRuns.Write(recording, kept, Environment.CurrentDirectory);
        return 0;
    case ["show", var folder, var name]:
        foreach (var judged in Judge(folder).Where(j => j.Program.Name.Contains(name, StringComparison.Ordinal)))
        {
            Console.WriteLine($"{judged.Program.Name} ({(judged.Program.IsHealthy ? "healthy" : string.Join('|', judged.Program.Cause))})\n{ConciseReport.Render(Report.From(Recordings.Read(folder, judged.Program)!, judged.Result, Environment.CurrentDirectory))}");
            foreach (var (info, verdict) in judged.Result.Verdicts.Where(v => judged.Program.Cause.Contains(v.Info.Code))) Console.WriteLine($"  {info.Code}: {verdict}");
        }

        return 0;
    case ["table", var folder, var file]:
        File.WriteAllText(file, AccuracyTable.Render([.. Judge(folder)]));
        Console.WriteLine(string.Join('\n', File.ReadLines(file).SkipWhile(l => !l.StartsWith("| |", StringComparison.Ordinal)).TakeWhile(l => !l.StartsWith("##", StringComparison.Ordinal))));
        return 0;
    default:
        Console.Error.WriteLine("usage: list | names PART | verify all | verify PART-OF-NAME | mend all | mend PART-OF-NAME | mend CODE | record FOLDER NAME | record-mended FOLDER NAME | keep RECORDING FILE | show FOLDER PART-OF-NAME | table FOLDER FILE");
        return 2;
}

static IEnumerable<Judged> Judge(string folder) =>
    from program in Corpus.All
    let run = Recordings.Read(folder, program)
    where run is not null
    select Judged.Of(program, run);

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
