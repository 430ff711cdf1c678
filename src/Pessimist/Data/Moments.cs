namespace Pessimist.Data;

/// <summary>Mean and population standard deviation of many features in one pass, in float64, shifted by the first example so that large offsets do not cancel.</summary>
sealed class Moments(int count)
{
    readonly double[] _origin = new double[count];
    readonly double[] _sum = new double[count];
    readonly double[] _squares = new double[count];
    readonly long[] _seen = new long[count];
    bool _started;

    /// <summary>Adds one example whose element i belongs to feature (i / block) mod count. Non-finite elements are skipped.</summary>
    public void Add(ReadOnlySpan<float> example, int block)
    {
        if (!_started)
        {
            for (var j = 0; j < count; j++) _origin[j] = float.IsFinite(example[j * block]) ? example[j * block] : 0;
            _started = true;
        }

        if (block == 1 && example.Length == count)
        {
            for (var j = 0; j < count; j++)
            {
                var value = example[j] - _origin[j];
                if (!double.IsFinite(value)) continue;
                _sum[j] += value;
                _squares[j] += value * value;
                _seen[j]++;
            }

            return;
        }

        for (var start = 0; start < example.Length; start += block)
        {
            var j = start / block % count;
            double sum = 0, squares = 0, origin = _origin[j];
            var seen = 0;
            foreach (var element in example.Slice(start, block))
            {
                var value = element - origin;
                if (!double.IsFinite(value)) continue;
                sum += value;
                squares += value * value;
                seen++;
            }

            _sum[j] += sum;
            _squares[j] += squares;
            _seen[j] += seen;
        }
    }

    public (double Mean, double Std) Of(int feature)
    {
        var seen = _seen[feature];
        if (seen == 0) return (0, 0);
        var mean = _sum[feature] / seen;
        return (mean + _origin[feature], Math.Sqrt(Math.Max(0, _squares[feature] / seen - mean * mean)));
    }
}
