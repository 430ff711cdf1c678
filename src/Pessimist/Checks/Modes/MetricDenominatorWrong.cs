using System.Globalization;
using System.Text.RegularExpressions;
using Pessimist.Observations;

namespace Pessimist.Checks.Modes;

/// <summary>PES604 metric-denominator-wrong</summary>
public sealed partial class MetricDenominatorWrong(MetricDenominatorWrong.Limits limits) : Check(About), IReads<MetricReported>, IReads<LoaderBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES604",
        Name = "metric-denominator-wrong",
        Level = Level.Error,
        Summary = "a metric is divided by another number than that of the examples that were evaluated",
        Docs = """
            ## Why it matters
            Right answers divided by the size of the training set, or by the number of batches, are no accuracy: too low, or above 1.

            ## How it is told
            Where the division was seen: right answers were counted over as many examples as were evaluated, and divided by the number of batches, by the
            size of another data set, or by batches times batch size; or means over batches were added up and divided by the number of examples. It is an error from 1 % difference on, else a note. Above 100 % a share is wrong in
            any unit, and above 1 where the program's own source has nothing of percent (a warning). A mean over batches of which the last one is far smaller is a note.

            ## When it is a false alarm
            Silent are: percent; a count of pixels or words in place of examples; means over batches of about the same size.

            ## What to do
            Sum up right answers and examples, and divide once: `correct += (pred == y).sum(); total += len(y)`.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Relative error of the metric that is an error of the program.</summary>
        [Origin(Origin.Convention)] public double Error { get; init; } = 0.01;

        /// <summary>Share of a full batch below which the last one counts too much.</summary>
        [Origin(Origin.Convention)] public double LastBatch { get; init; } = 0.5;

        /// <summary>Batches from which on the last one hardly counts.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 20;
    }

    const int MostReports = 10_000;

    readonly List<MetricReported> _reports = [];
    readonly List<LoaderBuilt> _loaders = [];

    public void Read(MetricReported observation)
    {
        if (_reports.Count < MostReports) _reports.Add(observation);
    }

    public void Read(LoaderBuilt observation) => _loaders.Add(observation);

    public override Verdict Conclude()
    {
        if (_reports.Count == 0) return NotEnoughEvidence("no metric was seen");
        Finding? note = null;
        var judged = false;
        foreach (var metric in _reports.GroupBy(r => (r.Name, r.Split, r.Site)))
        {
            if (Impossible(metric.Key.Name, [.. metric]) is { } impossible) return Found(impossible);
            var divided = metric.Where(r => r is { Counted: not null, DividedBy: > 0, Examples: > 0 }).ToArray();
            if (divided.Length == 0) continue;
            judged = true;
            var finding = Judge(divided);
            if (finding is { Level: Level.Error }) return Found(finding);
            note ??= finding;
        }

        return note is not null ? Found(note)
            : judged ? Passed("metrics are divided by the number of examples that were evaluated") : NotEnoughEvidence("no division of a metric was seen");
    }

    Finding? Impossible(string name, MetricReported[] reports)
    {
        if (!IsAccuracy(name)) return null;
        var highest = reports.MaxBy(r => r.Value)!;
        // Where the program speaks of percent nowhere, a share above 1 is impossible too.
        var shares = reports.All(r => r.IsShare || r.Value <= 1) && highest is { IsShare: true, Value: > 1.005 };
        if (!shares && highest.Value <= 100.5) return null;
        var finding = Of(highest, $"\"{name}\" is {Number(highest.Value)}, {(shares ? "above 1, and the program speaks of percent nowhere" : "above 100 %")}", shares ? Level.Warning : Level.Error, [new($"largest \"{name}\"", Number(highest.Value), shares ? "1" : "1, or 100 in percent", "definition")]);
        return finding with { EvidenceClass = shares ? EvidenceClass.Suspected : finding.EvidenceClass, Related = [.. highest.Divisions.Where(d => d != highest.Site).Select(d => new RelatedLocation(d.File, d.Line, "perhaps counted or divided here"))] };
    }

    /// <summary>acc, val_acc, acc@1, accuracy; not acceleration, accumulated, grad_acc_steps.</summary>
    static bool IsAccuracy(string name) => AccuracyWord().IsMatch(name) && !OtherWord().IsMatch(name);

    [GeneratedRegex("(?<![A-Za-z])acc(?:uracy|uracies)?(?![A-Za-z])", RegexOptions.IgnoreCase)]
    private static partial Regex AccuracyWord();

    [GeneratedRegex("grad|step|loss|iter|time", RegexOptions.IgnoreCase)]
    private static partial Regex OtherWord();

    Finding? Judge(MetricReported[] reports)
    {
        var first = reports[0];
        // Right answers are whole numbers and at most as many as examples; a sum of means is something else.
        var counts = reports.All(r => r.Counted == Math.Floor(r.Counted!.Value) && r.Counted <= r.Examples);
        if (!counts) return SumOfMeans(reports);
        if (reports.All(r => r.DividedBy == r.Examples)) return null;
        var what = reports.All(r => r.Batches > 1 && r.DividedBy == r.Batches) && Divisor(reports) == 1 ? "the number of batches"
            : _loaders.FirstOrDefault(l => l.Examples is > 20 && reports.All(r => r.DividedBy == l.Examples && r.Examples != l.Examples && IsDataSet(r))) is { } other ? $"the size of another data set ({other.Examples})"
            : _loaders.Any(l => l.BatchSize > 1 && reports.All(r => r.Batches > 0 && r.DividedBy == r.Batches * l.BatchSize && r.DividedBy > r.Examples)) ? "batches times batch size" : null;
        if (what is null) return null;
        var error = Math.Abs((double)first.Examples!.Value / first.DividedBy!.Value - 1);
        return Of(first, $"\"{first.Name}\" is divided by {what}, and not by the {first.Examples} examples that were evaluated", error >= limits.Error ? Level.Error : Level.Note,
        [
            new("divided by", Number(first.DividedBy.Value), $"{first.Examples} examples evaluated", "definition"),
            new("value, and what it should be", $"{Number(first.Value)}, {Number(first.Counted!.Value / first.Examples.Value)}"),
        ]);
    }

    /// <summary>What went in were as many examples as some data set has; where they are not, rows may be words or nodes.</summary>
    bool IsDataSet(MetricReported report) => _loaders.Any(l => l.Examples == report.Examples);

    Finding? SumOfMeans(MetricReported[] reports)
    {
        var first = reports[0];
        if (reports.All(r => r.Batches is > 1 && r.DividedBy == r.Examples && r.Examples != r.Batches && r.Counted <= r.Batches) && reports.Any(r => r.Counted != Math.Floor(r.Counted!.Value)))
        {
            return Of(first, $"\"{first.Name}\" adds up the means of {first.Batches} batches, and is divided by the {first.Examples} examples in them", Level.Error,
            [
                new("divided by", Number(first.DividedBy!.Value), $"{first.Batches} means added up", "definition"),
                new("value, and what it should be", $"{Number(first.Value)}, {Number(first.Counted!.Value / first.Batches!.Value)}"),
            ]);
        }

        if (!reports.All(r => r.Batches is > 1 && r.DividedBy == r.Batches && r.Counted <= r.Batches) || first.Batches >= limits.Batches) return null;
        var loader = _loaders.FirstOrDefault(l => l.BatchSize > 1 && l.Batches == first.Batches && l.Examples == first.Examples);
        var last = loader is null ? 0 : loader.Examples!.Value % loader.BatchSize!.Value;
        if (last == 0 || last >= limits.LastBatch * loader!.BatchSize) return null;
        return Of(first, $"\"{first.Name}\" is a mean over batches, of which the last one has {last} of {loader.BatchSize} examples and counts as much as the others", Level.Note,
            [new("examples in the last batch", last.ToString(CultureInfo.InvariantCulture), $"{Number(limits.LastBatch * loader.BatchSize!.Value)}", "convention")]);
    }

    /// <summary>Largest number that divides all counts: above 1 they may be sums of percentages, which are all even for batches of 50.</summary>
    static long Divisor(MetricReported[] reports)
    {
        long divisor = 0;
        foreach (var report in reports)
            for (var (a, b) = (divisor, (long)report.Counted!.Value); ; (a, b) = (b, a % b))
                if (b == 0)
                {
                    divisor = a;
                    break;
                }

        return divisor == 0 || reports.Select(r => r.Counted).Distinct().Count() == 1 ? 1 : divisor;
    }

    Finding Of(MetricReported report, string message, Level level, IReadOnlyList<Evidence> evidence) => Finding(message, EvidenceClass.Proved, level) with
    {
        Location = Location.Of(report.Site),
        Evidence = evidence,
        Fixes = ["sum up right answers and examples, and divide once at the end"],
    };

    static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
