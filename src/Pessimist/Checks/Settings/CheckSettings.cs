namespace Pessimist.Checks.Settings;

/// <summary>What a project or a command line sets about the checks.</summary>
public sealed record CheckSettings
{
    public static CheckSettings Default { get; } = new();

    /// <summary>Values in place of the defaults: by name of the check, then by name of the limit.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Limits { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, double>>();

    public CheckLimits LimitsOf(CheckInfo check) => Limits.TryGetValue(check.Name, out var values) ? new CheckLimits(values) : CheckLimits.Defaults;
}
