using System.Globalization;
using System.Text;
using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Evaluation.KnownResults;

namespace Pessimist.Tests.Evaluation.KnownResults;

public sealed class KnownResultsTests
{
    const string Page = "docs/known-results.md";

    /// <summary>Eight training and four test examples of three classes, published as "tiny".</summary>
    static readonly KnownResultTable s_tiny = new(
        [new("tiny", "Tiny", "2 numbers", 2, 3, 12, [3, 4, 5], 3.25, 1e-5, new KnownPart(4, [1, 1, 2], 4.5), [2, 3, 3])],
        [
            new("tiny", "a line", "error", 0.3, 1000, "none", "Somebody 2000", Judges: ["linear", "mlp"]),
            new("tiny", "a net", "accuracy", 0.9, 1000, "10 epochs", "Somebody 2001", Judges: ["mlp"], Near: ["mlp"]),
            new("tiny", "a great net", "error", 0.01, 1000, "10 epochs", "Somebody 2002", Augmented: true),
        ],
        []);

    static readonly string[] s_labels = ["a", "a", "b", "b", "b", "c", "c", "c", "a", "b", "c", "c"];

    static readonly double[] s_inputs = [3, 2, 1, 2, 4, 3, 2, 1, 4, 5, 2, 3, 4, 1, 2, 3, 4, 5, 4, 5, 5, 4, 4, 5];

    static (RawData Raw, Targets Targets) Data(IReadOnlyList<int> rows, int? testStart, double scale = 1, Func<string, string>? name = null)
    {
        var raw = new RawData
        {
            Source = "tiny.csv",
            Kind = DataKind.Table,
            Format = "CSV",
            Count = rows.Count,
            Columns =
            [
                new NumberColumn("x", [.. rows.Select(r => s_inputs[2 * r] * scale)]),
                new NumberColumn("y", [.. rows.Select(r => s_inputs[2 * r + 1] * scale)]),
                new TextColumn("label", [.. rows.Select(r => name?.Invoke(s_labels[r]) ?? s_labels[r])]),
            ],
            TestStart = testStart,
        };
        return (raw, TargetInference.Infer(raw, new TargetOptions { Target = "label" }));
    }

    static Recognition? Recognized(IReadOnlyList<int> rows, int? testStart, double scale = 1, Func<string, string>? name = null)
    {
        var (raw, targets) = Data(rows, testStart, scale, name);
        return Recognition.Of(DataFingerprint.Of(raw, targets), s_tiny);
    }

    static readonly int[] s_all = [.. Enumerable.Range(0, 12)];

    [Fact]
    public void The_published_split_is_recognized_in_any_order_and_under_any_names()
    {
        var known = Recognized([7, 2, 0, 1, 6, 3, 5, 4, 11, 9, 10, 8], 8, name: l => $"class {l}").ShouldNotBeNull();

        (known.Split, known.Words).ShouldBe((KnownSplit.Published, "looks like Tiny (2 numbers, 3 classes, 8 + 4 examples)"));
        Recognized(s_all, 8, scale: 1.0 / 255)!.Split.ShouldBe(KnownSplit.Published);
    }

    [Fact]
    public void Another_split_is_recognized_as_another()
    {
        Recognized(s_all, null)!.Split.ShouldBe(KnownSplit.Other);
        Recognized([4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3], 8)!.Split.ShouldBe(KnownSplit.Other);
        var train = Recognized([.. s_all.Take(8)], null).ShouldNotBeNull();
        (train.Split, train.Words).ShouldBe((KnownSplit.Other, "looks like Tiny (2 numbers, 3 classes, 8 examples), its training set alone"));
    }

    [Fact]
    public void What_merely_looks_similar_is_not_recognized()
    {
        Recognized([.. s_all.Skip(1)], null).ShouldBeNull();
        Recognized(s_all, 8, scale: 2).ShouldBeNull();
        Recognized(s_all, 8, name: l => l == "c" ? "b" : l).ShouldBeNull();
        // One row in place of another of its class: all counts fit, and the mean does not.
        Recognized([0, 0, .. s_all.Skip(2)], 8).ShouldBeNull();
        Recognition.Of(null, s_tiny).ShouldBeNull();
    }

    [Fact]
    public void The_nearest_result_is_quoted_and_says_whether_ours_matches()
    {
        var known = Recognized(s_all, 8)!;

        KnownComparison.Quote(known, "mlp", new ErrorRate(95, 1000), s_tiny).ShouldBe("looks like Tiny (2 numbers, 3 classes, 8 + 4 examples): a net is published with accuracy 90 % (Somebody 2001); our error 9.5 % is the same within the intervals");
        KnownComparison.Quote(known, "mlp", new ErrorRate(200, 1000), s_tiny)!.ShouldMatch(@"; our error 20 % is higher by 10 points \(6\.\d+ to 13\.\d+\)$");
        KnownComparison.Quote(known, "linear", new ErrorRate(200, 1000), s_tiny)!.ShouldMatch(@"a line is published with error 30 % \(Somebody 2000\); our error 20 % is lower by 10 points");
        KnownComparison.Quote(Recognized(s_all, null)!, "mlp", new ErrorRate(1, 3), s_tiny)!.ShouldEndWith("on other test examples than ours, so it cannot be compared");
    }

    [Fact]
    public void Only_the_published_split_and_a_network_that_is_at_least_as_strong_are_judged()
    {
        var known = Recognized(s_all, 8)!;

        var bar = KnownComparison.Judge(known, "mlp", s_tiny).ShouldNotBeNull();
        (bar.Name, bar.Error.Value).ShouldBe(("a net on Tiny", 0.1));
        KnownComparison.Judge(known, "linear", s_tiny)!.Name.ShouldBe("a line on Tiny");
        KnownComparison.Judge(known, "lstm", s_tiny).ShouldBeNull();
        KnownComparison.Judge(Recognized(s_all, null)!, "mlp", s_tiny).ShouldBeNull();
    }

    [Fact]
    public void The_digits_of_the_samples_are_recognized_and_a_subset_of_them_is_not()
    {
        var raw = DataReader.Read(Path.Combine(Snapshot.RepositoryRoot(), "samples", "digits.csv"));
        var targets = TargetInference.Infer(raw, new TargetOptions { Target = "label" });
        var fingerprint = DataFingerprint.Of(raw, targets).ShouldNotBeNull();

        Recognition.Of(fingerprint)!.DataSet.Id.ShouldBe("digits");
        Recognition.Of(fingerprint with { Count = 1796 }).ShouldBeNull();
        Recognition.Of(fingerprint with { Mean = fingerprint.Mean + 0.001 }).ShouldBeNull();
    }

    [Fact]
    public void Every_row_of_the_table_is_whole()
    {
        var table = KnownResultTable.Embedded;
        foreach (var data in table.DataSets)
        {
            data.ClassCounts.Sum().ShouldBe(data.Count, data.Id);
            data.ClassCounts.SequenceEqual(data.ClassCounts.Order()).ShouldBeTrue(data.Id);
            data.ClassCounts.Count.ShouldBe(data.Classes, data.Id);
            table.Results.ShouldContain(r => r.DataSet == data.Id, data.Id);
            if (data.Test is not { } test) continue;
            test.ClassCounts.Sum().ShouldBe(test.Count, data.Id);
            data.TrainClassCounts!.Sum().ShouldBe(data.Count - test.Count, data.Id);
        }

        foreach (var result in table.Results)
        {
            table.DataSets.ShouldContain(d => d.Id == result.DataSet, result.Model);
            result.Metric.ShouldBeOneOf("error", "accuracy");
            result.Value.ShouldBeInRange(0, 1, result.Model);
            result.Source.ShouldNotBeEmpty(result.Model);
            result.Budget.ShouldNotBeEmpty(result.Model);
            // What judges has the published test set: on another nothing could be said.
            if (result.Judges is { Count: > 0 }) table.DataSets.Single(d => d.Id == result.DataSet).Test.ShouldNotBeNull(result.Model);
        }
    }

    [Fact]
    public void The_page_is_the_one_of_the_table() => Snapshot.MatchRepositoryFile(Generate(KnownResultTable.Embedded), Page);

    static string Generate(KnownResultTable table)
    {
        var page = new StringBuilder("""
            # Known results

            Published results that `pessimist diagnose` quotes where it recognizes the data, so that one knows what is to be expected. Data are recognized when every
            number fits: examples, inputs, the size of every class and the mean of all inputs. A subset or a changed copy is not recognized. Results are compared only on
            the published test set; on other test examples they are quoted, and not compared. The check [below-known-result](checks/below-known-result.md) fires where the whole interval of a
            network's error lies above a published result that any sound training of it reaches (the networks under *judges*), and training was not cut short.

            What networks of this repository reach is in [explanation/known-results.md](explanation/known-results.md). Generated from
            `src/Pessimist/Evaluation/KnownResults/known-results.json`; `PESSIMIST_UPDATE=1` in the tests writes it anew.


            """);
        foreach (var data in table.DataSets)
        {
            page.Append(CultureInfo.InvariantCulture, $"## {data.Name}\n\n{data.Shape}, {data.Classes} classes, ");
            page.Append(CultureInfo.InvariantCulture, $"{(data.Test is { } test ? $"{data.Count - test.Count:N0} training and {test.Count:N0} test examples" : $"{data.Count:N0} examples, no published split")}.\n\n");
            page.Append("| model | metric | value | test examples | uncertainty | training | judges | source |\n|---|---|---|---|---|---|---|---|\n");
            foreach (var r in table.Results.Where(r => r.DataSet == data.Id))
                page.Append(CultureInfo.InvariantCulture, $"| {r.Model}{(r.Augmented ? ", augmented" : "")} | {r.Metric} | {100 * r.Value:0.##} % | {r.Count:N0} | {(r.Uncertainty.Length > 0 ? r.Uncertainty : "none published")} | {r.Budget} | {string.Join(", ", r.Judges ?? [])} | {r.Source} |\n");
            page.Append('\n');
        }

        page.Append("## Not quoted\n\nResults on data that cannot be recognized with certainty, or whose training differs too much.\n\n| task | model | metric | value | training | source |\n|---|---|---|---|---|---|\n");
        foreach (var r in table.Elsewhere)
            page.Append(CultureInfo.InvariantCulture, $"| {r.Task} | {r.Model} | {r.Metric} | {r.Value} | {r.Budget} | {r.Source} |\n");
        return page.ToString();
    }
}
