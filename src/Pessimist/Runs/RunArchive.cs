using Pessimist.Text;

namespace Pessimist.Runs;

/// <summary>A recorded run, not yet read.</summary>
public sealed record RunEntry(string Id, string Path)
{
    public string ObservationsPath => System.IO.Path.Combine(Path, RunFolder.ObservationsFile);
}

/// <summary>The runs recorded under one working directory.</summary>
public sealed class RunArchive(string workingDirectory)
{
    /// <summary>The word that stands for the newest run.</summary>
    public const string Latest = "latest";

    const int StampLength = 15;

    /// <summary>The folder that holds the runs.</summary>
    public string Folder { get; private init; } = RunFolder.RunsUnder(workingDirectory);

    /// <summary>The runs of any folder.</summary>
    public static RunArchive In(string runs) => new("") { Folder = Path.GetFullPath(runs) };

    /// <summary>Every run, the oldest first.</summary>
    public IReadOnlyList<RunEntry> List()
    {
        var runs = new DirectoryInfo(Folder);
        try
        {
            if (!runs.Exists) return [];
            return
            [
                .. runs.EnumerateDirectories()
                    .Where(d => File.Exists(Path.Combine(d.FullName, RunFolder.ObservationsFile)))
                    // Two runs of the same second differ by random digits only.
                    .OrderBy(d => d.Name.Length > StampLength ? d.Name[..StampLength] : d.Name, StringComparer.Ordinal)
                    .ThenBy(d => d.CreationTimeUtc)
                    .ThenBy(d => d.Name, StringComparer.Ordinal)
                    .Select(d => new RunEntry(d.Name, d.FullName)),
            ];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PessimistException($"the runs in {runs.FullName} cannot be listed: {e.Message}", "check the permissions of the folder", e);
        }
    }

    /// <summary>The run with this ID, the only one that begins with it, or the newest for <c>latest</c>.</summary>
    /// <exception cref="PessimistException">No run fits, or several do.</exception>
    public RunEntry Find(string idOrPrefix)
    {
        var runs = List();
        if (runs.Count == 0)
            throw new PessimistException($"no runs are recorded under {Folder}", "run `pessimist diagnose DATA --target COLUMN` first, or change to the directory of the run");
        if (idOrPrefix == Latest) return runs[^1];
        if (runs.FirstOrDefault(r => r.Id == idOrPrefix) is { } exact) return exact;

        var found = idOrPrefix.Length == 0 ? [] : runs.Where(r => r.Id.StartsWith(idOrPrefix, StringComparison.OrdinalIgnoreCase)).ToArray();
        return found switch
        {
            [var only] => only,
            [] => throw new PessimistException(
                $"no run has the ID '{idOrPrefix}'{DidYouMean.Suffix(idOrPrefix, runs.Select(r => r.Id).Append(Latest))}",
                $"the newest runs are {DidYouMean.List(runs.Reverse().Select(r => r.Id), 5)}"),
            _ => throw new PessimistException(
                $"{found.Length} runs begin with '{idOrPrefix}': {DidYouMean.List(found.Reverse().Select(r => r.Id), 5)}", "give more of the ID"),
        };
    }
}
