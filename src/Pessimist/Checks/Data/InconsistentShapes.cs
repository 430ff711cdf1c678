using System.Globalization;
using Pessimist.Data;
using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES126 inconsistent-shapes</summary>
public sealed class InconsistentShapes() : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES126",
        Name = "inconsistent-shapes",
        Level = Level.Warning,
        Summary = "pictures have different sizes or numbers of channels",
        Docs = """
            ## Why it matters
            A batch needs one shape. Here pictures of another size were resized and colours made alike, which may stretch what is on them; where size goes
            together with the class, the network learns the size.

            ## When it is a false alarm
            Photographs come in many sizes by nature: then decide how to crop or resize them, and this warning has done its work.

            ## What to do
            Choose one size; crop or pad rather than stretch.
            """,
    };

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        if (profile.Kind != DataKind.Images) return NotApplicable("only pictures can differ in shape");
        var odd = profile.OddShapes;
        if (odd.Count == 0) return Passed($"every picture has the shape {Shape(profile.InputShape)}");
        return Found(Finding($"{Count(odd.Count, "picture")} of {profile.Count.ToString("N0", CultureInfo.InvariantCulture)} {(odd.Count == 1 ? "has" : "have")} another shape than {Shape(profile.InputShape)}", EvidenceClass.Proved) with
        {
            Location = new Location(odd[0].Path),
            Evidence = [.. odd.GroupBy(o => Shape(o.Shape)).OrderByDescending(g => g.Count()).Take(MostListed).Select(g => new Evidence($"pictures of shape {g.Key}", Count(g.Count(), "picture"), $"0 beside {Shape(profile.InputShape)}", "definition"))],
            Notes = [$"they were brought to {Shape(profile.InputShape)}"],
            Fixes = ["choose one size and mode, and crop or pad rather than stretch"],
            Examples = [.. odd.Take(MostListed).Select(o => $"{o.Path}: {Shape(o.Shape)}")],
        });
    }

    static string Shape(IReadOnlyList<int> shape) => string.Join(" x ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)));
}
