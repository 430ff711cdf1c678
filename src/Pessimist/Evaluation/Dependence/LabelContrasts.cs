using System.Numerics;
using System.Runtime.InteropServices;

namespace Pessimist.Evaluation;

/// <summary>What features are regressed on: class membership, or a parabola in the rank of a number.</summary>
abstract class LabelContrasts
{
    /// <summary>Degrees of freedom: classes - 1, or 2.</summary>
    internal abstract int Degrees { get; }

    /// <summary>
    /// R² of each feature on the labels, when row i takes the label of row order[i]. Features have mean 0 and length 1.
    /// </summary>
    internal abstract double[] RSquared(PaddedRows features, int[] order);

    internal static LabelContrasts Of(float[] codes, bool areClasses) => areClasses ? new ClassContrasts(codes) : new NumberContrasts(codes);

    sealed class ClassContrasts : LabelContrasts
    {
        readonly int[] _classes;
        readonly int[] _counts;

        internal ClassContrasts(float[] labels)
        {
            var present = labels.Distinct().Order().Select((label, place) => (label, place)).ToDictionary(p => p.label, p => p.place);
            _classes = Array.ConvertAll(labels, l => present[l]);
            _counts = new int[present.Count];
            foreach (var c in _classes) _counts[c]++;
        }

        internal override int Degrees => _counts.Length - 1;

        internal override double[] RSquared(PaddedRows features, int[] order)
        {
            var sums = new float[_counts.Length * features.Width];
            for (var i = 0; i < features.Count; i++)
            {
                var row = features.Vectors(i);
                var sum = MemoryMarshal.Cast<float, Vector<float>>(sums.AsSpan(_classes[order[i]] * features.Width, features.Width));
                for (var j = 0; j < row.Length; j++) sum[j] += row[j];
            }

            var rSquared = new double[features.Width];
            for (var k = 0; k < _counts.Length; k++)
                for (var j = 0; j < rSquared.Length; j++)
                {
                    double sum = sums[k * features.Width + j];
                    rSquared[j] += sum * sum / _counts[k];
                }

            return rSquared;
        }
    }

    sealed class NumberContrasts : LabelContrasts
    {
        /// <summary>rows x 2: the rank and its square made orthogonal to it, each with mean 0 and length 1.</summary>
        readonly float[] _contrasts;

        internal NumberContrasts(float[] targets)
        {
            var line = Ranks.Unit(targets);
            var square = Array.ConvertAll(line, v => v * v);
            double mean = square.Average(v => (double)v), slope = 0;
            for (var i = 0; i < line.Length; i++) slope += line[i] * (square[i] - mean);
            var rest = new double[line.Length];
            for (var i = 0; i < line.Length; i++) rest[i] = square[i] - mean - slope * line[i];
            var norm = Math.Sqrt(rest.Sum(v => v * v));
            _contrasts = new float[2 * line.Length];
            for (var i = 0; i < line.Length; i++)
            {
                _contrasts[2 * i] = line[i];
                _contrasts[2 * i + 1] = norm > 1e-9 ? (float)(rest[i] / norm) : 0;
            }
        }

        internal override int Degrees => 2;

        internal override double[] RSquared(PaddedRows features, int[] order)
        {
            var factors = new float[_contrasts.Length];
            for (var i = 0; i < order.Length; i++)
            {
                factors[2 * i] = _contrasts[2 * order[i]];
                factors[2 * i + 1] = _contrasts[2 * order[i] + 1];
            }

            var sums = new float[2 * features.Width];
            LinearKernels.Backward(features, 0, features.Count, factors, 2, sums);
            var rSquared = new double[features.Width];
            for (var j = 0; j < rSquared.Length; j++)
                rSquared[j] = (double)sums[j] * sums[j] + (double)sums[features.Width + j] * sums[features.Width + j];
            return rSquared;
        }
    }
}
