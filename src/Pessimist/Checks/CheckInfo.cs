namespace Pessimist.Checks;

/// <summary>How bad a finding is at most. Only proved or confirmed findings may be errors.</summary>
public enum Level { Note, Warning, Error }

/// <summary>How a finding is known: by contradiction, by undoing the cause, or by a statistic.</summary>
public enum EvidenceClass { Suspected, Confirmed, Proved }

/// <summary>Where a limit comes from.</summary>
public enum Origin { Definition, Theory, Published, Calibrated, Convention }

/// <summary>Origin of a limit, written beside its default.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OriginAttribute(Origin origin, string? source = null) : Attribute
{
    public Origin Origin { get; } = origin;

    /// <summary>Paper, equation or corpus that the value comes from.</summary>
    public string? Source { get; } = source;
}

/// <summary>What a check is: permanent code, name that reads after "allow", severity and documentation.</summary>
public sealed record CheckInfo
{
    public required string Code { get; init; }
    public required string Name { get; init; }
    public required Level Level { get; init; }

    /// <summary>One line, a fact, lower-case, no full stop.</summary>
    public required string Summary { get; init; }

    /// <summary>Codes of consequences that are folded under this finding when both are found.</summary>
    public IReadOnlyList<string> Explains { get; init; } = [];

    /// <summary>Says that something is wrong and not why: a suspected cause is told before it.</summary>
    public bool IsSymptom { get; init; }

    /// <summary>Markdown: why it matters, when it is a false alarm, what to do.</summary>
    public required string Docs { get; init; }
    public string Since { get; init; } = "0.1";
}
