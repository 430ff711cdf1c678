using System.Text;
using Pessimist.Checks;

namespace Pessimist.Reporting;

/// <summary>
/// Reads the lines that findings point at. Only small regular files below the working directory are read, none through a link, and none that
/// changed after the run: its lines would no longer be those that ran. Whatever is in the way, there is no excerpt and no failure.
/// </summary>
/// <param name="until">When the run ended; null when that is not known.</param>
sealed class SourceReader(string workingDirectory, DateTimeOffset? until)
{
    const int MaxBytes = 1 << 20;
    const int MaxFiles = 64;
    const int MaxLineLength = 400;
    const int Around = 2;

    readonly Dictionary<string, string[]?> _files = new(StringComparer.Ordinal);

    public Location WithExcerpt(Location location)
    {
        if (location.Line is not { } line || location.Excerpt is not null) return location;
        if (Lines(location.File) is not { } lines || line < 1 || line > lines.Length) return location;
        int first = Math.Max(1, line - Around), last = Math.Min(lines.Length, line + Around);
        return location with { Excerpt = new Excerpt(first, [.. lines[(first - 1)..last].Select(l => l.Length <= MaxLineLength ? l : l[..MaxLineLength] + "…")]) };
    }

    string[]? Lines(string file)
    {
        if (_files.TryGetValue(file, out var known)) return known;
        return _files.Count >= MaxFiles ? null : _files[file] = Read(file);
    }

    string[]? Read(string file)
    {
        try
        {
            var root = Path.GetFullPath(workingDirectory);
            var path = Path.GetFullPath(file, root);
            if (!path.StartsWith(Path.TrimEndingDirectorySeparator(root) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
            var info = new FileInfo(path);
            // Pipes and devices have no length; opening one could wait for ever.
            if (!info.Exists || info.Length is 0 or > MaxBytes || info.LastWriteTimeUtc > until?.UtcDateTime || IsLinked(info, root)) return null;
            var text = Encoding.UTF8.GetString(File.ReadAllBytes(path));
            return text.Contains('\0', StringComparison.Ordinal) ? null : text.TrimStart('\ufeff').ReplaceLineEndings("\n").Split('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or System.Security.SecurityException)
        {
            return null;
        }
    }

    static bool IsLinked(FileInfo file, string root)
    {
        if (file.LinkTarget is not null) return true;
        for (var folder = file.Directory; folder is not null && folder.FullName.Length > Path.TrimEndingDirectorySeparator(root).Length; folder = folder.Parent)
            if (folder.LinkTarget is not null) return true;
        return false;
    }
}
