namespace Pessimist.Runs;

/// <summary>
/// Records that are thinned together, by a number: the step, or the count. Of each stretch of <c>burst * Distance</c> numbers the
/// first <c>burst</c> are kept; of the rest those frames (all records of one number) that hold something new.
/// </summary>
sealed class ThinnedGroup(Thinning thinning, int burst)
{
    const int MostSeries = 256;
    const long Farthest = 1L << 40;

    readonly Dictionary<(ThinnedKind, ulong), ThinnedSeries> _series = [];
    ThinnedFrame? _frame;
    long _unit;
    long _stretch = long.MinValue;
    long _frames;
    long _next = 1;

    /// <summary>One of this many is kept: a power of two, 1 as long as nothing is dropped.</summary>
    public long Distance { get; private set; } = 1;

    /// <summary>Doubles the distance, from the next number on.</summary>
    public void Spread()
    {
        if (_next == Distance && _next < Farthest) _next *= 2;
    }

    public void Add(in HeldRecord record, long unit)
    {
        if (_next == 1 || (Distance == 1 && unit == _unit))
        {
            _unit = unit;
            thinning.Keep(record, unit);
            return;
        }

        if (_frame is not { } frame || frame.Unit != unit) _frame = frame = Open(unit);
        var series = SeriesOf(record);
        if (!frame.Passes && series is not null && series.Stretch != _stretch) Pass(frame);
        if (frame.Passes)
        {
            series?.Kept(record, _stretch);
            thinning.Keep(record, unit);
        }
        else if (frame.Hold(record))
        {
            series?.HeldBack(record, frame);
        }
    }

    /// <summary>Something rare comes: gives out the extremes so far and the step in which it comes.</summary>
    public void Release()
    {
        if (_frame is { Passes: false } frame) Pass(frame);
    }

    public void Complete()
    {
        GiveOut(_series.Values.SelectMany(s => s.Extremes.Append(s.Last)));
        foreach (var series in _series.Values) series.Clear();
    }

    ThinnedFrame Open(long unit)
    {
        Distance = _next;
        var stretch = Math.DivRem(unit, burst * Distance, out var position);
        if (stretch != _stretch)
        {
            GiveOut(_series.Values.SelectMany(s => s.Extremes));
            foreach (var series in _series.Values) series.Clear();
            _stretch = stretch;
        }

        return new ThinnedFrame(thinning, unit, _frames++) { Passes = Math.Abs(position) < burst };
    }

    /// <summary>Keeps the frame, after the extremes before it.</summary>
    void Pass(ThinnedFrame frame) => GiveOut(_series.Values.SelectMany(s => s.Extremes).Append(frame));

    void GiveOut(IEnumerable<ThinnedFrame?> held)
    {
        foreach (var frame in held.OfType<ThinnedFrame>().Where(f => !f.Passes).Distinct().OrderBy(f => f.Number).ToArray())
        {
            frame.Passes = true;
            foreach (var record in frame.Records)
            {
                if (SeriesOf(record) is { } series) series.Stretch = _stretch;
                thinning.Keep(record, frame.Unit);
            }
        }
    }

    /// <summary>Null for a series beyond the number that is followed.</summary>
    ThinnedSeries? SeriesOf(in HeldRecord record)
    {
        var key = (record.Kind, record.Kind.Format.SeriesOf(record.Observation));
        if (_series.TryGetValue(key, out var series)) return series;
        return _series.Count < MostSeries ? _series[key] = new ThinnedSeries(record.Kind.Format.Numbers) : null;
    }
}

/// <summary>All records of one number that are not in a burst.</summary>
sealed class ThinnedFrame(Thinning thinning, long unit, long number)
{
    const int MostRecords = 4096;
    const long MostBytes = 4 << 20;

    readonly List<HeldRecord> _records = [];
    long _bytes;
    int _holders;
    bool _lost;

    public long Unit => unit;

    /// <summary>Position among all frames.</summary>
    public long Number => number;

    /// <summary>Kept: what comes is passed on.</summary>
    public bool Passes { get; set; }

    public IReadOnlyList<HeldRecord> Records => _records;

    /// <summary>False when there is no room: half a frame would tell of things that did not happen, so that it is dropped whole.</summary>
    public bool Hold(in HeldRecord record)
    {
        if (_lost || _records.Count >= MostRecords || _bytes + record.Bytes > MostBytes || !thinning.MayHold(record.Bytes))
        {
            _lost = true;
            if (_holders > 0) thinning.HeldBytes -= _bytes;
            _bytes = 0;
            _records.Clear();
            return false;
        }

        _records.Add(record);
        _bytes += record.Bytes;
        if (_holders > 0) thinning.HeldBytes += record.Bytes;
        return true;
    }

    /// <summary>Moves a holder from one frame to another.</summary>
    public static void Move(ref ThinnedFrame? holder, ThinnedFrame? to)
    {
        if (holder == to) return;
        holder?.Leave();
        to?.Join();
        holder = to;
    }

    void Join()
    {
        if (_holders++ == 0) thinning.HeldBytes += _bytes;
    }

    void Leave()
    {
        if (--_holders == 0) thinning.HeldBytes -= _bytes;
    }
}

/// <summary>One curve: the range of each of its numbers, and the frames of the present stretch that widened it.</summary>
sealed class ThinnedSeries(int numbers)
{
    readonly (double Min, double Max, bool NotANumber)[] _ranges = [.. Enumerable.Repeat((double.PositiveInfinity, double.NegativeInfinity, false), numbers)];

    // For each number the frame of its minimum, its maximum, and its first NaN.
    readonly ThinnedFrame?[] _extremes = new ThinnedFrame?[3 * numbers];
    ThinnedFrame? _last;

    /// <summary>The stretch in which a record was last kept.</summary>
    public long Stretch { get; set; } = long.MinValue;

    public IEnumerable<ThinnedFrame?> Extremes => _extremes;
    public ThinnedFrame? Last => _last;

    public void Kept(in HeldRecord record, long stretch)
    {
        Stretch = stretch;
        Widen(record, null);
        ThinnedFrame.Move(ref _last, null);
    }

    public void HeldBack(in HeldRecord record, ThinnedFrame frame)
    {
        Widen(record, frame);
        ThinnedFrame.Move(ref _last, frame);
    }

    public void Clear()
    {
        for (var i = 0; i < _extremes.Length; i++) ThinnedFrame.Move(ref _extremes[i], null);
        ThinnedFrame.Move(ref _last, null);
    }

    void Widen(in HeldRecord record, ThinnedFrame? frame)
    {
        for (var i = 0; i < _ranges.Length; i++)
        {
            if (record.Kind.Format.NumberOf(record.Observation, i) is not { } value) continue;
            ref var range = ref _ranges[i];
            if (value < range.Min)
            {
                range.Min = value;
                ThinnedFrame.Move(ref _extremes[3 * i], frame);
            }

            if (value > range.Max)
            {
                range.Max = value;
                ThinnedFrame.Move(ref _extremes[3 * i + 1], frame);
            }

            if (double.IsNaN(value) && !range.NotANumber)
            {
                range.NotANumber = true;
                ThinnedFrame.Move(ref _extremes[3 * i + 2], frame);
            }
        }
    }
}
