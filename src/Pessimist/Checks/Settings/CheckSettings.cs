using System.IO.Enumeration;

namespace Pessimist.Checks.Settings;

/// <summary>What a project and a command line set about the checks.</summary>
public sealed record CheckSettings
{
    public static CheckSettings Default { get; } = new();

    /// <summary>The project's file as the user would write its path; null when there is none.</summary>
    public string? File { get; init; }

    /// <summary>Full path of the folder of the file, from which <see cref="PerFile"/> counts.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Full path of the folder from which the paths of findings count.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>The checks to judge; empty for all.</summary>
    public IReadOnlyList<Selector> Select { get; init; } = [];

    /// <summary>The checks whose findings are put aside.</summary>
    public IReadOnlyList<Selector> Ignore { get; init; } = [];

    public IReadOnlyList<FileIgnore> PerFile { get; init; } = [];

    /// <summary>The level from which on findings are a failure; null when the project says nothing.</summary>
    public FailOn? FailOn { get; init; }

    /// <summary>Values in place of the defaults: by name of the check, then by name of the limit.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Limits { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, double>>();

    public CheckLimits LimitsOf(CheckInfo check) => Limits.TryGetValue(check.Name, out var values) ? new CheckLimits(values) : CheckLimits.Defaults;

    /// <summary>Null when the check takes part. The more precise word holds; of two equally precise ones the one that ignores.</summary>
    public Exclusion? ExclusionOf(CheckInfo check)
    {
        var selected = Select.Count == 0 ? 0 : Precision(Best(Select, check));
        if (selected < 0) return new Exclusion(false, $"not selected by {string.Join(", ", Select.Select(s => s.Source).Distinct())} {string.Join(",", Select.Select(s => s.Text))}");
        var ignored = Best(Ignore, check);
        return Precision(ignored) >= selected && ignored is not null ? new Exclusion(true, $"ignored by {ignored.Source} {ignored.Text}") : null;
    }

    /// <summary>The same for a finding about one file.</summary>
    public Exclusion? ExclusionOf(CheckInfo check, string file)
    {
        if (PerFile.Count == 0 || file.Contains('\0', StringComparison.Ordinal)) return null;
        var path = Path.GetRelativePath(Folder, Path.GetFullPath(file, WorkingDirectory)).Replace('\\', '/');
        return PerFile.Where(p => FileSystemName.MatchesSimpleExpression(p.Glob, path, ignoreCase: false))
            .SelectMany(p => p.Ignore.Where(s => s.Names(check)).Select(s => new Exclusion(true, $"ignored by {s.Source} {s.Text} for {p.Glob}")))
            .FirstOrDefault();
    }

    /// <summary>The limits that differ from their defaults, in the order of the catalogue.</summary>
    public IReadOnlyList<ChangedLimit> ChangedLimits() =>
    [
        .. Catalog.Infos.Where(i => Limits.ContainsKey(i.Name)).SelectMany(i => Catalog.LimitsOf(i)
            .Where(l => Limits[i.Name].TryGetValue(l.Name, out var value) && value != l.Default)
            .Select(l => new ChangedLimit(i.Name, l.Name, Limits[i.Name][l.Name], l.Default))),
    ];

    static Selector? Best(IReadOnlyList<Selector> selectors, CheckInfo check) => selectors.Where(s => s.Names(check)).MaxBy(s => s.Precision);

    static int Precision(Selector? selector) => selector?.Precision ?? -1;
}
