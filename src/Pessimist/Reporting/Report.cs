using Pessimist.Checks;
using Pessimist.Checks.Settings;
using Pessimist.Diagnosis;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Reporting;

/// <summary>
/// The one result object: everything a person or a script is told about a run. All renderers work from it alone.
/// Its JSON is a promise (<c>schema</c> changes when a field is renamed or removed): see <c>docs/reference/report.schema.json</c>.
/// </summary>
public sealed record Report
{
    public int Schema { get; init; } = 1;
    public required ToolInfo Tool { get; init; }
    public required RunInfo Run { get; init; }
    public required Summary Summary { get; init; }

    /// <summary>Ranked: the first is the cause to mend first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Findings that another one explains.</summary>
    public IReadOnlyList<Finding> Folded { get; init; } = [];

    /// <summary>Findings that the project or the command line puts aside; null when there are none.</summary>
    public IReadOnlyList<IgnoredFinding>? Ignored { get; init; }

    /// <summary>Parts of the report that could not be made, a line each; null when all could.</summary>
    public IReadOnlyList<string>? Faults { get; init; }

    /// <summary>What the project or the command line changes about the checks; null when it is nothing.</summary>
    public SettingsInfo? Settings { get; init; }
    public required IReadOnlyList<CheckResult> Checks { get; init; }
    public required IReadOnlyList<StageResult> Stages { get; init; }
    public required IReadOnlyList<NextStep> Next { get; init; }
    public IReadOnlyList<MetricResult>? Metrics { get; init; }
    public IReadOnlyList<DecomposedTerm>? Decomposition { get; init; }
    public IReadOnlyList<ConfusedPair>? Confused { get; init; }
    public IReadOnlyList<SliceResult>? Slices { get; init; }
    public IReadOnlyList<LabelSuspect>? LabelSuspects { get; init; }
    public CalibrationResult? Calibration { get; init; }
    public IReadOnlyList<BaselineResult>? Baselines { get; init; }
    public StudyResult? Study { get; init; }
    public SingleBatchResult? SingleBatch { get; init; }

    /// <summary>What charts and tables show beyond the results above.</summary>
    public required Details Details { get; init; }

    /// <param name="workingDirectory">Paths are given relative to it.</param>
    public static Report From(Run run, DiagnosisResult diagnosis, string workingDirectory) =>
        new ReportBuilder(run, diagnosis, workingDirectory).Build();
}

public sealed record ToolInfo(string Name, string Version)
{
    public static ToolInfo Current { get; } = new("pessimist", typeof(ToolInfo).Assembly.GetName().Version?.ToString(3) ?? "0.0.0");
}

/// <summary>What was run, on what, and how it ended.</summary>
public sealed record RunInfo
{
    public required string Id { get; init; }
    public required string Command { get; init; }
    public required IReadOnlyList<string> Arguments { get; init; }
    public DateTimeOffset? Time { get; init; }
    public required double Seconds { get; init; }

    /// <summary><c>completed</c>, <c>interrupted</c>, <c>failed</c>, or <c>killed</c> when the run has no last record.</summary>
    public required string Ending { get; init; }
    public string? Message { get; init; }
    public int Seed { get; init; }
    public string Device { get; init; } = "";
    public string? Libtorch { get; init; }
    public string? Blas { get; init; }
    public int Threads { get; init; }

    /// <summary>Version of the tool that recorded the run.</summary>
    public string RecordedBy { get; init; } = "";

    /// <summary>What the watched program returned: 128 and the signal's number when it was killed. Null where no program was run, or nobody knows.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The watched program, and what watching it took; null where no program was watched.</summary>
    public ProgramInfo? Program { get; init; }
}

/// <param name="Framework">E.g. <c>torch 1.13.1</c>.</param>
/// <param name="Steps">Optimizer steps taken; null when the program ended without saying so.</param>
/// <param name="Seconds">That it ran under the probe.</param>
/// <param name="ProbeSeconds">Of these, spent inside of the probe.</param>
/// <param name="Dropped">Records that were left out so as not to slow the program down.</param>
/// <param name="Faults">What failed inside of the probe.</param>
/// <param name="Unobserved">What the probe cannot observe in this program.</param>
public sealed record ProgramInfo(
    string Name, string Language, string Framework, long? Steps, double? Seconds, double? ProbeSeconds, long Dropped, IReadOnlyList<string> Faults, IReadOnlyList<string> Unobserved);

/// <param name="Verdict">The result in one sentence.</param>
public sealed record Summary(int Errors, int Warnings, int Notes, string Verdict, CheckCounts Checks);

/// <summary>How the checks ended; <paramref name="Found"/> includes the folded ones.</summary>
public sealed record CheckCounts(int Total, int Passed, int Found, int Folded, int NotApplicable, int NotEnoughEvidence, int Crashed, int Ignored = 0);

/// <param name="Verdict">passed, found, not-applicable, not-enough-evidence, crashed or ignored.</param>
/// <param name="Why">What the verdict rests on, or what would supply the evidence.</param>
public sealed record CheckResult(string Code, string Name, string Verdict, string Why, string Summary);

/// <param name="Why">Who puts it aside: an option or the project's file.</param>
public sealed record IgnoredFinding(Finding Finding, string Why);

/// <param name="File">The project's file, relative to the working directory; null when only options were given.</param>
/// <param name="Select">The checks to judge; empty for all.</param>
/// <param name="Ignore">The checks whose findings are put aside.</param>
/// <param name="Limits">The limits that are not the defaults.</param>
public sealed record SettingsInfo(string? File, IReadOnlyList<string> Select, IReadOnlyList<string> Ignore, IReadOnlyList<ChangedLimit> Limits);

public sealed record StageResult(int Number, string Name, StageStatus Status, string Summary, IReadOnlyList<string> Evidence, IReadOnlyList<string> Help, double Seconds);

public sealed record NextStep(string Action, string Why, string? Command = null);

/// <param name="Model"><c>start</c> or <c>tuned</c>.</param>
public sealed record MetricResult(string Split, string Metric, double Value, double Low, double High, int N, string Model);

public sealed record DecomposedTerm(string Term, double Value, double Low, double High, TermVerdict Verdict, string Sentence, string Model, string Metric, double? Detectable = null);

public sealed record SliceResult(string Where, int N, double Error, double Low, double High);

public sealed record LabelSuspect(string Example, string Given, string Suggested, double Score);

public sealed record CalibrationResult(double Ece, double Low, double High);

public sealed record BaselineResult(string Name, string Metric, double Value, double Low, double High, string Split);

/// <param name="Trials">How many trials were made; each is in <c>details.trials</c>.</param>
/// <param name="Importance">Share of the variance that each parameter explains; null where it was not measured.</param>
public sealed record StudyResult(string Name, int Trials, int Failed, BestTrial? Best = null, IReadOnlyDictionary<string, double>? Importance = null);

public sealed record BestTrial(int Trial, double Value, IReadOnlyDictionary<string, double> Params);

/// <summary>The single-batch verdict that most seeds agree on, and each seed's run.</summary>
public sealed record SingleBatchResult(SingleBatchVerdict Verdict, IReadOnlyList<SingleBatchRun> Seeds);

/// <param name="Curve">Loss by step, thinned to what a chart can show.</param>
public sealed record SingleBatchRun(
    int Seed, SingleBatchVerdict Verdict, int Steps, double FirstLoss, double LastLoss, double Floor, int BatchSize, string Because, Series Curve, double? FinalError = null);
