using System.Globalization;

namespace Pessimist.Data.Profiling;

/// <summary>Measures the channels of pictures, or the features of other arrays.</summary>
static class ArrayProfiler
{
    /// <summary>Beyond so many features only their common facts are kept: a report of 10^5 columns helps nobody.</summary>
    const int MostFeatures = 4096;

    public static IReadOnlyList<ColumnFacts> Profile(RawData raw)
    {
        var items = raw.Items!;
        var images = raw.Kind == DataKind.Images;
        var shape = items.Shape;
        var count = images ? shape[0] : shape[^1] <= MostFeatures ? shape[^1] : 1;
        var block = images ? shape[1] * shape[2] : count == 1 ? items.ItemLength : 1;
        var channels = new Channel[count];
        for (var c = 0; c < count; c++) channels[c] = new Channel();
        var buffer = new float[items.ItemLength];
        var width = shape[^1];
        for (var row = 0; row < items.Count; row++)
        {
            if (items.Bytes is { } bytes)
            {
                for (var start = 0; start < items.ItemLength; start += block)
                    channels[start / block % count].Add(bytes.AsSpan(row * items.ItemLength + start, block));
                continue;
            }

            items.CopyItem(row, buffer);
            var from = items.Padded ? DataSet.FillingOf(buffer, width) : 0;
            for (var start = from; start < buffer.Length; start += block)
                channels[start / block % count].Add(buffer.AsSpan(start, block), raw, row);
        }

        return [.. channels.Take(items.Padded ? count - 1 : count).Select((channel, c) => channel.Facts(Name(images, count, c), images ? ColumnKind.Channel : ColumnKind.Feature))];
    }

    static string Name(bool images, int count, int channel) => (images, count) switch
    {
        (true, 1) => "grey",
        (true, 3) or (true, 4) => channel switch { 0 => "red", 1 => "green", 2 => "blue", _ => "alpha" },
        (true, _) => string.Create(CultureInfo.InvariantCulture, $"channel {channel}"),
        _ => count == 1 ? "all features" : string.Create(CultureInfo.InvariantCulture, $"feature {channel}"),
    };

    /// <summary>Bytes are counted by value; floats are summed.</summary>
    sealed class Channel
    {
        readonly long[] _histogram = new long[256];
        readonly List<CellFact> _missing = [];
        readonly List<CellFact> _infinite = [];
        bool _bytes;
        bool _whole = true;
        long _count;
        long _missingCount;
        long _infiniteCount;
        long _zeros;
        double _sum;
        double _squares;
        double _origin = double.NaN;
        double _min = double.PositiveInfinity;
        double _max = double.NegativeInfinity;

        public void Add(ReadOnlySpan<byte> values)
        {
            _bytes = true;
            foreach (var value in values) _histogram[value]++;
        }

        public void Add(ReadOnlySpan<float> values, RawData raw, int row)
        {
            _count += values.Length;
            foreach (var value in values)
            {
                if (!float.IsFinite(value))
                {
                    NotFinite(value, raw, row);
                    continue;
                }

                if (double.IsNaN(_origin)) _origin = value;
                var difference = value - _origin;
                _sum += difference;
                _squares += difference * difference;
                _min = Math.Min(_min, value);
                _max = Math.Max(_max, value);
                if (value == 0) _zeros++;
                if (MathF.Floor(value) != value) _whole = false;
            }
        }

        public ColumnFacts Facts(string name, ColumnKind kind)
        {
            if (_bytes) FromHistogram();
            var finite = _count - _missingCount - _infiniteCount;
            var facts = new ColumnFacts
            {
                Name = name,
                Kind = kind,
                Count = _count,
                Missing = _missingCount,
                MissingCells = _missing,
                Infinite = _infiniteCount,
                InfiniteCells = _infinite,
            };
            if (finite == 0) return facts;
            var mean = _sum / finite;
            return facts with
            {
                Min = _min,
                Max = _max,
                Mean = _origin + mean,
                Std = Math.Sqrt(Math.Max(0, _squares / finite - mean * mean)),
                Distinct = _bytes ? _histogram.Count(h => h > 0) : null,
                Zeros = (double)_zeros / _count,
                IsWhole = _whole,
                IsConstant = _min == _max && finite > 1,
            };
        }

        void FromHistogram()
        {
            _origin = 0;
            for (var value = 0; value < 256; value++)
            {
                var count = _histogram[value];
                if (count == 0) continue;
                _count += count;
                _sum += (double)count * value;
                _squares += (double)count * value * value;
                _min = Math.Min(_min, value);
                _max = Math.Max(_max, value);
            }

            _zeros = _histogram[0];
        }

        void NotFinite(float value, RawData raw, int row)
        {
            var nan = float.IsNaN(value);
            if (nan) _missingCount++;
            else _infiniteCount++;
            var cells = nan ? _missing : _infinite;
            if (cells.Count < TableProfiler.FewExamples && (cells.Count == 0 || cells[^1].Id != raw.Id(row)))
                cells.Add(TableProfiler.Cell(raw, row, nan ? "NaN" : value > 0 ? "inf" : "-inf"));
        }
    }
}
