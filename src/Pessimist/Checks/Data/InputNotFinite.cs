using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Observations;

namespace Pessimist.Checks.Data;

/// <summary>PES106 input-not-finite</summary>
public sealed class InputNotFinite() : DataCheck(About), IReads<BatchObserved>, IReads<LossObserved>, IReads<LoopEvent>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES106",
        Name = "input-not-finite",
        Level = Level.Error,
        Summary = "inputs or targets hold NaN or infinity",
        Explains = ["PES301", "PES401", "PES607", "PES611", "PES701", "PES901", "PES902", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            One NaN or infinity in a batch makes every weight NaN after one step.

            Blank cells and NaNs of a table are missing values and judged by missing-values: they are filled in before the network sees them. Arrays
            and pictures are fed as they are. In a watched program, the first input and the target of each recorded batch are looked at, and the loss that
            they led to.

            ## When it is a false alarm
            Infinity as a mask for "no value" is caught too: it is no number to learn from either. A watched program whose loss stays finite deals with
            such values itself, and is silent; so are masks that are inputs of their own.

            ## What to do
            Look at the rows named: a division by zero, a logarithm of zero, a failed parse. Mend the step that made them, or leave the examples out.
            """,
    };

    readonly Dictionary<Phase, long> _finiteAt = [];
    BatchObserved? _bad;
    bool _anyBatch, _finiteAfter, _notFiniteAfter;

    public void Read(BatchObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _anyBatch = true;
        // What another network made is no data: that its values are not finite is a consequence. It asks for gradients, or follows finite data in its step.
        var isBad = Bad(observation) is not null || observation.Inputs is [{ NonFinite: > 0 }, ..];
        if (!isBad) _finiteAt[observation.Phase] = observation.Step;
        else if (_finiteAt.TryGetValue(observation.Phase, out var step) && step == observation.Step) return;
        if (_bad is null && Bad(observation) is not null) _bad = observation;
    }

    /// <summary>The input, or else the target, that holds something which is no number; further inputs may be masks of negative infinities and zeros.</summary>
    static TensorFacts? Bad(BatchObserved batch) => batch.Inputs is [{ NonFinite: > 0, RequiresGrad: false } first, ..] ? first
        : batch.Inputs.Skip(1).FirstOrDefault(t => t is { NonFinite: > 0, RequiresGrad: false, Std: > 0 }) ?? (batch.Target is { NonFinite: > 0, RequiresGrad: false } target ? target : null);

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        After(observation.Step, observation.Value);
    }

    public void Read(LoopEvent observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation is { Action: LoopAction.Backward, Loss: { } loss }) After(observation.Step, loss);
    }

    // A batch may be told after the loss that it led to.
    readonly Dictionary<long, bool> _finiteLosses = [];

    void After(long step, double loss)
    {
        if (_bad is null)
        {
            if (_finiteLosses.Count > 1000) _finiteLosses.Clear();
            _finiteLosses[step] = double.IsFinite(loss) && _finiteLosses.GetValueOrDefault(step, true);
        }
        else if (step >= _bad.Step)
        {
            _notFiniteAfter |= !double.IsFinite(loss);
            _finiteAfter |= step == _bad.Step && double.IsFinite(loss);
        }
    }

    protected override Verdict WithoutProfile()
    {
        if (!_anyBatch) return NotEnoughEvidence("no batch was seen");
        if (_bad is not { } bad) return Passed("every recorded batch is finite");
        bool? told = _finiteLosses.TryGetValue(bad.Step, out var finite) ? finite : null;
        if (!_notFiniteAfter && told != false) return _finiteAfter || told == true ? Passed("a batch has values that are not finite, and the loss stays finite: the program deals with them") : NotEnoughEvidence("a batch has values that are not finite; the loss was not seen");
        var facts = Bad(bad)!;
        var isInput = facts != bad.Target;
        return Found(Finding($"{Count(facts.NonFinite!.Value, "value")} of {(isInput ? "the input" : "the target")} {(facts.NonFinite == 1 ? "is" : "are")} not finite, first in the batch of step {bad.Step}", EvidenceClass.Proved) with
        {
            Location = bad.Site is { } site ? new Location(site.File, site.Line, site.Function) : null,
            Evidence = [new($"NaNs and infinities among {facts.Count():N0} values", Value(facts.NonFinite.Value), "0", "definition"), new("loss after it", "not finite", "finite", "definition")],
            Fixes = ["look for NaN in the data before the training; mend the step that made it, or leave the examples out"],
        });
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Columns.Count == 0) return NotEnoughEvidence("no column was measured");
        var isTable = profile.Kind == DataKind.Table;
        ColumnFacts[] bad = [.. profile.Columns.Where(c => c.Infinite > 0 || (!isTable && c.Missing > 0))];
        if (bad.Length == 0) return Passed("every number is finite");
        ColumnFacts first = bad[0];
        var cells = bad.SelectMany(c => (isTable ? c.InfiniteCells : c.InfiniteCells.Concat(c.MissingCells)).Select(x => (Column: c.Name, Cell: x))).ToArray();
        var count = bad.Sum(c => c.Infinite + (isTable ? 0 : c.Missing));
        return Found(Finding($"{Count(count, "value")} of {Names(bad.Select(c => Quoted(c.Name)), 3)} {(count == 1 ? "is" : "are")} not finite", EvidenceClass.Proved) with
        {
            Location = At(profile, first.Name, cells.Length > 0 ? cells[0].Cell : null),
            Evidence =
            [
                .. bad.Take(MostListed).Select(c => new Evidence($"infinities and NaNs in {Quoted(c.Name)}", isTable ? Count(c.Infinite, "infinity", "infinities") : $"{Count(c.Infinite, "infinity", "infinities")}, {Count(c.Missing, "NaN")}", "0", "definition")),
            ],
            Notes = bad.Any(c => c.IsTarget) ? ["the target is among them: the loss cannot be finite"] : [],
            Fixes = ["mend the step that made these values, or leave the examples out"],
            Examples = [.. cells.Select(c => Cell(c.Column, c.Cell)).Distinct().Take(MostListed)],
        });
    }
}
