using Pessimist.Checks.SingleBatch;

namespace Pessimist.Checks;

/// <summary>Every check, one line each, sorted by code.</summary>
public static class Catalog
{
    static readonly (CheckInfo Info, Func<Check> Create)[] s_entries =
    [
        (WorseThanBaseline.About, () => new WorseThanBaseline(new())),
    ];

    public static IReadOnlyList<CheckInfo> Infos { get; } = [.. s_entries.Select(e => e.Info)];

    /// <summary>Fresh instances, for one run.</summary>
    public static IReadOnlyList<Check> Create() => [.. s_entries.Select(e => e.Create())];

    /// <summary>By code (PES904) or name (single-batch-plateaus), ignoring case.</summary>
    public static CheckInfo? Find(string nameOrCode) =>
        Infos.FirstOrDefault(i => i.Code.Equals(nameOrCode, StringComparison.OrdinalIgnoreCase) || i.Name.Equals(nameOrCode, StringComparison.OrdinalIgnoreCase));
}
