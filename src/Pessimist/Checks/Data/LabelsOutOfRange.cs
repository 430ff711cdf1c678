using System.Globalization;
using System.Text.RegularExpressions;
using Pessimist.Data.Profiling;
using Pessimist.Observations;
using Pessimist.Signals;
using ClassCount = Pessimist.Data.Profiling.ClassCount;

namespace Pessimist.Checks.Data;

/// <summary>PES108 labels-out-of-range</summary>
public sealed partial class LabelsOutOfRange(LabelsOutOfRange.Limits limits) : DataCheck(About), IReads<LossObserved>, IReads<ExceptionRaised>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES108",
        Name = "labels-out-of-range",
        Level = Level.Error,
        Summary = "class ids have gaps or are out of range, or a class is missing from the training set",
        Explains = ["PES215", "PES308", "PES902"],
        Docs = """
            ## Why it matters
            A class that the training set lacks can never be predicted: each of its examples counts as an error. A gap among class ids is often a class
            that was lost on the way. A loss for classes crashes, or trains outputs that nothing uses, on ids outside 0..K-1. A binary cross-entropy with labels
            such as -1 and 1, or 1 and 2, has no minimum.

            ## When it is a false alarm
            Ids are mapped to 0..K-1 before training, so classes that start at 1 are fine and stay silent. Codes such as -1 and 1, or 10, 20 and 30, are
            no count of classes, and stay silent too. A gap may be right: then it is only a note. Labels of a binary cross-entropy a little outside of 0..1, as
            when smoothed with noise, are silent; so are ids that the loss is told to ignore.

            ## What to do
            Look for the missing class, or number the classes without a gap. Split so that each class is in the training set.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Missing ids for each class that occurs above which ids are codes, and no numbering.</summary>
        [Origin(Origin.Convention)] public double GapsPerClass { get; init; } = 0.5;

        /// <summary>How far labels of a binary cross-entropy may lie outside of 0..1.</summary>
        [Origin(Origin.Convention, "smoothed labels reach 1.2")] public double Beyond { get; init; } = 0.5;

        /// <summary>How far the sum of an example's soft labels may lie from 1, on average.</summary>
        [Origin(Origin.Convention, "rounding")] public double Sum { get; init; } = 0.01;
    }

    LossObserved? _beyond, _soft;
    readonly List<double> _sums = [];
    ExceptionRaised? _crash;
    bool _anyLoss;

    public void Read(LossObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        _anyLoss = true;
        if (observation is { Kind: "cross-entropy", Phase: Phase.Train, Weighted: false, Input.Shape: { Count: > 1 } shape, Target: { Mean: { } mean, Min: >= 0, Max: <= 1.0001 } target }
            && OperationNames.IsFloating(target.DType) && target.Shape.SequenceEqual(shape) && _sums.Count < 64)
        {
            _soft ??= observation;
            _sums.Add(mean * shape[1]);
        }

        if (_beyond is null && observation is { Kind: "bce" or "bce-with-logits", Target: { Min: { } min, Max: { } max } } && (min <= -limits.Beyond || max >= 1 + limits.Beyond)) _beyond = observation;
    }

    public void Read(ExceptionRaised observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (_crash is null && OutOfBounds().IsMatch(observation.Message)) _crash = observation;
    }

    [GeneratedRegex(@"[Tt]arget (?<id>-?\d+) is out of bounds|t >= 0 && t < n_classes")]
    private static partial Regex OutOfBounds();

    protected override Verdict WithoutProfile()
    {
        if (_crash is { } crash)
        {
            var match = OutOfBounds().Match(crash.Message);
            var classes = crash.Inputs is [{ Shape: { Count: > 1 } shape }, ..] ? shape[1] : (long?)null;
            var id = match.Groups["id"].Success ? match.Groups["id"].Value : null;
            return Found(Finding($"{(id is null ? "a class id" : $"the class id {id}")} is out of range{(classes is { } k ? $": the network has {k} outputs, for ids 0..{k - 1}" : "")}", EvidenceClass.Proved) with
            {
                Location = crash.Stack is [{ } at, ..] ? new Location(at.File, at.Line, at.Function, crash.Module) : null,
                Evidence = [new("class id", id ?? "not told", classes is { } n ? $"0..{n - 1}" : "0..K-1", "definition")],
                Notes = id is not null && id == classes?.ToString(CultureInfo.InvariantCulture) ? ["ids that start at 1 end one too high: subtract 1"] : [],
                Fixes = ["number the classes from 0, and give the network as many outputs as there are classes"],
            });
        }

        if (!_anyLoss) return NotEnoughEvidence("no loss was seen");
        if (_sums.Count > 0 && Trend.Quantile(_sums, 0.5) is var sum && Math.Abs(sum - 1) > limits.Sum)
        {
            return Found(Finding($"soft labels of a cross-entropy sum to {Value(sum)} on average", EvidenceClass.Proved, Level.Warning) with
            {
                Location = _soft!.Site is { } softSite ? new Location(softSite.File, softSite.Line, softSite.Function) : null,
                Evidence = [new("mean sum of the labels of an example", Value(sum), $"1 ± {Value(limits.Sum)}", "definition")],
                Fixes = [sum < 1 ? "look for examples whose labels are all 0" : "use a binary cross-entropy for several labels at once, or divide each row by its sum"],
            });
        }

        if (_beyond is not { Target: { } target } loss) return Passed("no label is out of range");
        return Found(Finding($"labels of a binary cross-entropy lie within {Value(target.Min!.Value)}..{Value(target.Max!.Value)}: the loss has no minimum", EvidenceClass.Proved) with
        {
            Location = loss.Site is { } site ? new Location(site.File, site.Line, site.Function) : null,
            Evidence = [new("labels", $"{Value(target.Min.Value)}..{Value(target.Max.Value)}", "0..1", "definition")],
            Fixes = [target.Min < 0 ? "map the labels to 0 and 1: (y + 1) / 2 for -1 and 1" : "map the labels to 0 and 1: y - 1 for 1 and 2"],
        });
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
