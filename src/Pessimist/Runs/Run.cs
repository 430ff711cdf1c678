using Pessimist.Observations;

namespace Pessimist.Runs;

/// <summary>Takes each observation that a run keeps, with its line (no line feed), valid during the call.</summary>
public delegate void RunSink(Observation observation, ReadOnlySpan<byte> line);

/// <summary>
/// Everything observed in one run, in order. Append-only; a sink (the run folder) sees each observation as it is kept. Of a kind with very
/// many records only a part is kept, in memory and in the sink alike: see <see cref="RunBudget"/> and <see cref="RecordsThinned"/>.
/// </summary>
public sealed class Run
{
    /// <summary>Without a sink nobody needs the line of a record: the length is that of the last one measured.</summary>
    const int MeasureEvery = 16;

    readonly RunSink? _sink;
    readonly Thinning _thinning;
    readonly Dictionary<Type, (int Count, int Bytes)> _measured = [];
    readonly LineWriter _line = new();
    Observation? _lineOf;
    readonly Lock _lock = new();
    Observation[] _observations = new Observation[16];
    int _count;

    public Run(RunSink? sink = null, RunBudget? budget = null)
    {
        _sink = sink;
        _thinning = new Thinning(budget ?? RunBudget.Recording, Keep);
    }

    public void Add(Observation observation)
    {
        lock (_lock) Add(observation, _sink is null ? Measure(observation) : LineOf(observation).Length);
    }

    /// <summary>An observation whose line has this length.</summary>
    internal void AddMeasured(Observation observation, int bytes)
    {
        lock (_lock) Add(observation, bytes);
    }

    /// <summary>The end, as far as it is known: what was held back for being the last is added. <see cref="RunEnded"/> does so by itself.</summary>
    public void Complete()
    {
        lock (_lock) _thinning.Complete();
    }

    /// <summary>What was kept so far; does not grow.</summary>
    public IReadOnlyList<Observation> Observations
    {
        get
        {
            lock (_lock) return new ArraySegment<Observation>(_observations, 0, _count);
        }
    }

    /// <summary>Length of all lines that were kept.</summary>
    internal long KeptBytes => _thinning.KeptBytes;

    public IEnumerable<T> All<T>() where T : Observation => Observations.OfType<T>();

    public static Run Of(IEnumerable<Observation> observations)
    {
        var run = new Run();
        foreach (var observation in observations) run.Add(observation);
        return run;
    }

    void Add(Observation observation, int bytes)
    {
        if (observation is RunEnded) _thinning.Complete();
        _thinning.Add(observation, bytes);
    }

    void Keep(Observation observation)
    {
        // Those who hold an older array have their own length: what they see does not change.
        if (_count == _observations.Length) Array.Resize(ref _observations, 2 * _count);
        _observations[_count++] = observation;
        _sink?.Invoke(observation, LineOf(observation));
    }

    ReadOnlySpan<byte> LineOf(Observation observation)
    {
        if (_lineOf == (object)observation) return _line.Written;
        _line.Reset();
        ObservationLine.FormatOf(observation).Write(_line, observation);
        _lineOf = observation;
        return _line.Written;
    }

    int Measure(Observation observation)
    {
        var measured = _measured.GetValueOrDefault(observation.GetType());
        if (measured.Count++ % MeasureEvery == 0) measured.Bytes = LineOf(observation).Length;
        _measured[observation.GetType()] = measured;
        return measured.Bytes;
    }
}
