namespace Pessimist.Observations;

public enum TermVerdict { Real, NoEvidence, Negligible }

/// <summary>The test error taken apart (playbook P3.1), in the units of the error; the terms add up to it.</summary>
public sealed record DecompositionMeasured : Observation
{
    /// <summary>Which model: <c>start</c> or <c>tuned</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The error that is taken apart, e.g. <c>error</c> for the share of wrong answers.</summary>
    public required string Metric { get; init; }

    /// <summary>Avoidable bias, variance, distribution shift and validation overfitting, in this order, as far as measured.</summary>
    public required IReadOnlyList<DecompositionTerm> Terms { get; init; }
}

/// <param name="Low">Lower end of the interval, all terms read at once.</param>
/// <param name="Detectable">The smallest gap that these sample sizes could have shown; null where it means nothing.</param>
/// <param name="Sentence">What it says, in words.</param>
public sealed record DecompositionTerm(string Name, double Value, double Low, double High, TermVerdict Verdict, double? Detectable = null, string Sentence = "");

/// <summary>Which classes are taken for which, on one split.</summary>
public sealed record ConfusionMeasured : Observation
{
    public required string Split { get; init; }
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Counts, row = given label, column = prediction; empty when there are too many classes to show.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Counts { get; init; } = [];

    /// <summary>The pairs confused most, the most frequent first.</summary>
    public IReadOnlyList<ConfusedPair> Pairs { get; init; } = [];
}

/// <param name="Share">Share of all errors, 0 to 1.</param>
/// <param name="Rate">Share of the examples with this label, 0 to 1, with its interval.</param>
/// <param name="Examples">Rows or ids that show it.</param>
public sealed record ConfusedPair(string Label, string Predicted, int Count, double Share, double Rate, double Low, double High, IReadOnlyList<string> Examples);

/// <summary>An example with a high loss.</summary>
public sealed record HardExample : Observation
{
    /// <summary>Row or file, as a person would look it up.</summary>
    public required string Id { get; init; }
    public required string Split { get; init; }

    /// <summary>The label or value in the data.</summary>
    public required string Given { get; init; }
    public required string Predicted { get; init; }
    public required double Loss { get; init; }

    /// <summary>Probability given to the prediction, 0 to 1; null for regression.</summary>
    public double? Probability { get; init; }
    public Picture? Picture { get; init; }

    /// <summary>The features that stand out most, when the example is no picture.</summary>
    public IReadOnlyList<FeatureValue> Features { get; init; } = [];
}

/// <summary>A small picture, row by row from the top: one byte a pixel for grey, three for red, green, blue.</summary>
/// <param name="Channels">1 or 3.</param>
public sealed record Picture(int Width, int Height, int Channels, byte[] Pixels)
{
    /// <summary>The same picture with no side above <paramref name="side"/>, by averaging blocks; null when the sizes do not fit the pixels.</summary>
    public Picture? Shrunk(int side)
    {
        if (Width < 1 || Height < 1 || Channels is not (1 or 3) || (long)Width * Height * Channels != Pixels.Length) return null;
        var factor = (Math.Max(Width, Height) + side - 1) / side;
        if (factor <= 1) return this;
        int width = (Width + factor - 1) / factor, height = (Height + factor - 1) / factor;
        var pixels = new byte[width * height * Channels];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < Channels; c++)
                {
                    int sum = 0, count = 0;
                    for (var v = y * factor; v < Math.Min(Height, (y + 1) * factor); v++)
                        for (var u = x * factor; u < Math.Min(Width, (x + 1) * factor); u++, count++) sum += Pixels[(v * Width + u) * Channels + c];
                    pixels[(y * width + x) * Channels + c] = (byte)(sum / count);
                }

        return new Picture(width, height, Channels, pixels);
    }
}

public sealed record FeatureValue(string Name, string Value);

/// <summary>A part of the data in which the network does worse than elsewhere.</summary>
/// <param name="Where">The part in words, e.g. <c>age &gt; 60</c>.</param>
public sealed record SliceMeasured(string Where, int N, double Error, double Low, double High) : Observation;

/// <summary>An example whose label is doubtful.</summary>
/// <param name="Score">0 to 1, higher is more doubtful.</param>
public sealed record LabelSuspected(string Example, string Given, string Suggested, double Score) : Observation;

/// <summary>Expected calibration error: how far the stated probabilities are from the shares that were right, 0 to 1.</summary>
public sealed record CalibrationMeasured(double Ece, double Low, double High) : Observation;
