namespace Pessimist.Data;

/// <summary>What to do with the data on the way to a network.</summary>
public sealed record PrepareOptions
{
    public TargetOptions Target { get; init; } = new();

    public SplitOptions Split { get; init; } = new();

    /// <summary>Null chooses by the kind of data; <see cref="Data.Normalization.None"/> leaves inputs as they came.</summary>
    public Normalization? Normalization { get; init; }
}

/// <summary>One of several inputs, with what was made of it.</summary>
/// <param name="Raw">Its columns bear the name of the input: <c>name/column</c>.</param>
public sealed record PreparedPart(string Name, RawData Raw, Encoder Encoder);

/// <summary>Everything between the file and the network, with each decision kept so that it can be shown and checked.</summary>
public sealed record PreparedData
{
    public required RawData Raw { get; init; }

    public required Targets Targets { get; init; }

    public required Split Split { get; init; }

    public required Encoder Encoder { get; init; }

    public required Normalizer Normalizer { get; init; }

    /// <summary>All examples with a target, encoded but not normalised; positions are those of <see cref="Split"/>.</summary>
    public required DataSet Encoded { get; init; }

    /// <summary>Normalised training examples (regression targets standardised).</summary>
    public required DataSet Train { get; init; }

    public required DataSet Validation { get; init; }

    public required DataSet Test { get; init; }

    /// <summary>The sources, where there are several inputs.</summary>
    public IReadOnlyList<PreparedPart> Parts { get; init; } = [];

    /// <summary>The image that a table's pixel columns make, or null.</summary>
    public PixelGrid? ImageGuess => Encoder.ImageGuess;

    /// <summary>Infers the target, splits, encodes and normalises.</summary>
    public static PreparedData From(RawData raw, PrepareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(raw);
        options ??= new PrepareOptions();
        var targets = TargetInference.Infer(raw, options.Target);
        var split = Splitter.Split(targets, options.Split, raw.TestStart);
        var encoder = Encoder.Fit(raw, targets, split.Train);
        var encoded = encoder.Encode(raw, targets);
        var train = encoded.Subset(split.Train);
        var normalizer = Normalizer.Fit(train, options.Normalization, encoder.ImageGuess, raw.Kind == DataKind.Images && raw.Items?.Bytes is not null);
        return new PreparedData
        {
            Raw = raw,
            Targets = targets,
            Split = split,
            Encoder = encoder,
            Normalizer = normalizer,
            Encoded = encoded,
            Train = normalizer.Apply(train),
            Validation = normalizer.Apply(encoded.Subset(split.Validation)),
            Test = normalizer.Apply(encoded.Subset(split.Test)),
        };
    }
}
