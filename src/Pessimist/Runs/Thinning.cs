using Pessimist.Observations;

namespace Pessimist.Runs;

/// <summary>
/// Keeps a run of any length small. Each kind is kept whole up to the budget; from then on bursts of steps are kept, at distances that
/// double whenever another share of the budget is used up, and with them the last of each series, the steps where a number was smaller
/// or larger than ever before, and whatever has not been seen for a while. Kinds that carry a step are thinned together, so
/// that a step is kept whole or not at all and checks that follow the order of events see it as it was. What was left out is told by
/// <see cref="RecordsThinned"/>. A pure function of the records in their order; each is kept or dropped once and for all.
/// </summary>
sealed class Thinning
{
    /// <summary>Numbers in a row that are kept, for checks that compare a step with the one before it.</summary>
    const int Burst = 8;

    /// <summary>The part of the budget that each doubling may use.</summary>
    const int Share = 16;

    /// <summary>A kind that uses its share within fewer steps is heavy: it must not thin out the others.</summary>
    const int FewestSteps = 16;

    /// <summary>Kinds with fewer records than this are events: what was held back before them is their background.</summary>
    const int Rare = 64;

    /// <summary>A distance of steps that drops nothing although it is this large shows that the steps say nothing.</summary>
    const long FarthestSteps = 1 << 20;

    const long MostHeldBytes = 32 << 20;

    readonly RunBudget _budget;
    readonly Action<Observation> _keep;
    readonly Dictionary<Type, ThinnedKind> _kinds = [];
    readonly ThinnedGroup _steps;

    public Thinning(RunBudget budget, Action<Observation> keep)
    {
        (_budget, _keep) = (budget, keep);
        _steps = new ThinnedGroup(this, Burst);
    }

    /// <summary>Bytes held back until it is clear whether they are kept.</summary>
    public long HeldBytes { get; set; }

    public long KeptBytes { get; private set; }

    public bool MayHold(long bytes) => HeldBytes + bytes <= MostHeldBytes;

    /// <param name="bytes">Length of its line.</param>
    public void Add(Observation observation, long bytes)
    {
        if (!_kinds.TryGetValue(observation.GetType(), out var kind))
        {
            var format = ObservationLine.FormatOf(observation);
            _kinds[observation.GetType()] = kind = new ThinnedKind(format, format.HasStep ? _steps : new ThinnedGroup(this, 1)) { ByCount = !format.HasStep };
        }

        if (!kind.Format.HasStep && kind.Seen < Rare)
            foreach (var other in _kinds.Values)
                if (!other.ByCount) other.Group.Release();
        kind.Seen++;
        kind.Group.Add(new HeldRecord(kind, observation, bytes), kind.ByCount ? kind.Seen : kind.Format.StepOf(observation));
    }

    /// <summary>The end, as far as it is known: gives out what was held back.</summary>
    public void Complete()
    {
        foreach (var group in _kinds.Values.Select(k => k.Group).Distinct().ToArray()) group.Complete();
        foreach (var kind in _kinds.Values.Where(k => k.Seen > k.Kept && k.Told != k.Seen).ToArray()) Tell(kind);
    }

    /// <summary>Keeps a record, and looks whether its kind has used up its share.</summary>
    /// <param name="unit">Its step, or its number among those of its kind.</param>
    public void Keep(in HeldRecord record, long unit)
    {
        var kind = record.Kind;
        kind.Count(record.Bytes, unit);
        KeptBytes += record.Bytes;
        _keep(record.Observation);
        if (kind.ShareRecords < _budget.Records / kind.Part && kind.ShareBytes < _budget.Bytes / kind.Part) return;

        var noEffect = kind.Group.Distance > 1 && kind.Seen - kind.ShareStart < kind.ShareRecords * 5 / 4;
        if (kind.Group == _steps && (kind.ShareSteps < FewestSteps || noEffect)) kind.Group = new ThinnedGroup(this, 1);
        else if (!kind.ByCount && (kind.StepRecords >= _budget.Records || kind.StepBytes >= _budget.Bytes || (noEffect && kind.Group.Distance >= FarthestSteps)))
            (kind.Group, kind.ByCount) = (new ThinnedGroup(this, 1), true);
        kind.Group.Spread();
        foreach (var other in _kinds.Values.Where(k => k.Group == kind.Group)) other.NextShare(Share);
        Tell(kind);
    }

    void Tell(ThinnedKind kind)
    {
        kind.Told = kind.Seen;
        _keep(new RecordsThinned { Of = kind.Format.Kind, Seen = kind.Seen, Kept = kind.Kept, Distance = kind.Group.Distance });
    }
}

/// <summary>What is known of one kind of record.</summary>
sealed class ThinnedKind(RecordFormat format, ThinnedGroup group)
{
    public RecordFormat Format => format;
    public ThinnedGroup Group { get; set; } = group;

    /// <summary>Thinned by the number of the record rather than by its step.</summary>
    public bool ByCount { get; set; }
    public long Seen { get; set; }
    public long Kept { get; private set; }

    /// <summary>Records seen when they were last told of.</summary>
    public long Told { get; set; }

    /// <summary>The budget is divided by this: 1 until it is used up for the first time.</summary>
    public int Part { get; private set; } = 1;

    /// <summary>Of the present share: records kept, their bytes, the steps they are of, and <see cref="Seen"/> at its start.</summary>
    public long ShareRecords { get; private set; }
    public long ShareBytes { get; private set; }
    public long ShareSteps { get; private set; }
    public long ShareStart { get; private set; }

    /// <summary>Of the present step.</summary>
    public long StepRecords { get; private set; }
    public long StepBytes { get; private set; }
    long _unit;

    public void Count(long bytes, long unit)
    {
        Kept++;
        ShareRecords++;
        ShareBytes += bytes;
        if (Kept == 1 || unit != _unit)
        {
            ShareSteps++;
            (StepRecords, StepBytes) = (0, 0);
            _unit = unit;
        }

        StepRecords++;
        StepBytes += bytes;
    }

    public void NextShare(int part) => (Part, ShareRecords, ShareBytes, ShareSteps, ShareStart) = (part, 0, 0, 0, Seen);
}

/// <summary>A record that is not yet kept or dropped, with the length of its line.</summary>
readonly record struct HeldRecord(ThinnedKind Kind, Observation Observation, long Bytes);
