using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES114 too-few-examples</summary>
public sealed class TooFewExamples(TooFewExamples.Limits limits) : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES114",
        Name = "too-few-examples",
        Level = Level.Warning,
        Summary = "there are too few examples to learn from or to judge by",
        Docs = """
            ## Why it matters
            With a handful of examples a network learns them by heart, and the error on the few that are held out is known to a dozen points at best.

            ## When it is a false alarm
            Fine-tuning a pretrained network, or a task with almost no noise, needs far fewer examples.

            ## What to do
            Collect more examples, of the classes named first; start from a pretrained network; or use a linear model, which needs fewer.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Training examples below which it is a warning.</summary>
        [Origin(Origin.Convention)] public int Examples { get; init; } = 50;

        /// <summary>Training examples of a class below which it is a warning.</summary>
        [Origin(Origin.Convention)] public int OfAClass { get; init; } = 5;

        /// <summary>Training examples below which it is a note.</summary>
        [Origin(Origin.Convention)] public int Few { get; init; } = 200;

        /// <summary>Training examples of a class below which it is a note.</summary>
        [Origin(Origin.Convention)] public int FewOfAClass { get; init; } = 20;
    }

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var train = profile.Target.Train;
        // A class without any is another check's finding.
        ClassCount[] few = [.. profile.Target.Classes.Where(c => c.Train > 0 && c.Train < limits.FewOfAClass).OrderBy(c => c.Train)];
        ClassCount[] tooFew = [.. few.Where(c => c.Train < limits.OfAClass)];
        if (few.Length == 0 && train >= limits.Few)
            return Passed($"{Count(train, "training example")}{(profile.Target.Classes.Count > 0 ? $", at least {profile.Target.Classes.Min(c => c.Train)} of each class" : "")}");
        var warns = train < limits.Examples || tooFew.Length > 0;
        var named = warns ? tooFew : few;
        var message = train < limits.Examples || named.Length == 0 ? $"there are {Count(train, "training example")} only"
            : named.Length == 1 ? $"the class {Quoted(named[0].Name)} has {Count(named[0].Train, "training example")}"
            : $"{Count(named.Length, "class", "classes")} have fewer than {(warns ? limits.OfAClass : limits.FewOfAClass)} training examples: {Names(named.Select(c => $"{Quoted(c.Name)} ({c.Train})"))}";
        return Found(Finding(message, EvidenceClass.Proved, warns ? Level.Warning : Level.Note) with
        {
            Location = At(profile),
            Evidence =
            [
                new("training examples", Count(train, "example"), $"{limits.Examples} for a warning, {limits.Few} for a note", "convention"),
                .. few.Take(MostListed).Select(c => new Evidence($"training examples of class {Quoted(c.Name)}", Count(c.Train, "example"), $"{limits.OfAClass} for a warning, {limits.FewOfAClass} for a note", "convention")),
            ],
            Fixes = [named.Length > 0 ? "collect more examples of these classes" : "collect more examples, or start from a simpler model"],
        });
    }
}
