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

/// <summary>Parts of the data were looked through for those in which the network does worse; they follow, worst first.</summary>
/// <param name="Candidates">Parts of one and of two columns that were large enough.</param>
/// <param name="IsRate">Errors are shares of wrong answers, 0 to 1; else losses.</param>
public sealed record SlicesSearched(int Examples, int Columns, int Candidates, bool IsRate) : Observation;

/// <summary>A part of the data in which the network does worse than elsewhere.</summary>
/// <param name="Where">The part in words, e.g. <c>age &gt; 60</c>.</param>
/// <param name="Rest">Error elsewhere.</param>
/// <param name="P">One-sided p-value, adjusted for all parts that were looked at.</param>
/// <param name="Excess">Error beyond what the network's probabilities promise, more than elsewhere; null for regression.</param>
/// <param name="ExcessP">Adjusted p-value of that.</param>
public sealed record SliceMeasured(
    string Where, int N, double Error, double Low, double High, double? Rest = null, double? P = null, double? Excess = null, double? ExcessP = null) : Observation;

/// <summary>Labels against what two simple models, fitted without them, make of the inputs (<see cref="Evaluation.LabelNoise"/>).</summary>
/// <param name="Count">Examples.</param>
/// <param name="Errors">Share of labels that the models contradict, 0 to 1.</param>
/// <param name="SureErrors">Number of those among the half of which the models are surer.</param>
/// <param name="Expected">To be expected there, were the labels drawn from the probabilities.</param>
/// <param name="P">One-sided p-value of as many.</param>
/// <param name="Share">Share contradicted among the surest quarter: an estimate of the share of wrong labels; with <paramref name="Low"/> and <paramref name="High"/>.</param>
/// <param name="Majority">Share of examples that are not of the commonest class.</param>
public sealed record LabelNoiseMeasured(
    int Count, double Errors, int SureErrors, double Expected, double P, double Share, double Low, double High, double Majority) : Observation;

/// <summary>An example whose label is doubtful.</summary>
/// <param name="Score">0 to 1, higher is more doubtful.</param>
public sealed record LabelSuspected(string Example, string Given, string Suggested, double Score) : Observation;

/// <summary>Expected calibration error: how far the stated probabilities are from the shares that were right, 0 to 1.</summary>
/// <param name="Expected">What a perfectly calibrated network scores on as many examples, on average.</param>
/// <param name="P">One-sided p-value under perfect calibration.</param>
/// <param name="Count">Examples.</param>
/// <param name="Confidence">Mean probability of the answers.</param>
/// <param name="Accuracy">Share of right answers.</param>
public sealed record CalibrationMeasured(
    double Ece, double Low, double High, double? Expected = null, double? P = null, int? Count = null, double? Confidence = null, double? Accuracy = null) : Observation;
