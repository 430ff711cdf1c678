using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Evaluation;

namespace Pessimist.Checks.Data;

/// <summary>PES121 leaked-target</summary>
public sealed class LeakedTarget(LeakedTarget.Limits limits) : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES121",
        Name = "leaked-target",
        Level = Level.Error,
        Summary = "a column of the inputs gives the target away",
        Explains = ["PES608"],
        Docs = """
            ## Why it matters
            A column that is the target under another name, or that is only known once the target is, makes every model look perfect until it meets new
            data, where that column is empty.

            It is an error only when each value of the column stands for one class and each class for one value, in every row, and no other column
            comes near. A column that is merely almost always right is a warning.

            ## When it is a false alarm
            Honest features may be that strong: a petal's width tells most irises apart. So a column must stand alone: where others are nearly as good, the
            task is easy. A table with one input is the task itself, and stays silent.

            ## What to do
            Ask whether the column is known before the target is. If not, leave it out.
            """,
    };

    public sealed record Limits
    {
        /// <summary>How far the next best column may come, from the majority class (0) to perfect (1).</summary>
        [Origin(Origin.Convention)] public double RunnerUp { get; init; } = 0.5;

        /// <summary>Lower end of the 95 % interval of the accuracy on rows held out, for a column that is not one to one.</summary>
        [Origin(Origin.Convention)] public double Accuracy { get; init; } = 0.97;

        /// <summary>1 - R² of a line on rows held out below which a number is the target in another unit.</summary>
        [Origin(Origin.Convention, "float32 keeps seven digits")] public double SameNumber { get; init; } = 1e-9;

        /// <summary>Rows in which a mapping one to one proves anything.</summary>
        [Origin(Origin.Convention)] public int Rows { get; init; } = 50;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Target.Task == TaskKind.MultiLabel || profile.Target.Columns.Count > 1) return NotApplicable("several targets are not tried");
        if (profile.Determining.Count == 0) return Passed("no single column gives the target away");
        if (profile.Kind == DataKind.Table && Inputs(profile).Count() < 2) return Passed("the only input tells the target, as is its task");
        var isClass = profile.Target.Classes.Count > 0;
        foreach (var column in profile.Determining.Where(StandsAlone))
        {
            var isRenamed = profile.Count >= limits.Rows && (isClass ? column.OneToOne : 1 - column.Score <= limits.SameNumber);
            if (isRenamed || !isClass || Low(column) >= limits.Accuracy) return Found(Of(profile, column, isClass, isRenamed));
        }

        var best = profile.Determining[0];
        return StandsAlone(best) ? NotEnoughEvidence($"{Quoted(best.Column)} tells the target in all but a few of {Count(best.HeldOut, "row")} held out, which are too few to say more")
            : Passed($"{Quoted(best.Column)} tells the target almost surely, and others come near: the task is easy");
    }

    bool StandsAlone(DeterminingColumn column) => (column.RunnerUp - column.Baseline) / (1 - column.Baseline) <= limits.RunnerUp;

    static double Low(DeterminingColumn column) => Wilson.Interval((long)Math.Round(column.Score * column.HeldOut), column.HeldOut).Low;

    Finding Of(DataProfile profile, DeterminingColumn column, bool isClass, bool isRenamed)
    {
        var target = Quoted(profile.Target.Columns[0]);
        var message = isRenamed && isClass ? $"the column {Quoted(column.Column)} is the target {target} under another name: each value stands for one class, and each class for one value"
            : isRenamed ? $"the column {Quoted(column.Column)} is the target {target} in another unit"
            : isClass ? $"the column {Quoted(column.Column)} alone tells the target in {Percent(column.Score)} of the rows held out"
            : $"a line through the column {Quoted(column.Column)} alone explains {Percent(column.Score)} of the target's variance in the rows held out";
        var measure = isClass ? "accuracy" : "R²";
        return Finding(message, isRenamed ? EvidenceClass.Proved : EvidenceClass.Suspected, isRenamed ? Level.Error : Level.Warning) with
        {
            Location = At(profile, column.Column),
            Evidence =
            [
                new($"{measure} from {Quoted(column.Column)} alone", $"{Value(column.Score)} on {Count(column.HeldOut, "row")} held out",
                    isRenamed ? isClass ? "one to one in every row" : $"1 within {Value(limits.SameNumber)}" : isClass ? $"interval above {Value(limits.Accuracy)}" : "0.999", isRenamed ? "definition" : "convention"),
                new($"{measure} from the next best column", Value(column.RunnerUp), Value(column.Baseline + limits.RunnerUp * (1 - column.Baseline)), "convention"),
                .. isClass ? [new Evidence("accuracy of the majority class", Value(column.Baseline)), new Evidence($"distinct values of {Quoted(column.Column)}", Value(column.Distinct))] : Array.Empty<Evidence>(),
            ],
            Fixes = [$"leave {Quoted(column.Column)} out unless it is known before the target is"],
        };
    }
}
