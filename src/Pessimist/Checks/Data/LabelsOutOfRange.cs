using System.Globalization;
using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES108 labels-out-of-range</summary>
public sealed class LabelsOutOfRange(LabelsOutOfRange.Limits limits) : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES108",
        Name = "labels-out-of-range",
        Level = Level.Error,
        Summary = "class ids have gaps, or a class is missing from the training set",
        Docs = """
            ## Why it matters
            A class that the training set lacks can never be predicted: each of its examples counts as an error. A gap among class ids is often a class
            that was lost on the way. A loss for classes crashes, or trains outputs that nothing uses, on ids outside 0..K-1.

            ## When it is a false alarm
            Ids are mapped to 0..K-1 before training, so classes that start at 1 are fine and stay silent. Codes such as -1 and 1, or 10, 20 and 30, are
            no count of classes, and stay silent too. A gap may be right: then it is only a note.

            ## What to do
            Look for the missing class, or number the classes without a gap. Split so that each class is in the training set.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Missing ids for each class that occurs above which ids are codes, and no numbering.</summary>
        [Origin(Origin.Convention)] public double GapsPerClass { get; init; } = 0.5;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var target = profile.Target;
        if (target.Classes.Count == 0) return NotApplicable("the target is no class");
        ClassCount[] untrained = [.. target.Classes.Where(c => c.Train == 0 && c.Validation + c.Test > 0)];
        if (untrained.Length > 0)
        {
            return Found(Finding(
                untrained.Length == 1 ? $"the class {Quoted(untrained[0].Name)} never occurs in the training set" : $"{Count(untrained.Length, "class", "classes")} never occur in the training set: {Names(untrained.Select(c => c.Name))}",
                EvidenceClass.Proved, Level.Warning) with
            {
                Location = At(profile, Column(target)),
                Evidence = [.. untrained.Take(MostListed).Select(c => new Evidence($"examples of class {Quoted(c.Name)}", $"0 in training, {c.Validation} in validation, {c.Test} in test", "at least 1 in training", "definition"))],
                Fixes = ["check whether the class is spelt alike on both sides; split so that each class is in the training set, or leave the class out"],
            });
        }

        if (target.GivenIds is not { } ids) return Passed("every class occurs in the training set");
        var span = string.Create(CultureInfo.InvariantCulture, $"{ids.Smallest}..{ids.Largest}");
        if (ids.Gaps.Count == 0) return Passed($"class ids are {span} without a gap");
        // Two ids are a yes and a no, whatever lies between.
        if (target.Classes.Count == 2 || ids.Gaps.Count > limits.GapsPerClass * target.Classes.Count) return Passed($"class ids {span} are codes, and no numbering");
        var missing = Names(ids.Gaps.Select(g => g.ToString(CultureInfo.InvariantCulture)), MostListed);
        return Found(Finding($"class ids run from {ids.Smallest} to {ids.Largest}, and no example has {missing}", EvidenceClass.Proved, Level.Note) with
        {
            Location = At(profile, Column(target)),
            Evidence = [new("class ids that no example has", missing, "none", "definition")],
            Notes = [$"the {target.Classes.Count} classes that occur are mapped to 0..{target.Classes.Count - 1}: training works all the same"],
            Fixes = ["find out whether the examples of the missing class were lost"],
        });
    }

    static string? Column(TargetFacts target) => target.Columns is [var only] ? only : null;
}
