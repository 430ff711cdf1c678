using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pessimist.Engine.Comparing;

namespace Pessimist.Cli.Commands;

/// <summary>A comparison for scripts.</summary>
static class ComparisonJson
{
    static readonly JsonWriterOptions s_indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Render(ImplementationComparison comparison)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_indented))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteString("verdict", comparison.Agrees ? "agree" : "differ");
            json.WriteString("a", comparison.A);
            json.WriteString("b", comparison.B);
            json.WriteString("input", comparison.Input);
            json.WriteString("pairing", comparison.Pairing);
            Tensors(json, "weights", comparison.Weights.Tensors);
            Tensors(json, "layers", comparison.Layers);
            Names(json, "only_a", comparison.OnlyA);
            Names(json, "only_b", comparison.OnlyB);
            if (comparison.First is { } first) json.WriteString("first_difference", first.Path);
            if (comparison.Reason is { } reason)
            {
                json.WriteStartObject("reason");
                json.WriteString("name", reason.Name);
                json.WriteString("fact", reason.Fact);
                json.WriteString("confirmation", reason.Confirmation);
                json.WriteString("help", reason.Help);
                json.WriteEndObject();
            }

            Names(json, "notes", comparison.Weights.Problem.Length > 0 ? [comparison.Weights.Problem, .. comparison.Notes] : comparison.Notes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    static void Tensors(Utf8JsonWriter json, string name, IReadOnlyList<ComparedTensor> tensors)
    {
        json.WriteStartArray(name);
        foreach (var tensor in tensors)
        {
            json.WriteStartObject();
            json.WriteString("path", tensor.Path);
            if (tensor.OtherPath != tensor.Path) json.WriteString("other_path", tensor.OtherPath);
            json.WriteStartArray("shape");
            foreach (var size in tensor.Shape) json.WriteNumberValue(size);
            json.WriteEndArray();
            Number(json, "max_difference", tensor.Closeness.MaxDifference);
            Number(json, "relative", tensor.Closeness.Relative);
            json.WriteNumber("tolerance", tensor.Tolerance);
            json.WriteString("verdict", tensor.Verdict switch { Agreement.Identical => "identical", Agreement.WithinRounding => "within-rounding", _ => "differs" });
            if (tensor.Closeness.Note.Length > 0 || tensor.Note.Length > 0) json.WriteString("note", tensor.Note.Length > 0 ? tensor.Note : tensor.Closeness.Note);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void Names(Utf8JsonWriter json, string name, IReadOnlyList<string> names)
    {
        json.WriteStartArray(name);
        foreach (var item in names) json.WriteStringValue(item);
        json.WriteEndArray();
    }

    static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
