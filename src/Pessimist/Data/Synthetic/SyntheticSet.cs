using Pessimist.Text;

namespace Pessimist.Data.Synthetic;

/// <summary>A problem that can be made in any size, simpler than a real one: where a network fails on it, the network is wrong (Josh Tobin,
/// "Troubleshooting Deep Neural Networks": simplify the problem).</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Summary">What is to be predicted from what, one line.</param>
/// <param name="Options">Options that it knows beside count and seed, each with its meaning here and its default.</param>
public sealed record SyntheticSet(string Name, string Summary, IReadOnlyList<(string Name, string Meaning)> Options, Func<SyntheticOptions, SyntheticDraw, SyntheticData> Draw)
{
    public const int DefaultCount = 1000;

    /// <summary>Numbers in all inputs together.</summary>
    public const long MostNumbers = 1L << 29;

    public static IReadOnlyList<SyntheticSet> All { get; } =
    [
        Points.Spirals, Points.Blobs, Memories.Adding, Memories.Copy, Drawings.Stripes, Drawings.Shapes, Drawings.Digits,
    ];

    public static SyntheticSet Find(string name) => All.FirstOrDefault(s => s.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new PessimistException($"there is no synthetic set '{name}'{DidYouMean.Suffix(name, All.Select(s => s.Name))}", $"the sets are {string.Join(", ", All.Select(s => s.Name))}");

    /// <summary>The same options give the same numbers.</summary>
    /// <exception cref="PessimistException">An option is out of range, or unknown to this set.</exception>
    public SyntheticData Make(SyntheticOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Given.FirstOrDefault(o => Options.All(own => own.Name != o)) is { } stray)
            throw new PessimistException($"--{stray} says nothing about {Name}; it has {string.Join(", ", Options.Select(o => $"--{o.Name}").Prepend("--seed").Prepend("--count"))}", $"leave --{stray} out");
        var count = Range("count", options.Count ?? DefaultCount, 1, int.MaxValue);
        return Draw(options with { Count = count }, new SyntheticDraw(options.Seed));
    }

    /// <summary>A whole number in its range.</summary>
    internal static int Range(string option, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new PessimistException(FormattableString.Invariant($"--{option} {value} is not from {least} to {most}"));

    internal static double Noise(double value) =>
        value is >= 0 and <= 1000 ? value : throw new PessimistException(FormattableString.Invariant($"--noise {value} is not from 0 to 1000"));

    /// <summary>Memory for all inputs.</summary>
    internal static float[] Room(int count, int length) =>
        (long)count * length <= MostNumbers ? new float[count * length]
            : throw new PessimistException(FormattableString.Invariant($"{count} examples of {length} numbers are {(double)count * length:0.#e+0} numbers, more than {MostNumbers}"), "ask for fewer or smaller examples");
}

/// <summary>Random numbers of one seed.</summary>
public sealed class SyntheticDraw(int seed)
{
    readonly Random _random = new(seed);

    public double Uniform(double from = 0, double to = 1) => from + (to - from) * _random.NextDouble();

    public int Whole(int below) => _random.Next(below);

    public double Normal(double std = 1) => std * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>Class numbers, each as often as the others, in random order.</summary>
    public int[] Balanced(int count, int classes)
    {
        var labels = new int[count];
        for (var i = 0; i < count; i++) labels[i] = i % classes;
        _random.Shuffle(labels);
        return labels;
    }
}
