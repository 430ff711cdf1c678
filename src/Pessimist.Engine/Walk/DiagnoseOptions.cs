using Pessimist.Checks.Settings;
using Pessimist.Data;
using Pessimist.Data.Inputs;
using Pessimist.Data.Sequences;

namespace Pessimist.Engine.Walk;

/// <summary>
/// What was asked of the walk, already parsed and checked for range. Null means "not given": the walk chooses, and says what it assumed.
/// How results are shown is not part of it.
/// </summary>
public sealed record DiagnoseOptions
{
    /// <summary>The data set as the user named it: a file or a folder.</summary>
    public required string Data { get; init; }

    /// <summary>Several inputs, matched example by example; empty where <see cref="Data"/> is the only one.</summary>
    public IReadOnlyList<NamedInput> Inputs { get; init; } = [];

    /// <summary>The column by which several inputs are matched; null for their order.</summary>
    public string? InputId { get; init; }

    /// <summary>The data as they are written on a command line.</summary>
    public string DataWords => Inputs.Count == 0 ? Data : string.Join(" ", Inputs.Select(i => $"--input {i}").Concat(InputId is null ? [] : [$"--id {InputId}"]));

    /// <summary>Target columns; empty when the data carry their labels themselves (IDX, folders of images).</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The columns that join the rows of a long table to sequences; null where each row is an example.</summary>
    public SequenceColumns? Sequences { get; init; }

    /// <summary>What the examples of an array are; null decides by shape and type.</summary>
    public ArrayForm? As { get; init; }

    public TaskKind? Task { get; init; }

    /// <summary>Name of the one metric to improve; checked by the walk, since it depends on the task.</summary>
    public string? Metric { get; init; }

    /// <summary>Target error: a share from 0 to 1 for classes, in units of the metric for numbers.</summary>
    public double? Goal { get; init; }

    /// <summary>Error of a person on this task, as <see cref="Goal"/>; stands in for the irreducible error.</summary>
    public double? Human { get; init; }

    /// <summary>A separate test set, in the same form as <see cref="Data"/>.</summary>
    public string? Test { get; init; }

    public SplitPlan Split { get; init; } = new();

    public ModelChoice Model { get; init; }

    /// <summary>A safetensors file with weights of torchvision's ResNet-18, 34 or 50 to start from; null starts from random weights.</summary>
    public string? Weights { get; init; }

    /// <summary>Learning rate, above 0.</summary>
    public double? LearningRate { get; init; }

    /// <summary>At least 1.</summary>
    public int? Epochs { get; init; }

    /// <summary>At least 1.</summary>
    public int? BatchSize { get; init; }

    /// <summary>At least 0.</summary>
    public double? WeightDecay { get; init; }

    public InitChoice Init { get; init; } = new(InitKind.Default);

    /// <summary>Factor on the loss before the backward pass: 1 descends, -1 climbs. Finite, and not 0.</summary>
    public double LossSign { get; init; } = 1;

    /// <summary>False feeds the inputs as they are.</summary>
    public bool Normalize { get; init; } = true;

    /// <summary>False leaves the tuning stage out.</summary>
    public bool Tune { get; init; } = true;

    /// <summary>Time for the whole walk, above zero; the tuning stage shrinks first.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>At least 0.</summary>
    public int Seed { get; init; } = DefaultSeed;

    /// <summary><c>cpu</c>, <c>cuda</c>, <c>cuda:N</c>, or <c>auto</c> for CUDA where libtorch has it.</summary>
    public string Device { get; init; } = "auto";

    /// <summary>Which checks are judged, and with which limits.</summary>
    public CheckSettings Checks { get; init; } = CheckSettings.Default;

    /// <summary>Where run folders are kept.</summary>
    public string RunsFolder { get; init; } = DefaultRunsFolder;

    /// <summary>Where the weights of trained networks are kept, best and last, as safetensors; null keeps none.</summary>
    public string? WeightsFolder { get; init; }

    /// <summary>The command line, word by word, as it goes into the run's first record.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public const int DefaultSeed = 42;

    public static string DefaultRunsFolder { get; } = Path.Combine(".pessimist", "runs");
}

/// <summary>The network to start from; automatic follows the shape of the input.</summary>
public enum ModelChoice { Auto, Mlp, LeNet, Linear, ResNet20, ResNet18, ResNet34, ResNet50, Lstm, Tcn, WaveNet, Transformer }

/// <summary>How the first weights are drawn.</summary>
public enum InitKind { Default, Zeros, Constant, Normal, HeNormal, HeUniform, GlorotNormal, GlorotUniform }

/// <param name="Value">The constant, or the standard deviation of the normal distribution; null for every other kind.</param>
public sealed record InitChoice(InitKind Kind, double? Value = null)
{
    /// <summary>As it is written on the command line, e.g. <c>normal:0.1</c>.</summary>
    public override string ToString()
    {
        var name = Kind switch
        {
            InitKind.HeNormal => "he-normal",
            InitKind.HeUniform => "he-uniform",
            InitKind.GlorotNormal => "glorot-normal",
            InitKind.GlorotUniform => "glorot-uniform",
            _ => Kind.ToString().ToLowerInvariant(),
        };
        return Value is { } value ? FormattableString.Invariant($"{name}:{value}") : name;
    }
}
