using System.Globalization;
using System.Text;

namespace Pessimist.KnownResultsBench;

/// <summary>docs/explanation/known-results.md.</summary>
static class Page
{
    public static string Of(IReadOnlyList<Measured> results, IReadOnlyList<string> tasks, int threads)
    {
        var text = new StringBuilder("""
            # Known results, run again

            What networks of this repository reach on benchmarks, beside what is published: whether the engine learns what others' do. All training examples are used,
            the test examples once, at the end; nothing is chosen by them, and nothing is augmented. Shares are with 95 % Wilson intervals, which tell what
            another test set would change, and not what another seed would. The published settings differ from ours in loss, optimizer and epochs; the table of known results is
            [../known-results.md](../known-results.md). Written by `bench/known-results/run`.


            """);
        text.Append(CultureInfo.InvariantCulture, $"{(threads == 1 ? "One thread" : $"{threads} threads")}; times are of a machine that did other work as well.\n\n");
        text.Append("| task | ours | setting | seed | time | published |\n|---|---|---|---|---|---|\n");
        foreach (var r in results)
            text.Append(CultureInfo.InvariantCulture, $"| {r.Task} | {Value(r)}{(r.Complete ? "" : ", **not run to its end**")} | {r.Setting}{(r.Complete ? "" : $" of {r.Planned}")} | {r.Seed} | {r.Seconds:N0} s | {r.Published} |\n");
        string[] missing = [.. tasks.Where(t => results.All(r => r.Task != t))];
        if (missing.Length > 0) text.Append(CultureInfo.InvariantCulture, $"\nNot run: {string.Join(", ", missing)}.\n");
        return text.ToString();
    }

    static string Value(Measured r) => r.Metric == "test error"
        ? string.Create(CultureInfo.InvariantCulture, $"test error {100 * r.Value:0.00} % [{100 * r.Low:0.00}, {100 * r.High:0.00}]")
        : string.Create(CultureInfo.InvariantCulture, $"{r.Metric} {(r.Value < 1e-3 ? r.Value.ToString("0.0e0", CultureInfo.InvariantCulture) : r.Value.ToString("0.0000", CultureInfo.InvariantCulture))}");
}
