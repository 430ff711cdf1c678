namespace Pessimist.Engine.Watching;

/// <summary>How closely a program is watched.</summary>
public sealed record ProbeOptions
{
    /// <summary>Name of the program in its records.</summary>
    public string Program { get; init; } = "";
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Share of the program's time that watching may take once it runs: the probe measures what it takes and samples less often.</summary>
    public double Overhead { get; init; } = 0.03;

    /// <summary>Every move of the loop is recorded for this many steps, then some.</summary>
    public int RecordedSteps { get; init; } = 50;

    /// <summary>Statistics of tensors are measured in this many steps from the first, then at most every <see cref="MeasureEvery"/>.</summary>
    public int MeasuredSteps { get; init; } = 6;

    /// <summary>Steps between two measurements, once the loop is known.</summary>
    public int MeasureEvery { get; init; } = 64;

    /// <summary>Steps whose every operation is recorded.</summary>
    public IReadOnlyList<long> TracedSteps { get; init; } = [0, 1, 100, 1000];

    /// <summary>Every operation of every step from this one on is recorded and checked; the budget does not count then. Null: no such step.</summary>
    public long? TraceFrom { get; init; }

    /// <summary>Gradients are checked in every step from this one on, and the program is stopped where the first NaN or infinity is found.</summary>
    internal long? CheckFrom { get; init; }

    /// <summary>Operations recorded in one traced step; what is more is not.</summary>
    public int MostOperations { get; init; } = 4096;
}
