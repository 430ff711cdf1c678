using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES118 target-constant</summary>
public sealed class TargetConstant() : DataCheck(About)
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
            Never: but the wrong column may have been taken for the target.

            ## What to do
            Name the target with `--target`, or look for the filter that left one value only.
            """,
    };

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
