namespace Pessimist.Data.Synthetic;

/// <summary>What may be asked of a synthetic set; null takes the set's own default. Options that a set does not know are refused.</summary>
public sealed record SyntheticOptions
{
    public const int DefaultSeed = 42;

    /// <summary>Examples.</summary>
    public int? Count { get; init; }

    /// <summary>The same seed gives the same bytes.</summary>
    public int Seed { get; init; } = DefaultSeed;

    public int? Classes { get; init; }

    /// <summary>Columns of a table.</summary>
    public int? Features { get; init; }

    /// <summary>Standard deviation of what is added: in units of the drawing, see each set.</summary>
    public double? Noise { get; init; }

    /// <summary>Steps of a sequence.</summary>
    public int? Steps { get; init; }

    /// <summary>Things that are shown.</summary>
    public int? Symbols { get; init; }

    /// <summary>Of them, how many are to be given back.</summary>
    public int? Recall { get; init; }

    /// <summary>Height and width of a picture, in pixels.</summary>
    public int? Size { get; init; }

    /// <summary>The options that were given, by their names on the command line.</summary>
    public IEnumerable<string> Given =>
        new (string Name, bool Given)[]
        {
            ("classes", Classes is not null), ("features", Features is not null), ("noise", Noise is not null), ("steps", Steps is not null),
            ("symbols", Symbols is not null), ("recall", Recall is not null), ("size", Size is not null),
        }.Where(o => o.Given).Select(o => o.Name);
}
