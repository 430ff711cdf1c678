namespace Pessimist.Corpus;

/// <summary>Limits are tuned on one half; the other half is only looked at for the table in docs/accuracy.md.</summary>
public enum Half { Tune, Report }

/// <summary>A training program as a user would write it: it knows nothing of being watched. With what must and must not be found in it.</summary>
public sealed record CorpusProgram
{
    /// <summary>Lower-case words joined by hyphens, unique.</summary>
    public required string Name { get; init; }

    /// <summary>One line: architecture, task, and what is odd or wrong about it.</summary>
    public required string About { get; init; }

    public required Half Half { get; init; }

    /// <summary>Trains once, from its own seed, in a few seconds on one core; throws what a user's program would throw.</summary>
    public required Action Run { get; init; }

    /// <summary>Codes of the cause; one of them must rank first. Empty for a healthy program: then no error and no warning may be found.</summary>
    public IReadOnlyList<string> Cause { get; init; } = [];

    /// <summary>Codes that are true of it as well, and do not count as false alarms; why, in a comment beside them.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    /// <summary>A sick program as it is (false) or mended (true); returns an error or a loss, lower is better. Null for a healthy one.</summary>
    public Func<bool, double>? Train { get; init; }

    /// <summary>The fault does no measurable harm: it is a note, or nothing else shows. Then it has no symptom.</summary>
    public bool Harmless { get; init; }

    public bool IsHealthy => Cause.Count == 0;
}
