using System.Globalization;
using System.Runtime.CompilerServices;
using Pessimist.Data;
using Pessimist.Engine.Subjects;
using Pessimist.Torch.Models;

namespace Pessimist.Engine.Tests.Subjects;

/// <summary>Batches of real and generated data, and programs to train on them.</summary>
static class Samples
{
    static readonly string[] s_digitNames = [.. Enumerable.Range(0, 10).Select(d => d.ToString(CultureInfo.InvariantCulture))];

    static readonly Lazy<(float[] Pixels, int[] Labels)> s_digits = new(() =>
    {
        var rows = File.ReadLines(Path.Combine(Root(), "samples", "digits.csv")).Skip(1)
            .Select(line => line.Split(',').Select(v => int.Parse(v, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        return ([.. rows.SelectMany(r => r[..64].Select(p => (float)p))], [.. rows.Select(r => r[64])]);
    });

    static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));

    /// <summary>All 1,797 digits as they are, 0 to 16.</summary>
    public static DataSet RawDigits => DataSet.OfClasses(s_digits.Value.Pixels, [64], s_digits.Value.Labels, s_digitNames);

    public static DataSet Digits => Standardized(RawDigits);

    /// <summary>Real digits, drawn three times as large on 28x28 pixels of 0 to <paramref name="white"/>.</summary>
    public static DataSet Pictures(float white = 1)
    {
        var (pixels, labels) = s_digits.Value;
        const int count = 300;
        var large = new float[count * 784];
        for (var i = 0; i < count; i++)
            for (var y = 0; y < 24; y++)
                for (var x = 0; x < 24; x++)
                    large[i * 784 + (y + 2) * 28 + x + 2] = pixels[i * 64 + y / 3 * 8 + x / 3] / 16 * white;
        return DataSet.OfClasses(large, [1, 28, 28], labels[..count], s_digitNames);
    }

    public static DataSet Standardized(DataSet data)
    {
        var mean = data.Inputs.Average();
        var std = MathF.Sqrt(data.Inputs.Average(v => (v - mean) * (v - mean)));
        return data.WithInputs([.. data.Inputs.Select(v => (v - mean) / std)]);
    }

    public static DataSet Blobs(int seed, int count = 32)
    {
        var random = new Random(seed);
        var labels = Enumerable.Range(0, count).Select(i => i % 3).ToArray();
        return DataSet.OfClasses([.. labels.SelectMany(l => new[] { (float)(l + Normal(random) * 0.3), (float)(l * l - 1.5 * l + Normal(random) * 0.3) })], [2], labels, ["a", "b", "c"]);
    }

    /// <summary>A noisy smooth function of 6 inputs, standardized, then scaled by <paramref name="unit"/> and shifted.</summary>
    public static DataSet Numbers(int seed, double unit = 1, double shift = 0, int count = 32)
    {
        var random = new Random(seed);
        var inputs = Enumerable.Range(0, count * 6).Select(_ => (float)Normal(random)).ToArray();
        var values = Enumerable.Range(0, count).Select(i => inputs[6 * i] - 2 * inputs[6 * i + 1] + Math.Sin(2 * inputs[6 * i + 2]) + 0.3 * Normal(random)).ToArray();
        var (mean, std) = (values.Average(), Math.Sqrt(values.Average(v => v * v) - values.Average() * values.Average()));
        return DataSet.OfValues(inputs, [6], [.. values.Select(v => (float)((v - mean) / std * unit + shift))], ["y"]);
    }

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static TrainingSetup Mlp(DataSet data, double dropout = 0) => new()
    {
        ModelName = "mlp",
        Create = init => new Mlp(data.InputLength, 128, data.OutputWidth, dropout: dropout, init: init),
        Task = data.Task,
        Outputs = data.OutputWidth,
        InputShape = data.InputShape,
    };

    public static TrainingSetup LeNet(DataSet data) => Mlp(data) with { ModelName = "lenet", Create = init => new LeNet(data.OutputWidth, init: init) };

    /// <summary>With <see cref="Digits"/>, batch 32, as the walk starts.</summary>
    public static TorchSubject DigitsSubject(Func<TrainingSetup, TrainingSetup>? change = null, int seed = 0) => Subject(Digits.Take(32, seed), Mlp, change);

    public static TorchSubject PicturesSubject(Func<TrainingSetup, TrainingSetup>? change = null, int batch = 32) =>
        Subject(Standardized(Pictures()).Take(batch, 0), LeNet, change);

    public static TorchSubject Subject(DataSet batch, Func<DataSet, TrainingSetup> setup, Func<TrainingSetup, TrainingSetup>? change = null, DataSet? normalized = null)
    {
        var start = setup(batch);
        return new TorchSubject(change?.Invoke(start) ?? start, batch, normalized);
    }

    static TrainingSetup Mlp(DataSet data) => Mlp(data, 0);
}
