using System.Text.Json;

namespace Pessimist.Torch.Tests;

/// <summary>What PyTorch computed: files written by goldens/make_goldens.py.</summary>
static class Golden
{
    public static JsonElement Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "goldens", file))).RootElement;

    public static IEnumerable<string> Names(this JsonElement element) => element.EnumerateObject().Select(p => p.Name);

    public static Tensor Tensor(this JsonElement packed)
    {
        var shape = packed.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()).ToArray();
        var data = packed.GetProperty("data").EnumerateArray();
        return (packed.GetProperty("dtype").GetString() switch
        {
            "f64" => Pessimist.Torch.Tensor.From(data.Select(e => e.GetDouble()).ToArray()),
            "f32" => Pessimist.Torch.Tensor.From(data.Select(e => (float)e.GetDouble()).ToArray()),
            _ => Pessimist.Torch.Tensor.From(data.Select(e => e.GetInt64()).ToArray()),
        }).Reshape(shape);
    }

    public static double[] Doubles(this JsonElement array) => [.. array.EnumerateArray().Select(e => e.GetDouble())];

    /// <summary>float64 to 1e-10 (summation order differs between libtorch builds), float32 to 1e-6, integers exactly.</summary>
    public static void ShouldMatch(this Tensor? actual, JsonElement packed, string what)
    {
        actual.ShouldNotBeNull(what);
        actual.Shape.ShouldBe(packed.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64()), what);
        actual.DType.ShouldBe(packed.GetProperty("dtype").GetString() switch { "f64" => DType.Float64, "f32" => DType.Float32, _ => DType.Int64 }, what);
        var tolerance = actual.DType == DType.Float32 ? 1e-6 : 1e-10;
        actual.To(DType.Float64).ToArray<double>().ShouldMatch(packed.GetProperty("data").Doubles(), tolerance, what);
    }

    public static void ShouldMatch(this double[] actual, double[] expected, double tolerance, string what)
    {
        actual.Length.ShouldBe(expected.Length, what);
        var scale = expected.Length == 0 ? 0 : expected.Max(Math.Abs);
        for (var i = 0; i < actual.Length; i++)
            // Relative to the value, or for values that cancelled to nearly nothing to the largest one beside it.
            Math.Abs(actual[i] - expected[i]).ShouldBeLessThanOrEqualTo(
                tolerance * Math.Max(Math.Abs(expected[i]), 0.1 * scale), $"{what}[{i}] is {actual[i]:R}, expected {expected[i]:R}");
    }
}
