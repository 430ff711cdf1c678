using Pessimist.Data;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk;

/// <summary>Moments of the inputs of a set, all together and per column or channel.</summary>
static class Summaries
{
    public static (ValueSummary All, IReadOnlyList<FedColumn> Columns) Of(DataSet data)
    {
        var shape = data.InputShape;
        // Pixels of a channel share a unit; columns of a table and features of a step do not.
        var (count, block) = shape.Count == 3 ? (shape[0], shape[1] * shape[2]) : (shape[^1], 1);
        double[] sums = new double[count], squares = new double[count], largest = new double[count];
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        long skipped = 0;
        for (var i = 0; i < data.Count; i++)
        {
            var input = data.Input(i);
            var filling = data.Filling(i);
            skipped += filling / Math.Max(1, shape[^1]);
            for (var j = filling; j < input.Length; j++)
            {
                if (data.Padded && j % count == count - 1) continue;
                double value = input[j];
                var column = j / block % count;
                sums[column] += value;
                squares[column] += value * value;
                if (Math.Abs(value) > largest[column]) largest[column] = Math.Abs(value);
                if (value < min) min = value;
                if (value > max) max = value;
            }
        }

        // Filling is no value, nor is what tells of it.
        var each = (double)data.Count * data.InputLength / count - skipped;
        var columns = Enumerable.Range(0, data.Padded ? count - 1 : count).Select(c => new FedColumn(Name(data, c), sums[c] / each, Deviation(sums[c], squares[c], each), largest[c])).ToArray();
        var all = each * (data.Padded ? count - 1 : count);
        return (new ValueSummary(min, sums.Sum() / all, max, Deviation(sums.Sum(), squares.Sum(), all)), columns);
    }

    static double Deviation(double sum, double squares, double count) => Math.Sqrt(Math.Max(0, squares / count - sum / count * (sum / count)));

    static string Name(DataSet data, int column) => column < data.Features.Count ? data.Features[column].Name
        : data.InputShape.Count == 3 ? $"channel {column}" : $"feature {column}";
}
