namespace Pessimist.Checks.Settings;

/// <summary>The limits that the project sets for one check, by limit name.</summary>
public sealed class CheckLimits(IReadOnlyDictionary<string, double> values)
{
    public static CheckLimits Defaults { get; } = new(new Dictionary<string, double>());

    /// <summary>The check's limits: the defaults, and what the project sets in their place.</summary>
    /// <typeparam name="T">The check's <c>Limits</c> record.</typeparam>
    public T Of<T>() where T : class, new() => Limit.Apply<T>(values);
}
