using System.Text.RegularExpressions;
using Pessimist.Data.Profiling;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES103 constant-feature</summary>
public sealed partial class ConstantFeature(ConstantFeature.Limits limits) : DataCheck(About), IReads<BatchObserved>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES103",
        Name = "constant-feature",
        Level = Level.Warning,
        Summary = "a column or channel has one value everywhere",
        Explains = ["PES107", "PES209", "PES502", "PES607", "PES611"],
        Docs = """
            ## Why it matters
            What never changes tells nothing. A column that should vary and does not is often the trace of a failed join, a filter or a broken sensor.

            ## When it is a false alarm
            Constant pixels at the border of pictures are normal, and so are single members of any large family of like-named columns and rare
            words or categories of a sparse table that this file happens to lack: all of these stay silent, unless most of the family is constant.
            A column with one value and blanks stays silent too, as its absence may tell something. So does an opaque alpha channel.

            In a watched program the columns of the recorded training batches are looked at. There, a column of ones is the intercept of a design matrix, and
            a zero among many zeros is a rare word; both are silent, and of pictures and sequences only inputs that never change at all are told.

            ## What to do
            Find out why the column never changes; if it is right, leave it out.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Like-named columns from which on they are one family: pixels, elements, time steps.</summary>
        [Origin(Origin.Convention, "a picture of 4 x 4")] public int Family { get; init; } = 16;

        /// <summary>Share of a family that may be constant.</summary>
        [Origin(Origin.Convention)] public double FamilyShare { get; init; } = 0.5;

        /// <summary>Share of zeros from which on a column is sparse.</summary>
        [Origin(Origin.Convention)] public double Sparse { get; init; } = 0.8;

        /// <summary>Share of zeros of a batch from which on a column of zeros may be a rare word.</summary>
        [Origin(Origin.Convention)] public double ManyZeros { get; init; } = 0.4;

        /// <summary>Different training batches of a watched program, and examples in them.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 3;

        /// <summary>Examples in them.</summary>
        [Origin(Origin.Convention)] public int Examples { get; init; } = 50;

        /// <summary>Sparse columns for each column of zeros that make it a rare word and no fault.</summary>
        [Origin(Origin.Convention)] public int SparsePerZero { get; init; } = 4;
    }

    readonly TrainedData _trained = new();

    public void Read(BatchObserved observation) => _trained.Read(observation);

    protected override Verdict WithoutProfile()
    {
        var columns = _trained.Constant;
        if (_trained.Measured < limits.Batches || _trained.Examples < limits.Examples) return NotEnoughEvidence("the columns of too few training batches were measured");
        var still = columns.Index().Where(c => c.Item is not null).ToArray();
        if (still.Length == columns.Count)
            return Found(Watched($"the inputs never change: {(columns.Count == 1 ? "their one value is" : "all are")} {Value(still[0].Item!.Value)}", EvidenceClass.Proved, still, Level.Error));
        // Dimension 1 of pictures and sequences: a channel for a mask or a colour that is not used may well be constant.
        if (_trained.Rank != 2) return still.Length == 0 ? Passed("every channel varies") : NotEnoughEvidence("a channel that never changes may be meant");
        var odd = still.Where(c => c.Item != 1 && !(c.Item == 0 && _trained.Zeros >= limits.ManyZeros)).ToArray();
        if (odd.Length == 0 || columns.Count >= limits.Family && odd.Length <= limits.FamilyShare * columns.Count)
            return Passed(still.Length == 0 ? "every column varies" : $"{Count(still.Length, "column")} of {columns.Count} never change, as is normal among so many like them");
        return Found(Watched(odd.Length == 1 ? $"column {odd[0].Index} of the inputs has the value {Value(odd[0].Item!.Value)} in every training batch" : $"{Count(odd.Length, "column")} of the inputs never change: {Names(odd.Select(c => Value(c.Index)))}", EvidenceClass.Proved, odd, Level.Warning));
    }

    Finding Watched(string message, EvidenceClass evidence, IEnumerable<(int Index, double? Item)> columns, Level level) => Finding(message, evidence, level) with
    {
        Location = Location.Of(_trained.First?.Site),
        Evidence = [.. columns.Take(MostListed).Select(c => new Evidence($"values of column {c.Index}", $"1 ({Value(c.Item!.Value)}) in {Count(_trained.Measured, "batch", "batches")}", "at least 2", "definition"))],
        Fixes = ["find out why they should vary and do not: a buffer that is never filled, a loop that overwrites columns, a failed join"],
    };

    protected override Verdict Judge(DataProfile profile)
    {
        var inputs = Inputs(profile).ToArray();
        if (profile.Count < 2) return NotEnoughEvidence("one example cannot vary");
        if (inputs.Length == 0) return NotApplicable("there are no columns");
        var constant = inputs.Where(c => c is { IsConstant: true, Missing: 0, NotNumbers: 0, Infinite: 0 }).ToArray();
        var natural = Natural(inputs, constant);
        ColumnFacts[] odd = [.. constant.Where(c => !natural.Contains(c.Name))];
        if (odd.Length == 0)
            return Passed(constant.Length == 0 ? "every input varies" : $"{Count(constant.Length, "input")} of {inputs.Length} never change, as is normal among so many like them");
        var first = odd[0];
        var kind = first.Kind == ColumnKind.Channel ? "channel" : "column";
        return Found(Finding(
            odd.Length == 1 ? $"the {kind} {Quoted(first.Name)} has the value {Shown(first)} in every example" : $"{Count(odd.Length, kind)} never change: {Names(odd.Select(c => c.Name))}", EvidenceClass.Proved) with
        {
            Location = At(profile, first.Name),
            Evidence = [.. odd.Take(MostListed).Select(c => new Evidence($"distinct values of {Quoted(c.Name)}", $"1 ({Shown(c)}) in {Count(c.Count, "cell")}", "at least 2", "definition"))],
            Fixes = [$"find out why {(odd.Length == 1 ? "it" : "they")} should vary and {(odd.Length == 1 ? "does" : "do")} not; leave out what is constant by right"],
        });
    }

    static string Shown(ColumnFacts column) => column.Kind == ColumnKind.Text ? Quoted(column.Frequent is [var only, ..] ? only.Value : "") : Value(column.Min);

    /// <summary>The constant columns that are so by nature.</summary>
    HashSet<string> Natural(ColumnFacts[] inputs, ColumnFacts[] constant)
    {
        HashSet<string> natural = [.. constant.Where(c => c is { Kind: ColumnKind.Channel, Name: "alpha" }).Select(c => c.Name)];
        foreach (var family in inputs.Where(c => c.Kind is ColumnKind.Number or ColumnKind.Feature).GroupBy(c => Digits().Replace(c.Name, "#")))
        {
            ColumnFacts[] still = [.. family.Where(c => c.IsConstant)];
            if (family.Count() >= limits.Family && still.Length <= limits.FamilyShare * family.Count()) natural.UnionWith(still.Select(c => c.Name));
        }

        ColumnFacts[] zeros = [.. constant.Where(c => c.Kind == ColumnKind.Number && c is { Min: 0, Max: 0 })];
        var sparse = inputs.Count(c => c is { Kind: ColumnKind.Number, IsConstant: false } && c.Zeros >= limits.Sparse);
        if (sparse >= limits.SparsePerZero * zeros.Length) natural.UnionWith(zeros.Select(c => c.Name));
        return natural;
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
