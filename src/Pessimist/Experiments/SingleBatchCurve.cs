using System.Globalization;
using Pessimist.Checks;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Experiments;

/// <summary>Limits of the classifier, as fractions of the span between knowing nothing and the floor unless said otherwise.</summary>
public sealed record SingleBatchLimits
{
    public static SingleBatchLimits Default { get; } = new();

    [Origin(Origin.Convention)] public double Fitted { get; init; } = 0.01;

    /// <summary>Consecutive steps at the floor.</summary>
    [Origin(Origin.Published, "TheDeepChecker")] public int FittedSteps { get; init; } = 5;

    /// <summary>A loss that stays above this has not been fitted.</summary>
    [Origin(Origin.Convention)] public double Plateau { get; init; } = 0.05;

    /// <summary>With every example right, a loss that stays below this counts as fitted.</summary>
    [Origin(Origin.Convention)] public double FittedWhenAllRight { get; init; } = 0.25;

    /// <summary>Times the start.</summary>
    [Origin(Origin.Published, "AUTOTRAINER")] public double Exploded { get; init; } = 1e3;

    /// <summary>Growth from one mean of 10 steps to the next, four times in a row.</summary>
    [Origin(Origin.Published, "TheDeepChecker")] public double Growth { get; init; } = 2;

    /// <summary>Times the start.</summary>
    [Origin(Origin.Convention)] public double Up { get; init; } = 1.1;

    /// <summary>Share of steps at which the loss turns.</summary>
    [Origin(Origin.Published, "TheDeepChecker")] public double Turns { get; init; } = 0.5;

    /// <summary>(p95 - p5) / median over the last half.</summary>
    [Origin(Origin.Published, "BTTackler")] public double Amplitude { get; init; } = 0.2;

    [Origin(Origin.Convention)] public double Significance { get; init; } = 0.01;

    /// <summary>A fall that would need more than this many times the steps so far (at least 1,000) is a plateau.</summary>
    [Origin(Origin.Convention)] public double Patience { get; init; } = 30;

    /// <summary>Times the patience, once more than half of the loss is gone: then the network learns, if slowly.</summary>
    [Origin(Origin.Convention)] public double PatienceWithLearners { get; init; } = 10;

    /// <summary>From this many steps on, every example right and a loss below the limit of a plateau count as fitted.</summary>
    [Origin(Origin.Convention)] public int LongEnough { get; init; } = 1000;

    /// <summary>Fewer steps say nothing, unless the batch is fitted or the loss is not finite.</summary>
    [Origin(Origin.Convention)] public int FewestSteps { get; init; } = 30;
}

/// <param name="Because">One line with the numbers.</param>
/// <param name="StillFalling">More steps may fit the batch.</param>
/// <param name="FittedAt">The step at which the batch was fitted.</param>
/// <param name="FirstNonFinite">The step of the first NaN or infinity.</param>
/// <param name="Excess">Loss above the floor at the end (median of the last steps), as a fraction of the span; NaN when not finite.</param>
public sealed record CurveVerdict(SingleBatchVerdict Verdict, string Because, bool StillFalling = false, int? FittedAt = null,
    int? FirstNonFinite = null, double Excess = double.NaN)
{
    public bool Passes => Verdict == SingleBatchVerdict.Passes;
}

/// <summary>
/// The curve of one attempt to overfit one frozen batch, and what it shows: passes, goes up, explodes, oscillates, plateaus, or not
/// enough evidence (as long as the loss still falls). A pure function; the curve alone is judged, never the settings that made it.
/// </summary>
public sealed class SingleBatchCurve
{
    readonly SingleBatchLimits _limits;
    readonly IReadOnlyList<double> _losses;
    readonly BatchFloor _floor;
    readonly double? _error;
    readonly double _reference;

    SingleBatchCurve(IReadOnlyList<double> losses, BatchFloor floor, double? error, double scale, SingleBatchLimits limits)
    {
        _limits = limits;
        _losses = losses;
        _floor = floor;
        _error = error;
        var span = losses.Count > 0 && double.IsFinite(losses[0]) ? losses[0] - floor.Loss : 0;
        _reference = scale - floor.Loss > 1e-9 * Math.Abs(scale) ? scale - floor.Loss : Math.Max(span, double.Epsilon);
    }

    bool AllRight => _error is null || _error <= _floor.Error + 1e-9;

    /// <param name="losses">Mean loss before each step.</param>
    /// <param name="error">Share of wrong examples at the end, 0 to 1; null for regression.</param>
    /// <param name="firstHash">Hash of the batch at the first step; empty when unknown.</param>
    /// <param name="scale">The loss of a network that knows nothing (ln K, the variance of the targets); 0 takes the first loss for it.</param>
    public static CurveVerdict Classify(IReadOnlyList<double> losses, BatchFloor floor, double? error, string firstHash = "", string lastHash = "",
        double scale = 0, SingleBatchLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(losses);
        ArgumentNullException.ThrowIfNull(floor);
        var verdict = new SingleBatchCurve(losses, floor, error, scale, limits ?? SingleBatchLimits.Default).Classify();
        return firstHash == lastHash || verdict.Passes
            ? verdict
            : verdict with { Because = $"{verdict.Because}; the batch was not the same at the first and at the last step" };
    }

    CurveVerdict Classify()
    {
        var n = _losses.Count;
        if (n == 0) return Unknown("no step was taken");
        for (var i = 0; i < n; i++)
            if (!double.IsFinite(_losses[i]))
                return new CurveVerdict(SingleBatchVerdict.Explodes, $"the loss is {Text(_losses[i])} at step {i}", FirstNonFinite: i);

        var tail = Median(n - Math.Clamp(n / 10, Math.Min(n, _limits.FittedSteps), 50), n);
        var excess = (tail - _floor.Loss) / _reference;
        CurveVerdict Verdict(SingleBatchVerdict verdict, string because, bool falling = false, int? fittedAt = null) =>
            new(verdict, because, falling, fittedAt, Excess: excess);

        var start = _losses[0];
        var fromTo = $"loss {Text(start)} -> {Text(tail)} in {n} steps";
        if (FittedAt() is { } step && AllRight && excess < 0.5)
            return Verdict(SingleBatchVerdict.Passes, $"loss {Text(start)} -> {Text(_losses[step])} at step {step}{ErrorText()}", fittedAt: step);
        if (n < _limits.FewestSteps) return Verdict(SingleBatchVerdict.NotEnoughEvidence, $"only {n} steps, {fromTo}", falling: true);

        var half = n / 2;
        var late = LogExcess(half);
        var lateTrend = Trend.OfBlocks(late, 20);
        var falls = lateTrend.Falls(_limits.Significance);
        var above = tail - _floor.Loss > _limits.Up * Math.Max(start - _floor.Loss, 0) && tail - start > _limits.Plateau * _reference;
        if (Grown(half, tail) is { } growth) return Verdict(SingleBatchVerdict.Explodes, $"{fromTo}; {growth}");
        if (above && !falls && Trend.OfBlocks(LogExcess(0), 40).Rises(_limits.Significance))
            return Verdict(SingleBatchVerdict.GoesUp, $"{fromTo}, {Text(tail / start)} times the start");

        // The last bit of the way down may take for ever, and shows nothing more.
        var nearly = _error is not null && AllRight && excess <= _limits.Plateau && n >= _limits.LongEnough;
        if (falls && excess > _limits.Fitted && !nearly)
        {
            var left = Math.Log(excess / _limits.Fitted) / -lateTrend.Slope;
            if (left <= _limits.Patience * Math.Max(n, 1000) * (excess < 0.5 ? _limits.PatienceWithLearners : 1))
                return Verdict(SingleBatchVerdict.NotEnoughEvidence,
                    $"{fromTo}{ErrorText()}, still falling: about {Text(Math.Ceiling(left / 100) * 100)} more steps at this pace", falling: true);
        }

        if (excess <= _limits.Fitted && AllRight) return Verdict(SingleBatchVerdict.Passes, $"{fromTo}{ErrorText()}", fittedAt: n - 1);
        if (_error is not null && AllRight && excess <= _limits.FittedWhenAllRight)
            return Verdict(SingleBatchVerdict.Passes, $"{fromTo}{ErrorText()}", fittedAt: n - 1);
        if (excess <= _limits.Plateau) return Verdict(SingleBatchVerdict.NotEnoughEvidence, $"{fromTo}{ErrorText()}, close to the floor but not on it");
        var (turns, crossings, amplitude) = Ripple(half);
        if (amplitude > _limits.Amplitude && (turns > _limits.Turns || crossings >= 6))
            return Verdict(SingleBatchVerdict.Oscillates,
                $"{fromTo}; over the last half it turns at {Text(100 * turns)} % of the steps and swings by {Text(100 * amplitude)} % of its median");
        if (falls)
            return Verdict(SingleBatchVerdict.Plateaus,
                $"{fromTo}{ErrorText()}; it falls by {Text(-100 * lateTrend.Slope)} % a step, too slowly to arrive");
        // A slow swing or a late climb is neither flat nor any other symptom.
        return Math.Abs(lateTrend.Slope) * (n - half) < 0.2 || amplitude < 2 * _limits.Amplitude
            ? Verdict(SingleBatchVerdict.Plateaus, $"{fromTo}{ErrorText()}, flat over the last {n - half} steps")
            : Verdict(SingleBatchVerdict.NotEnoughEvidence, $"{fromTo}{ErrorText()}, without a clear trend", falling: true);
    }

    static CurveVerdict Unknown(string because) => new(SingleBatchVerdict.NotEnoughEvidence, because);

    string ErrorText() => _error is { } error ? $", error {Text(100 * error)} %" : "";

    /// <summary>The last step of the first run of consecutive steps at the floor.</summary>
    int? FittedAt()
    {
        var run = 0;
        for (var i = 0; i < _losses.Count; i++)
        {
            run = _losses[i] - _floor.Loss <= _limits.Fitted * _reference ? run + 1 : 0;
            if (run == _limits.FittedSteps) return i;
        }

        return null;
    }

    /// <summary>How the loss grew beyond any use, or null. A jump from which it came back does not count.</summary>
    string? Grown(int half, double tail)
    {
        var start = Math.Max(_losses[0], _reference);
        var highest = _losses.Skip(half).Max();
        if (highest > _limits.Exploded * start && tail > _losses[0] + _limits.Plateau * _reference) return $"it reached {Text(highest)}";
        if (tail <= _limits.Up * _losses[0]) return null;
        var means = _losses.Chunk(10).Where(c => c.Length == 10).Select(c => c.Average()).ToArray();
        for (var i = 4; i < means.Length; i++)
            if (Enumerable.Range(i - 3, 4).All(j => means[j] >= _limits.Growth * means[j - 1]))
                return $"it grew {Text(means[i] / means[i - 4])} times within 40 steps";
        return null;
    }

    /// <summary>ln of the loss above the floor over the span, from a step on.</summary>
    double[] LogExcess(int from) =>
        [.. _losses.Skip(from).Select(loss => Math.Log(Math.Max(0, loss - _floor.Loss) / _reference + 1e-12))];

    /// <summary>Share of turning points, crossings of the median, and swing over the median above the floor, from a step on.</summary>
    (double Turns, int Crossings, double Amplitude) Ripple(int from)
    {
        var late = _losses.Skip(from).ToArray();
        var median = Trend.Quantile(late, 0.5);
        int turns = 0, crossings = 0;
        for (var i = 1; i < late.Length; i++)
        {
            if ((late[i] > median) != (late[i - 1] > median)) crossings++;
            if (i > 1 && (late[i] - late[i - 1]) * (late[i - 1] - late[i - 2]) < 0) turns++;
        }

        var swing = Trend.Quantile(late, 0.95) - Trend.Quantile(late, 0.05);
        return ((double)turns / Math.Max(1, late.Length - 2), crossings, swing / Math.Max(median - _floor.Loss, 1e-12 * _reference));
    }

    double Median(int from, int to) => Trend.Quantile([.. _losses.Skip(from).Take(to - from)], 0.5);

    static string Text(double value) => value.ToString(Math.Abs(value) is >= 1e4 or (> 0 and < 1e-3) ? "0.##e0" : "0.###", CultureInfo.InvariantCulture);
}
