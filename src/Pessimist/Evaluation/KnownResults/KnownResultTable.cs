using System.Text.Json;

namespace Pessimist.Evaluation.KnownResults;

/// <summary>All published results that are quoted, from known-results.json; docs/known-results.md shows the same.</summary>
public sealed record KnownResultTable(IReadOnlyList<KnownDataSet> DataSets, IReadOnlyList<KnownResult> Results, IReadOnlyList<ResultElsewhere> Elsewhere)
{
    static readonly Lazy<KnownResultTable> s_embedded = new(Read);

    public static KnownResultTable Embedded => s_embedded.Value;

    static KnownResultTable Read()
    {
        using var stream = typeof(KnownResultTable).Assembly.GetManifestResourceStream("Pessimist.Evaluation.KnownResults.known-results.json")
            ?? throw new InvalidOperationException("the table of known results is not embedded");
        return JsonSerializer.Deserialize<KnownResultTable>(stream, JsonSerializerOptions.Web) ?? throw new InvalidOperationException("the table of known results is empty");
    }
}
