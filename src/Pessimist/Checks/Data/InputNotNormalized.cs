using Pessimist.Data.Profiling;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES101 input-not-normalized</summary>
public sealed class InputNotNormalized(InputNotNormalized.Limits limits) : DataCheck(About), IReads<InputsFed>, IReads<ExperimentFinished>,
    IReads<BatchObserved>, IReads<LossObserved>, IReads<LossesFollowed>, IReads<LoopEvent>, IReads<SingleBatchTried>, IReads<ModuleBuilt>, IReads<OperationSeen>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES101",
        Name = "input-not-normalized",
        Level = Level.Warning,
        Summary = "inputs reach the network at raw scale",
        Explains = ["PES301", "PES311", "PES402", "PES403", "PES607", "PES611", "PES701", "PES901", "PES902", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            Initial weights and default learning rates are made for inputs with a mean near 0 and a standard deviation near 1. At 0..255 the first outputs
            are hundreds of times too large, and columns in large units drown the others.

            It is judged on what the network gets, never on the file: inputs that are normalized on the way are fine whatever the file holds.
            Of a watched program, the batches are looked at, and the targets of its regression; it is reported only while the loss does not come down.

            ## When it is a false alarm
            A network that begins with a normalization layer, or scales its input first, does this job itself. Ids of words or categories belong into an embedding and are not
            meant to be scaled.

            ## What to do
            Subtract the mean of the training set and divide by its standard deviation, column by column, or channel by channel for pictures.
            """,
    };

    public sealed record Limits
    {
        /// <summary>|mean| or standard deviation of a column above which inputs are at raw scale.</summary>
        [Origin(Origin.Convention, "ten times what normalized inputs have")] public double Raw { get; init; } = 10;

        /// <summary>|mean| or standard deviation of a column above which it is worth a note.</summary>
        [Origin(Origin.Convention, "three times what normalized inputs have")] public double Large { get; init; } = 3;

        /// <summary>Ratio of the largest to the smallest standard deviation of two columns that is worth a note.</summary>
        [Origin(Origin.Convention)] public double Ratio { get; init; } = 1000;
    }

    InputsFed? _fed;
    ExperimentFinished? _confirmed;
    readonly SymptomGate _gate = new();
    readonly List<TensorFacts> _inputs = [], _targets = [];
    readonly Dictionary<int, ModuleBuilt> _first = [];
    BatchObserved? _batch;
    LossObserved? _regression;
    bool _scalesItself;

    const int MostBatches = 64;

    public void Read(LoopEvent observation) => _gate.Read(observation);
    public void Read(LossesFollowed observation) => _gate.Read(observation);
    public void Read(SingleBatchTried observation) => _gate.Read(observation);

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _gate.Read(observation);
        if (observation is not { Phase: Phase.Train, Kind: "mse" or "l1" or "smooth-l1" or "huber", Target: { Mean: not null, Std: not null } target } || _targets.Count >= MostBatches) return;
        _regression ??= observation;
        _targets.Add(target);
    }

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        // Ids are whole numbers in an integer type.
        if (observation is not { Phase: Phase.Train, Inputs: [{ Mean: not null, Std: not null } input, ..] } || !OperationNames.IsFloating(input.DType) || _inputs.Count >= MostBatches) return;
        _batch ??= observation;
        _inputs.Add(input);
    }

    public void Read(ModuleBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (!observation.HasChildren && observation.Name.Length > 0) _first.TryAdd(observation.Model, observation);
    }

    public void Read(OperationSeen observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _scalesItself |= observation.Inputs.Any(i => i.Role == "input 0") && OperationNames.Canonical(observation.Operation) is "div" or "sub" or "mul" or "log" or "log1p" or "batch_norm" or "layer_norm" or "group_norm" or "instance_norm" or "normalize";
    }

    public void Read(InputsFed observation) => _fed = observation;

    public void Read(ExperimentFinished observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.Cause == Info.Name && observation.Outcome == ExperimentOutcome.Confirmed) _confirmed = observation;
    }

    protected override Verdict WithoutProfile()
    {
        if (_inputs.Count == 0 && _targets.Count == 0) return NotEnoughEvidence("no batch of numbers was measured");
        var atFront = _scalesItself || _first.Values.Any(m => m.Type.Contains("Norm", StringComparison.Ordinal) || m.Type.Contains("Embedding", StringComparison.Ordinal));
        var raw = _inputs.Count == 0 || atFront ? null : Raw("inputs", _inputs, _batch!.Site);
        raw ??= _targets.Count == 0 ? null : Raw("regression targets", _targets, _regression!.Site);
        if (raw is null) return Passed(atFront ? "the network scales its input itself" : "inputs and targets are of the order of 1");
        if (_confirmed is null && !_gate.HasSymptom) return Passed($"{raw.Message}, and the network learns all the same");
        return Found(raw);
    }

    Finding? Raw(string what, List<TensorFacts> seen, Site? site)
    {
        double mean = Trend.Quantile([.. seen.Select(t => t.Mean!.Value)], 0.5), std = Trend.Quantile([.. seen.Select(t => t.Std!.Value)], 0.5);
        if (Math.Max(Math.Abs(mean), std) <= limits.Raw) return null;
        return Finding($"{what} reach the network at raw scale: mean {Value(mean)}, standard deviation {Value(std)}", _confirmed is null ? EvidenceClass.Suspected : EvidenceClass.Confirmed) with
        {
            Location = site is null ? null : new Location(site.File, site.Line, site.Function),
            Evidence =
            [
                new($"mean and standard deviation of {what}", $"{Value(mean)} and {Value(std)}", $"{Value(limits.Raw)} (normalized: 0 and 1)", "convention"),
                .. _gate.HasSymptom ? [new Evidence("symptom", _gate.Because)] : Array.Empty<Evidence>(),
            ],
            Confirmation = _confirmed?.Confirmation ?? "",
            Causes = _confirmed is null ? [] : [new Cause(Info.Name, 1, _confirmed.Id)],
            Fixes = [$"normalize the {what} with the training set's mean and standard deviation"],
        };
    }

    protected override Verdict Judge(DataProfile profile)
    {
        if (_fed is not { } fed) return NotEnoughEvidence("the inputs that the network gets were not measured");
        if (fed.Normalized) return Passed("inputs are normalized on the way to the network");
        var worst = fed.Largest.OrderByDescending(Size).ToArray();
        if (worst.Length == 0) return NotEnoughEvidence("the inputs were not measured by column");
        if (Size(worst[0]) > limits.Large) return Found(AtRawScale(profile, worst));
        if (Widest(profile) is { } pair && pair.Wide.Std / pair.Narrow.Std > limits.Ratio) return Found(OfDifferentScales(profile, pair.Wide, pair.Narrow));
        return Passed($"the largest mean or standard deviation of an input is {Value(Size(worst[0]))}");
    }

    static double Size(FedColumn column) => Math.Max(Math.Abs(column.Mean), column.Std);

    Finding AtRawScale(DataProfile profile, FedColumn[] worst)
    {
        var isRaw = Size(worst[0]) > limits.Raw;
        var limit = isRaw ? limits.Raw : limits.Large;
        var named = worst.Where(c => Size(c) > limit).ToArray();
        var finding = Finding(
            $"inputs reach the network {(isRaw ? "at raw scale" : "with large values")}: {Quoted(worst[0].Name)} has mean {Value(worst[0].Mean)} and standard deviation {Value(worst[0].Std)}",
            _confirmed is null ? EvidenceClass.Suspected : EvidenceClass.Confirmed, isRaw ? Level.Warning : Level.Note);
        return finding with
        {
            Location = At(profile, worst[0].Name),
            Evidence =
            [
                .. named.Select(c => new Evidence($"mean and standard deviation of {Quoted(c.Name)}", $"{Value(c.Mean)} and {Value(c.Std)}", $"{Value(limit)} (normalized: 0 and 1)", "convention")),
                new("all inputs", $"{Value(_fed!.All.Min)} to {Value(_fed.All.Max)}, mean {Value(_fed.All.Mean)}, standard deviation {Value(_fed.All.Std)}"),
            ],
            Confirmation = _confirmed?.Confirmation ?? "",
            Causes = _confirmed is null ? [] : [new Cause(Info.Name, 1, _confirmed.Id)],
            Fixes = ["normalize the inputs with the training set's mean and standard deviation (leave --no-normalize out)"],
        };
    }

    Finding OfDifferentScales(DataProfile profile, ColumnFacts wide, ColumnFacts narrow) =>
        Finding($"the inputs have very different scales: {Quoted(wide.Name)} spreads {Value(Math.Round(wide.Std / narrow.Std))} times as far as {Quoted(narrow.Name)}", EvidenceClass.Suspected, Level.Note) with
        {
            Location = At(profile, wide.Name),
            Evidence = [new("ratio of standard deviations", Value(wide.Std / narrow.Std), Value(limits.Ratio), "convention")],
            Fixes = ["normalize each column by its own mean and standard deviation (leave --no-normalize out)"],
        };

    static (ColumnFacts Wide, ColumnFacts Narrow)? Widest(DataProfile profile)
    {
        var varying = Inputs(profile).Where(c => c.Kind == ColumnKind.Number && c.Std > 0).OrderBy(c => c.Std).ToArray();
        return varying.Length < 2 ? null : (varying[^1], varying[0]);
    }
}
