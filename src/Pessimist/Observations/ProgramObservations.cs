namespace Pessimist.Observations;

/// <summary>What an observation about a program is measured in: training (a backward pass follows), evaluation (none does), or not known yet.</summary>
public enum Phase { Unknown, Train, Evaluate }

/// <summary>A line of the watched program: never one of the framework or of the probe.</summary>
/// <param name="File">As the program knows it; absolute, or relative to its working directory.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1; null where the language does not tell.</param>
public sealed record Site(string File, int Line, string? Function = null, int? Column = null);

/// <summary>A tensor as it was seen. Statistics are over finite elements, in float64, and null where they were not measured.</summary>
public sealed record TensorFacts
{
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>PyTorch's name: <c>float32</c>, <c>int64</c>, <c>uint8</c>, <c>bool</c> …</summary>
    public required string DType { get; init; }

    /// <summary>Null for the processor, else e.g. <c>cuda:0</c>.</summary>
    public string? Device { get; init; }

    /// <summary>Tells tensors of one traced step apart: an output with this number is the input with this number. Null outside of a trace.</summary>
    public long? Id { get; init; }
    public bool RequiresGrad { get; init; }

    /// <summary>False when an operation with gradients made it, in this step or an earlier one; null where it was not looked at.</summary>
    public bool? Leaf { get; init; }

    /// <summary>The parameter, buffer or batch that it is: <c>parameter fc1.weight</c>, <c>input 0</c>, <c>target</c>; null for all else.</summary>
    public string? Role { get; init; }
    public double? Min { get; init; }
    public double? Max { get; init; }
    public double? Mean { get; init; }
    public double? Std { get; init; }

    /// <summary>Number of NaN and infinite elements.</summary>
    public long? NonFinite { get; init; }

    /// <summary>Share of zeros, 0 to 1.</summary>
    public double? Zeros { get; init; }

    /// <summary>Share of whole numbers, 0 to 1.</summary>
    public double? Whole { get; init; }

    /// <summary>Hash of the contents.</summary>
    public string? Hash { get; init; }

    /// <summary>Number of elements; 1 for a scalar.</summary>
    public long Count()
    {
        long count = 1;
        foreach (var size in Shape) count *= size;
        return count;
    }
}

/// <summary>A watched program begins: follows <see cref="RunStarted"/>.</summary>
public sealed record ProgramStarted : Observation
{
    /// <summary>Path of the script, or the name of the entry point.</summary>
    public required string Program { get; init; }

    /// <summary><c>python</c> or <c>csharp</c>.</summary>
    public required string Language { get; init; }

    /// <summary>E.g. <c>torch 1.13.1</c>.</summary>
    public string Framework { get; init; } = "";
    public IReadOnlyList<string> Arguments { get; init; } = [];
    public int Rank { get; init; }
    public int WorldSize { get; init; } = 1;

    /// <summary>What this probe cannot observe here, a line each; a check that needs it says so.</summary>
    public IReadOnlyList<string> Unobserved { get; init; } = [];
}

/// <summary>A watched program ended, and what watching it took.</summary>
public sealed record ProgramEnded : Observation
{
    public int ExitCode { get; init; }

    /// <summary>Optimizer steps taken.</summary>
    public long Steps { get; init; }
    public double Seconds { get; init; }

    /// <summary>Seconds spent inside of the probe.</summary>
    public double ProbeSeconds { get; init; }

    /// <summary>Records that were not sent, so as not to slow the program down.</summary>
    public long Dropped { get; init; }

    /// <summary>What failed inside of the probe, a line each.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

/// <summary>The program raised an exception that it did not catch, or that ended a step.</summary>
public sealed record ExceptionRaised : Observation
{
    public required string Type { get; init; }
    public required string Message { get; init; }
    public long Step { get; init; }
    public Phase Phase { get; init; }

    /// <summary>The operation that failed, as the framework names it, e.g. <c>linear</c>; null when it was none.</summary>
    public string? Operation { get; init; }

    /// <summary>Path of the innermost module that was running.</summary>
    public string? Module { get; init; }

    /// <summary>What the operation was given.</summary>
    public IReadOnlyList<TensorFacts> Inputs { get; init; } = [];

    /// <summary>The program's own frames, the innermost first.</summary>
    public IReadOnlyList<Site> Stack { get; init; } = [];
}

/// <summary>A metric as the program computes or reports it.</summary>
public sealed record MetricReported : Observation
{
    public required string Name { get; init; }
    public required double Value { get; init; }
    public long Step { get; init; }
    public int? Epoch { get; init; }

    /// <summary><c>train</c>, <c>validation</c>, <c>test</c>; null when the program does not say.</summary>
    public string? Split { get; init; }

    /// <summary>What was counted, e.g. right answers, where the probe saw the division.</summary>
    public double? Counted { get; init; }

    /// <summary>What it was divided by.</summary>
    public double? DividedBy { get; init; }

    /// <summary>How many examples were really evaluated, and in how many batches.</summary>
    public long? Examples { get; init; }
    public long? Batches { get; init; }

    /// <summary>The source in which it is reported has nothing of percent: 1 is the most that a share can be.</summary>
    public bool IsShare { get; init; }

    /// <summary>Lines of that source which divide right answers by something: where to look, no proof.</summary>
    public IReadOnlyList<Site> Divisions { get; init; } = [];
    public Site? Site { get; init; }
}

/// <summary>Memory at the end of a step.</summary>
public sealed record MemoryMeasured : Observation
{
    public required long Step { get; init; }

    /// <summary>Bytes of the process that lie in memory.</summary>
    public long Resident { get; init; }

    /// <summary>Bytes allocated on the accelerator, and the most so far; null without one.</summary>
    public long? Allocated { get; init; }
    public long? Peak { get; init; }

    /// <summary>Bytes that the machine or the accelerator has.</summary>
    public long? Capacity { get; init; }

    /// <summary>Tensors alive, and bytes in them; null where nobody counts.</summary>
    public long? Tensors { get; init; }
    public long? TensorBytes { get; init; }

    /// <summary>What grew most since the first measurement, e.g. tensors made at a line.</summary>
    public IReadOnlyList<MemoryHolder> Holders { get; init; } = [];
}

/// <param name="What">E.g. <c>losses with their graphs in list total</c>.</param>
public sealed record MemoryHolder(string What, long Count, long Bytes, Site? Site = null);

/// <summary>Where the time of some steps went, in seconds a step.</summary>
public sealed record StepTimed : Observation
{
    public required long Step { get; init; }

    /// <summary>Steps that the numbers are the mean of.</summary>
    public int Steps { get; init; } = 1;

    /// <summary>Waiting for the next batch.</summary>
    public double Waiting { get; init; }

    /// <summary>From the batch to the end of the optimizer step.</summary>
    public double Computing { get; init; }

    /// <summary>Share of the time that the accelerator worked, 0 to 1; null without one or where nobody measures.</summary>
    public double? Busy { get; init; }
}
