using System.Globalization;

namespace Pessimist.Engine.Python.Trials;

/// <summary>
/// The state of a working directory that trials may change. Each of them gets a fresh copy of it, which is gone after the trial. What is big and looks like
/// data, version control and virtual environments are in the copy as links; the probe makes a copy of what a program is about to write through a link.
/// </summary>
public sealed class TrialFolder : IDisposable
{
    /// <summary>What a copy may hold beside links.</summary>
    public const long MostBytes = 100_000_000;

    public const int MostFiles = 5000;

    /// <summary>Files of this size are links, unless they hold what a program makes.</summary>
    const long BigBytes = 4 << 20;

    /// <summary>A folder of so many files, all of them data, is one link.</summary>
    const int ManyFiles = 200;

    const int MostVisited = 100_000;

    /// <summary>Folders above the working directory whose other entries a copy has too, as links: for paths such as <c>../data</c>.</summary>
    const int Levels = 3;

    const int MostSiblings = 1000;

    static readonly HashSet<string> s_byReference = new(StringComparer.Ordinal) { ".git", ".hg", ".svn", "node_modules", ".venv", "venv" };

    static readonly HashSet<string> s_leftOut = new(StringComparer.Ordinal) { ".pessimist" };

    /// <summary>What programs write at one time and read at another.</summary>
    static readonly HashSet<string> s_state = new(StringComparer.OrdinalIgnoreCase)
    {
        ".pt", ".pth", ".ckpt", ".safetensors", ".bin", ".h5", ".hdf5", ".keras", ".onnx", ".pkl", ".pickle", ".joblib", ".db", ".sqlite", ".sqlite3", ".log", ".lock",
    };

    static readonly HashSet<string> s_data = new(StringComparer.OrdinalIgnoreCase)
    {
        "", ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".wav", ".flac", ".mp3", ".ogg", ".mp4", ".avi", ".npy", ".npz", ".csv", ".tsv", ".txt", ".json",
        ".jsonl", ".xml", ".parquet", ".arrow", ".mat", ".dcm", ".nii", ".gz", ".zip", ".tar",
    };

    enum Kind
    {
        Folder,
        File,
        Link,
        Reference,
    }

    /// <param name="Path">Below the working directory.</param>
    sealed record Entry(string Path, Kind Kind, long Bytes = 0);

    readonly List<Entry> _entries = [];
    string _source;
    string? _kept;
    int _visited;

    TrialFolder(string folder) => (Original, _source) = (folder, folder);

    /// <summary>The working directory itself.</summary>
    public string Original { get; }

    /// <summary>Why there can be no copies of it; null when there can.</summary>
    public string? Obstacle { get; private set; }

    public int Files => _entries.Count(e => e.Kind == Kind.File);
    public long Bytes => _entries.Sum(e => e.Bytes);
    public int References => _entries.Count(e => e.Kind == Kind.Reference);

    /// <summary>For people, e.g. <c>12 files, 3.4 MB; 2 big ones by reference</c>.</summary>
    public string Words => string.Create(CultureInfo.InvariantCulture,
        $"{Files} {(Files == 1 ? "file" : "files")}, {(Bytes < 1e5 ? $"{Math.Ceiling(Bytes / 1e3):0} kB" : $"{Bytes / 1e6:0.0} MB")}{(References > 0 ? $"; what is big, {References} in number, by reference" : "")}");

    /// <summary>Looks at a folder, and reads nothing but names and sizes.</summary>
    public static TrialFolder Of(string folder)
    {
        var state = new TrialFolder(Path.GetFullPath(folder));
        try
        {
            state.Visit("");
            if (state._visited > MostVisited) state.Obstacle = FormattableString.Invariant($"more than {MostVisited} files are in it");
            else if (state.Files > MostFiles) state.Obstacle = FormattableString.Invariant($"a copy would hold {state.Files} files; at most {MostFiles} are copied");
            else if (state.Bytes > MostBytes) state.Obstacle = FormattableString.Invariant($"a copy would hold {state.Bytes / 1e6:0} MB; at most {MostBytes / 1e6:0} MB are copied");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            state.Obstacle = e.Message.TrimEnd('.');
        }

        return state;
    }

    /// <summary>No copies: trials run in the folder itself.</summary>
    public static TrialFolder Uncopied(string folder, string why) => new(Path.GetFullPath(folder)) { Obstacle = why };

    /// <summary>Later copies are of what the folder holds now, whatever happens to it.</summary>
    public void Keep()
    {
        if (Obstacle is not null || _kept is not null) return;
        try
        {
            _kept = Directory.CreateTempSubdirectory("pessimist-kept-").FullName;
            Fill(_kept);
            _source = _kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Obstacle = $"the copy fails: {e.Message.TrimEnd('.')}";
        }
    }

    /// <summary>A fresh copy, or the folder itself where there can be none.</summary>
    /// <exception cref="PessimistException">There is no room for it.</exception>
    internal TrialCopy Copy()
    {
        if (Obstacle is not null) return new TrialCopy(Original, null);
        string? root = null;
        try
        {
            root = Directory.CreateTempSubdirectory("pessimist-copy-").FullName;
            var copy = root + Original.TrimEnd(Path.DirectorySeparatorChar);
            Directory.CreateDirectory(copy);
            Fill(copy);
            LinkSiblings(root);
            return new TrialCopy(copy, root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (root is not null) TrialCopy.Delete(root);
            throw new PessimistException($"the working directory cannot be copied for a trial: {e.Message.TrimEnd('.')}", "make room in the folder for temporary files, or name another with TMPDIR", e);
        }
    }

    public void Dispose()
    {
        if (_kept is not null) TrialCopy.Delete(_kept);
        _kept = null;
    }

    /// <returns>Whether there are many files, all of them data.</returns>
    (int Files, bool IsData) Visit(string path)
    {
        var files = 0;
        var isData = true;
        foreach (var info in new DirectoryInfo(Path.Combine(Original, path)).EnumerateFileSystemInfos())
        {
            if (++_visited > MostVisited) return (files, false);
            var own = Path.Combine(path, info.Name);
            if (info.LinkTarget is not null)
            {
                _entries.Add(new Entry(own, Kind.Link));
            }
            else if (info is DirectoryInfo folder)
            {
                if (s_leftOut.Contains(info.Name)) continue;
                if (s_byReference.Contains(info.Name) || IsEnvironment(folder) || !IsReadable(folder))
                {
                    _entries.Add(new Entry(own, Kind.Reference));
                    continue;
                }

                var at = _entries.Count;
                _entries.Add(new Entry(own, Kind.Folder));
                var inside = Visit(own);
                files += inside.Files;
                isData &= inside.IsData;
                if (inside is not { Files: > ManyFiles, IsData: true }) continue;
                _entries.RemoveRange(at, _entries.Count - at);
                _entries.Add(new Entry(own, Kind.Reference));
            }
            else
            {
                files++;
                var bytes = ((FileInfo)info).Length;
                isData &= s_data.Contains(info.Extension);
                _entries.Add(bytes > BigBytes && !s_state.Contains(info.Extension) ? new Entry(own, Kind.Reference) : new Entry(own, Kind.File, bytes));
            }
        }

        return (files, isData);
    }

    static bool IsEnvironment(DirectoryInfo folder) => File.Exists(Path.Combine(folder.FullName, "pyvenv.cfg")) || Directory.Exists(Path.Combine(folder.FullName, "conda-meta"));

    static bool IsReadable(DirectoryInfo folder)
    {
        try
        {
            using var entries = folder.EnumerateFileSystemInfos().GetEnumerator();
            entries.MoveNext();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    void Fill(string copy)
    {
        foreach (var entry in _entries)
        {
            var (from, to) = (Path.Combine(_source, entry.Path), Path.Combine(copy, entry.Path));
            switch (entry.Kind)
            {
                case Kind.Folder:
                    Directory.CreateDirectory(to);
                    break;
                case Kind.Link:
                    if (new FileInfo(from).LinkTarget is { } target) File.CreateSymbolicLink(to, Within(target, entry.Path, copy));
                    break;
                case Kind.Reference:
                    File.CreateSymbolicLink(to, Path.Combine(Original, entry.Path));
                    break;
                // A pipe or a socket, which has no length either, would be waited for.
                case Kind.File when entry.Bytes == 0:
                    File.Create(to).Dispose();
                    break;
                default:
                    CopyFile(from, to, Path.Combine(Original, entry.Path));
                    break;
            }
        }
    }

    static void CopyFile(string from, string to, string original)
    {
        try
        {
            File.Copy(from, to);
        }
        catch (FileNotFoundException)
        {
            // It is gone since the look.
        }
        catch (UnauthorizedAccessException)
        {
            // As unreadable for the program as it is for us.
            File.CreateSymbolicLink(to, original);
        }
    }

    /// <summary>Where a link leads in the copy: inside of the folder to the copy, else to where it did.</summary>
    string Within(string target, string link, string copy)
    {
        var full = Path.GetFullPath(target, Path.GetDirectoryName(Path.Combine(Original, link))!);
        var isInside = full.StartsWith(Original + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (!Path.IsPathRooted(target)) return isInside ? target : full;
        return isInside && copy != _kept ? copy + full[Original.Length..] : full;
    }

    void LinkSiblings(string root)
    {
        var own = Original;
        for (var level = 0; level < Levels && Path.GetDirectoryName(own) is { } parent; level++, own = parent)
        {
            string[] siblings;
            try
            {
                siblings = [.. Directory.EnumerateFileSystemEntries(parent).Where(e => e != own && e != root).Take(MostSiblings + 1)];
            }
            catch (UnauthorizedAccessException)
            {
                continue;
            }

            if (siblings.Length > MostSiblings) continue;
            foreach (var sibling in siblings) File.CreateSymbolicLink(root + sibling, sibling);
        }
    }
}
