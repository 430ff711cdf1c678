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

    /// <summary>The run with this ID, the only one that begins with it, the newest for <c>latest</c>, or the one at a path: its folder, wherever that is,
    /// or its <c>observations.jsonl</c>.</summary>
    /// <exception cref="PessimistException">No run fits, or several do.</exception>
    public RunEntry Find(string idOrPrefix)
    {
        ArgumentNullException.ThrowIfNull(idOrPrefix);
        var runs = List();
        if (runs.FirstOrDefault(r => r.Id == idOrPrefix) is { } exact) return exact;
        if (AtPath(idOrPrefix) is { } elsewhere) return elsewhere;
        if (runs.Count == 0)
            throw new PessimistException($"no runs are recorded under {Folder}", "run `pessimist diagnose DATA --target COLUMN` first, change to the directory of the run, or give the path of its folder");
        if (idOrPrefix == Latest) return runs[^1];

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

    /// <summary>Null for what can only be an ID.</summary>
    static RunEntry? AtPath(string path)
    {
        var isPath = path.AsSpan().IndexOfAny(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) >= 0 || path is "." or "..";
        if (Path.GetFileName(path) == RunFolder.ObservationsFile && File.Exists(path)) return Entry(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (File.Exists(Path.Combine(path, RunFolder.ObservationsFile))) return Entry(Path.GetFullPath(path));
        if (!isPath) return null;
        throw new PessimistException(
            Directory.Exists(path) ? $"the folder {path} holds no run: there is no {RunFolder.ObservationsFile} in it"
            : File.Exists(path) ? $"{path} is not the folder of a run, nor its {RunFolder.ObservationsFile}"
            : $"there is no folder {path}",
            $"give the folder that holds {RunFolder.ObservationsFile}, or the ID of a run under .pessimist/runs");

        static RunEntry Entry(string folder) => new(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), Path.TrimEndingDirectorySeparator(folder));
    }
}
