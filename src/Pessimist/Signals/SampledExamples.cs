using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>Inputs of training examples with their answers, as far as a probe recorded them; each example once.</summary>
public sealed class SampledExamples
{
    const int Most = 2000;

    readonly List<(IReadOnlyList<double> Values, double Answer)> _rows = [];
    readonly ExampleHashes _seen = new(Most);
    int _width = -1;

    public int Count => _rows.Count;

    /// <summary>Numbers that an example has; more than <see cref="Width"/> where weighted sums were recorded in their place.</summary>
    public long Columns { get; private set; }
    public int Width => Math.Max(0, _width);

    /// <summary>The numbers are the input's own.</summary>
    public bool IsWhole => Columns == Width;

    /// <summary>The answers are class ids.</summary>
    public bool IsClass { get; private set; }

    /// <summary>Where the first batch was used.</summary>
    public Site? Site { get; private set; }

    public void Read(BatchObserved batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Phase != Phase.Train || batch.Values.Count == 0 || batch.Values.Count != batch.Answers.Count) return;
        if (_width < 0)
        {
            _width = batch.Values[0].Count;
            Columns = batch.Columns ?? _width;
            IsClass = batch.Target is { } target && !OperationNames.IsFloating(target.DType);
            Site = batch.Site;
        }

        for (var i = 0; i < batch.Values.Count && _rows.Count < Most; i++)
        {
            if (batch.Values[i].Count != _width || !double.IsFinite(batch.Answers[i]) || !batch.Values[i].All(double.IsFinite)) continue;
            if (i < batch.Examples.Count)
            {
                if (_seen.Contains(batch.Examples[i])) continue;
                _seen.Add(batch.Examples[i]);
            }

            _rows.Add((batch.Values[i], batch.Answers[i]));
        }
    }

    public double Value(int row, int column) => _rows[row].Values[column];

    public double Answer(int row) => _rows[row].Answer;

    /// <summary>Row by row, each column with mean 0 and deviation 1; constant ones are 0.</summary>
    public float[] Standardized()
    {
        var values = new float[_rows.Count * _width];
        for (var c = 0; c < _width; c++)
        {
            var mean = _rows.Average(r => r.Values[c]);
            var deviation = Math.Sqrt(_rows.Average(r => (r.Values[c] - mean) * (r.Values[c] - mean)));
            if (deviation > 1e-12 * Math.Abs(mean) && deviation > 0)
                for (var r = 0; r < _rows.Count; r++) values[r * _width + c] = (float)((_rows[r].Values[c] - mean) / deviation);
        }

        return values;
    }
}
