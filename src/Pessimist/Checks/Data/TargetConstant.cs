using Pessimist.Data.Profiling;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Data;

/// <summary>PES118 target-constant</summary>
public sealed class TargetConstant(TargetConstant.Limits limits) : DataCheck(About), IReads<BatchObserved>, IReads<OptimizerBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES118",
        Name = "target-constant",
        Level = Level.Error,
        Summary = "the target has one value in every training example: there is nothing to learn",
        Explains = ["PES107", "PES311", "PES402", "PES607", "PES608", "PES611", "PES901", "PES902", "PES903", "PES904", "PES910"],
        Docs = """
            ## Why it matters
            A network learns the one value in a few steps and looks perfect.

            ## When it is a false alarm
            The wrong column may have been taken for the target. In a watched program, where the targets of the recorded training batches are looked at,
            programs with several optimizers (the one label of a game's side) and those whose inputs ask for gradients (the residual of an equation, which is to be 0)
            are silent.

            ## What to do
            Name the target with `--target`, or look for the filter that left one value only.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Different training batches of a watched program.</summary>
        [Origin(Origin.Convention)] public int Batches { get; init; } = 4;

        /// <summary>Examples in them.</summary>
        [Origin(Origin.Convention)] public int Examples { get; init; } = 50;
    }

    readonly TrainedData _trained = new();
    readonly HashSet<int> _optimizers = [];

    public void Read(BatchObserved observation) => _trained.Read(observation);

    public void Read(OptimizerBuilt observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (_optimizers.Count < 16 && observation.Step == 0) _optimizers.Add(observation.Optimizer);
    }

    protected override Verdict WithoutProfile()
    {
        if (_trained.Targets < limits.Batches || _trained.Examples < limits.Examples) return NotEnoughEvidence("the targets of too few training batches were seen");
        if (_trained.InputsAsk || _optimizers.Count > 1) return NotApplicable("the targets may be one value on purpose");
        if (_trained.LowestTarget is not { } value || value != _trained.HighestTarget) return Passed("the targets vary");
        var isClass = _trained.Classes.Count > 0;
        return Found(Finding(isClass ? $"every training example has the class {Value(value)}" : $"the target is {Value(value)} in every training example", EvidenceClass.Proved) with
        {
            Location = Location.Of(_trained.First?.Site),
            Evidence = [new("distinct values of the target", $"1 ({Value(value)}) in {Count(_trained.Targets, "batch", "batches")}", "at least 2", "definition")],
            Fixes = ["look where the targets are made: a wrong column, an integer division, a filter that left one class"],
        });
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var target = profile.Target;
        var trained = target.Classes.Where(c => c.Train > 0).ToArray();
        if (!target.IsConstant && !(target.Classes.Count > 0 && trained.Length == 1)) return Passed("the target varies");
        var name = Names(target.Columns.Select(Quoted));
        return Found(Finding(target.IsConstant && target.Columns.Count == 1 ? $"the target {name} has one value in every example"
            : target.IsConstant ? $"one of the targets {name} has one value in every example"
            : $"every training example has the class {Quoted(trained[0].Name)}", EvidenceClass.Proved) with
        {
            Location = At(profile, target.Columns is [var only] ? only : null),
            Evidence = [new("distinct values of the target in training", "1", "at least 2", "definition")],
            Fixes = ["name another target with --target, or look for the filter or the split that left one value only"],
        });
    }
}
