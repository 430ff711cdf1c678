using System.Globalization;

namespace Pessimist.Data;

/// <summary>How inputs are brought to one scale.</summary>
public enum Normalization
{
    /// <summary>As they came.</summary>
    None,

    /// <summary>Each feature on its own: subtract its mean, divide by its standard deviation.</summary>
    PerFeature,

    /// <summary>All elements of a channel together, as pixels share one unit.</summary>
    PerChannel,
}

/// <summary>
/// The normalised training inputs, measured: the largest distance of a mean from 0 and of a standard deviation from 1 over the
/// <paramref name="Measured"/> features or channels that vary, and the name of the worst.
/// </summary>
public sealed record NormalizationCheck(bool Passed, int Measured, double LargestMean, double SmallestStd, double LargestStd, string? Worst, string Words);

/// <summary>
/// Subtracts the mean and divides by the (population) standard deviation, both measured on the training rows. What does not vary is only centred; 0/1 inputs
/// made from categories stay as they are. Regression targets are standardised too, and <see cref="RestoreTarget"/> takes them back.
/// </summary>
public sealed class Normalizer
{
    /// <summary>float32 sums over the rows leave about 1e-5 of a standard deviation; anything larger means the scale is wrong.</summary>
    const double Tolerance = 1e-3;

    readonly float[] _shift;
    readonly float[] _scale;
    readonly int _block;
    readonly bool[] _varies;
    readonly IReadOnlyList<string> _names;

    Normalizer(Normalization kind, float[] shift, float[] scale, int block, bool[] varies, IReadOnlyList<string> names, string words)
    {
        Kind = kind;
        _shift = shift;
        _scale = scale;
        _block = block;
        _varies = varies;
        _names = names;
        Words = words;
    }

    /// <summary>One for each of several inputs, which lie one after another; null where there is one.</summary>
    IReadOnlyList<(Normalizer Own, int Offset, int Length)>? Parts { get; init; }

    /// <summary>Filling in front of short sequences stays 0.</summary>
    bool Padded { get; init; }

    public Normalization Kind { get; }

    /// <summary>What is done, in words and numbers.</summary>
    public string Words { get; }

    /// <summary>What is subtracted, per feature or channel, in the data's unit.</summary>
    public IReadOnlyList<float> Shift => _shift;

    /// <summary>What is multiplied with afterwards (1 / standard deviation), per feature or channel.</summary>
    public IReadOnlyList<float> Scale => _scale;

    /// <summary>Mean of each target over the training rows; 0 where targets are not numbers.</summary>
    public IReadOnlyList<double> TargetMean { get; private init; } = [];

    /// <summary>Standard deviation of each target over the training rows; 1 where it is 0.</summary>
    public IReadOnlyList<double> TargetStd { get; private init; } = [];

    /// <summary>
    /// Measures the training rows. By default pictures are normalised per channel, all else per feature, the pixels of a table (<paramref name="pixels"/>) too;
    /// <paramref name="bytes"/> says that the numbers are 0..255, and only changes the words.
    /// </summary>
    public static Normalizer Fit(DataSet train, Normalization? kind = null, PixelGrid? pixels = null, bool bytes = false)
    {
        ArgumentNullException.ThrowIfNull(train);
        if (train.Parts.Count > 0) return FitParts(train, kind);
        var shape = train.InputShape;
        var chosen = kind ?? (shape.Count == 3 ? Normalization.PerChannel : Normalization.PerFeature);
        var byChannel = chosen == Normalization.PerChannel || (chosen == Normalization.None && (shape.Count == 3 || pixels is not null));
        var (block, count) = byChannel
            ? (shape.Count == 3 ? shape[1] * shape[2] : train.InputLength, shape.Count == 3 ? shape[0] : 1)
            : (1, shape[^1]);
        var moments = new Moments(count);
        for (var i = 0; i < train.Count; i++)
            if (train.Filling(i) is var filling && filling < train.InputLength) moments.Add(train.Input(i)[filling..], block);

        var names = Names(train, byChannel, count);
        float[] shift = new float[count], scale = new float[count];
        var varies = new bool[count];
        Array.Fill(scale, 1);
        for (var j = 0; j < count; j++)
        {
            var (mean, std) = moments.Of(j);
            var indicator = !byChannel && j < train.Features.Count && train.Features[j].IsIndicator || train.Padded && j == count - 1;
            // Below float32's own grain the spread is rounding, and dividing by it would blow rounding up.
            varies[j] = !indicator && std > 1e-6 * Math.Abs(mean) && std > 1e-30;
            if (chosen == Normalization.None || indicator) continue;
            shift[j] = (float)mean;
            if (varies[j]) scale[j] = (float)(1 / std);
        }

        var words = Describe(chosen, shape, shift, scale, varies, names, bytes);
        var (targetMean, targetStd) = TargetMoments(train);
        return new Normalizer(chosen, shift, scale, block, varies, names, words) { TargetMean = targetMean, TargetStd = targetStd, Padded = train.Padded };
    }

    static Normalizer FitParts(DataSet train, Normalization? kind)
    {
        List<(Normalizer Own, int Offset, int Length)> parts = [];
        List<string> words = [];
        var offset = 0;
        foreach (var part in train.Parts)
        {
            var length = part.Length;
            var own = Fit(train.Part(part, offset), kind, null, part.Bytes);
            parts.Add((own, offset, length));
            words.Add($"{part.Name}: {own.Words}");
            offset += length;
        }

        var (targetMean, targetStd) = TargetMoments(train);
        return new Normalizer(kind ?? Normalization.PerFeature, [.. parts.SelectMany(p => p.Own._shift)], [.. parts.SelectMany(p => p.Own._scale)], 1,
            [.. parts.SelectMany(p => p.Own._varies)], [.. parts.SelectMany((p, i) => p.Own._names.Select(n => n.StartsWith($"{train.Parts[i].Name}/", StringComparison.Ordinal) ? n : $"{train.Parts[i].Name}/{n}"))],
            string.Join("; ", words))
        {
            TargetMean = targetMean,
            TargetStd = targetStd,
            Parts = parts,
        };
    }

    /// <summary>The same examples with normalised inputs; regression targets are standardised as well unless told otherwise.</summary>
    public DataSet Apply(DataSet data, bool targets = true)
    {
        ArgumentNullException.ThrowIfNull(data);
        var result = data;
        if (Kind != Normalization.None)
        {
            var inputs = new float[data.Count * data.InputLength];
            for (var i = 0; i < data.Count; i++)
                ApplyTo(data.Input(i), inputs.AsSpan(i * data.InputLength, data.InputLength));
            result = data.WithInputs(inputs);
        }

        if (!targets || data.Task != TaskKind.Regression) return result;
        var values = (float[])result.Values.Clone();
        for (var i = 0; i < values.Length; i++)
        {
            var k = i % TargetMean.Count;
            values[i] = (float)((values[i] - TargetMean[k]) / TargetStd[k]);
        }

        return result.WithValues(values);
    }

    /// <summary>A standardised target back in the data's unit.</summary>
    public double RestoreTarget(double standardised, int target = 0) => standardised * TargetStd[target] + TargetMean[target];

    /// <summary>Measures what came out on the training rows.</summary>
    public NormalizationCheck Check(DataSet normalizedTrain)
    {
        ArgumentNullException.ThrowIfNull(normalizedTrain);
        (Moments Moments, int From)[] all = [.. Moments(normalizedTrain)];
        (double Mean, double Std) Of(int j)
        {
            var (moments, from) = all.Last(m => m.From <= j);
            return moments.Of(j - from);
        }

        double largestMean = 0, smallest = double.PositiveInfinity, largest = 0, worst = -1;
        var measured = 0;
        string? worstName = null;
        for (var j = 0; j < _varies.Length; j++)
        {
            if (!_varies[j]) continue;
            var (mean, std) = Of(j);
            measured++;
            largestMean = Math.Max(largestMean, Math.Abs(mean));
            smallest = Math.Min(smallest, std);
            largest = Math.Max(largest, std);
            var off = Math.Max(Math.Abs(mean), Math.Abs(std - 1));
            if (off > worst || double.IsNaN(off)) (worst, worstName) = (off, _names[j]);
        }

        if (measured == 0) return new NormalizationCheck(false, 0, 0, 0, 0, null, "no input varies: there is nothing to normalise");
        var passed = worst <= Tolerance;
        return new NormalizationCheck(passed, measured, largestMean, smallest, largest, passed ? null : worstName, string.Create(CultureInfo.InvariantCulture,
            $"training inputs now have means within {largestMean:0.0e0} of 0 and standard deviations from {smallest:0.####} to {largest:0.####}"));
    }

    /// <summary>Of each input, with the number of the first of its features or channels.</summary>
    IEnumerable<(Moments Moments, int From)> Moments(DataSet data)
    {
        var from = 0;
        foreach (var (own, offset, length) in Parts ?? [(this, 0, data.InputLength)])
        {
            var moments = new Moments(own._shift.Length);
            for (var i = 0; i < data.Count; i++)
                if (data.Filling(i) is var filling && filling < length) moments.Add(data.Input(i).Slice(offset, length)[filling..], own._block);
            yield return (moments, from);
            from += own._shift.Length;
        }
    }

    void ApplyTo(ReadOnlySpan<float> source, Span<float> destination)
    {
        if (Parts is not null)
        {
            foreach (var (own, offset, length) in Parts) own.ApplyTo(source.Slice(offset, length), destination.Slice(offset, length));
            return;
        }

        if (_block == 1)
        {
            var width = _shift.Length;
            var filling = Padded ? DataSet.FillingOf(source, width) : 0;
            destination[..filling].Clear();
            for (var j = filling; j < source.Length; j++)
            {
                var k = width == source.Length ? j : j % width;
                destination[j] = (source[j] - _shift[k]) * _scale[k];
            }

            return;
        }

        for (var k = 0; k < _shift.Length; k++)
        {
            float shift = _shift[k], scale = _scale[k];
            for (var j = k * _block; j < (k + 1) * _block; j++) destination[j] = (source[j] - shift) * scale;
        }
    }

    static (double[] Mean, double[] Std) TargetMoments(DataSet train)
    {
        if (train.Task != TaskKind.Regression) return ([0], [1]);
        var moments = new Moments(train.TargetNames.Count);
        for (var i = 0; i < train.Count; i++) moments.Add(train.Values.AsSpan(i * train.TargetNames.Count, train.TargetNames.Count), 1);
        double[] means = new double[train.TargetNames.Count], stds = new double[means.Length];
        for (var k = 0; k < means.Length; k++)
        {
            (means[k], var std) = moments.Of(k);
            stds[k] = std > 0 ? std : 1;
        }

        return (means, stds);
    }

    static IReadOnlyList<string> Names(DataSet train, bool byChannel, int count)
    {
        if (byChannel)
            return count switch { 1 => ["all pixels"], 3 => ["red", "green", "blue"], _ => [.. Enumerable.Range(0, count).Select(c => $"channel {c}")] };
        return train.Features.Count == count ? [.. train.Features.Select(f => f.Name)] : [.. Enumerable.Range(0, count).Select(c => $"feature {c}")];
    }

    static string Describe(Normalization kind, IReadOnlyList<int> shape, float[] shift, float[] scale, bool[] varies, IReadOnlyList<string> names, bool bytes)
    {
        if (kind == Normalization.None) return "inputs are used as they came";
        if (kind == Normalization.PerFeature)
        {
            var still = varies.Count(v => !v);
            var what = shape.Count == 2 ? "features of a step" : "inputs";
            return string.Create(CultureInfo.InvariantCulture,
                $"{(varies.Length - still == 1 ? "one input" : $"each of {varies.Length - still} {what}")}: minus its training mean, divided by its training standard deviation{(still == 0 ? "" : $"; {still} that do not vary or are 0/1 by construction are not scaled")}");
        }

        var unit = bytes ? 255.0 : 1;
        var parts = names.Select((name, c) => string.Create(CultureInfo.InvariantCulture, $"{name} minus {shift[c] / unit:0.####}, divided by {(varies[c] ? 1 / (scale[c] * unit) : 1):0.####}"));
        return (bytes ? "divided by 255, then " : "") + string.Join("; ", parts) + " (mean and standard deviation of the training pixels)";
    }
}
