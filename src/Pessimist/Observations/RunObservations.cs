namespace Pessimist.Observations;

/// <summary>What was asked, and on what: the first record of every run.</summary>
public sealed record RunStarted : Observation
{
    /// <summary>Version of the record formats; readers ignore kinds and fields they do not know.</summary>
    public int Schema { get; init; } = 1;
    public required string Id { get; init; }
    public required string ToolVersion { get; init; }
    public required string Command { get; init; }
    public IReadOnlyList<string> Arguments { get; init; } = [];
    public DateTimeOffset Time { get; init; }
    public int Seed { get; init; }
    public string Device { get; init; } = "cpu";
    public string? Libtorch { get; init; }
    public string? Blas { get; init; }
    public int Threads { get; init; }
}

/// <summary>How the run ended: the last record, absent when the process was killed.</summary>
public sealed record RunEnded : Observation
{
    public required RunEnding Ending { get; init; }
    public string? Message { get; init; }

    /// <summary>What a watched program returned, as a shell tells it: 128 and the signal's number when it was killed. Null where there was none.</summary>
    public int? ExitCode { get; init; }
}

public enum RunEnding { Completed, Interrupted, Failed }

public enum StageStatus { Passed, Failed, Skipped, NotEnoughEvidence }

/// <summary>One stage of the playbook, finished: what it showed and what to do about it.</summary>
public sealed record StageFinished : Observation
{
    /// <summary>Position in the walk, from 1.</summary>
    public required int Number { get; init; }
    public required string Name { get; init; }
    public required StageStatus Status { get; init; }

    /// <summary>One line: the result, lower-case, no full stop.</summary>
    public required string Summary { get; init; }

    /// <summary>Facts behind the summary, a line each.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>What to do, a line each; empty when there is nothing to do.</summary>
    public IReadOnlyList<string> Help { get; init; } = [];
    public double Seconds { get; init; }
}

/// <summary>What to do next, the most useful first.</summary>
public sealed record NextAction : Observation
{
    /// <summary>The action, e.g. <c>collect more training data</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The measurement that speaks for it.</summary>
    public required string Why { get; init; }

    /// <summary>The command that does it, when there is one.</summary>
    public string? Command { get; init; }
}

/// <summary>
/// A kind had more records than a run keeps: of the later ones some were left out. Told whenever fewer are kept from here on, and at
/// the end.
/// </summary>
public sealed record RecordsThinned : Observation
{
    /// <summary>The kind of record.</summary>
    public required string Of { get; init; }

    /// <summary>Records that came so far.</summary>
    public required long Seen { get; init; }

    /// <summary>Records that were kept so far.</summary>
    public required long Kept { get; init; }

    /// <summary>From here on about one step (or record, for kinds without steps) of so many is kept.</summary>
    public required long Distance { get; init; }
}
