using Pessimist.Data;
using Pessimist.Data.Profiling;

namespace Pessimist.Checks.Data;

/// <summary>PES125 unreadable-example</summary>
public sealed class UnreadableExample() : DataCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES125",
        Name = "unreadable-example",
        Level = Level.Error,
        Summary = "files cannot be decoded",
        Docs = """
            ## Why it matters
            A file that cannot be read is an example less, and often the sign of a broken download. It was left out here; a training script would crash
            on it, hours later.

            A file whose content is of another format than its extension says was read all the same: a note.

            ## When it is a false alarm
            The file is no example: move it out of the folder.

            ## What to do
            Fetch the file again, or remove it.
            """,
    };

    protected override Verdict Judge(DataProfile profile)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var (bad, renamed) = (profile.Unreadable, profile.WrongExtensions);
        if (bad.Count == 0 && renamed.Count == 0) return profile.Kind == DataKind.Images ? Passed("every file was read") : Passed("every row was read");
        var shown = bad.Count > 0 ? bad : renamed;
        return Found(Finding(
            bad.Count > 0 ? $"{Count(bad.Count, "file")} cannot be read: {shown[0].Reason}" : $"{Count(renamed.Count, "file")} {(renamed.Count == 1 ? "holds" : "hold")} another format than the extension says",
            EvidenceClass.Proved, bad.Count > 0 ? Level.Error : Level.Note) with
        {
            Location = new Location(shown[0].Path),
            Evidence = [.. shown.Take(MostListed).Select(u => new Evidence(u.Path, u.Reason, "readable", "definition"))],
            Notes =
            [
                .. bad.Count > 0 ? [$"left out; {Count(profile.Count, "example")} were read"] : Array.Empty<string>(),
                .. bad.Count > 0 && renamed.Count > 0 ? [$"{Count(renamed.Count, "more file")} {(renamed.Count == 1 ? "has" : "have")} a wrong extension, as {renamed[0].Path}"] : Array.Empty<string>(),
            ],
            Fixes = [bad.Count > 0 ? "fetch these files again, or remove them" : "rename these files: other programs go by the extension"],
            Examples = [.. shown.Take(MostListed).Select(u => u.Path)],
        });
    }
}
