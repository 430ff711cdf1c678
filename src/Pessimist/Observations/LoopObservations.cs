using System.Text.Json.Serialization;

namespace Pessimist.Observations;

public enum LoopAction { ZeroGrad, Backward, OptimizerStep, SchedulerStep, Train, Eval, Epoch }

/// <summary>One move of the training loop, in the order in which the program makes them. The cheap tier: every one is recorded while the
/// loop is new; later the sampled ones are.</summary>
public sealed record LoopEvent : Observation
{
    public required LoopAction Action { get; init; }

    /// <summary>Optimizer steps completed so far, over all optimizers.</summary>
    public required long Step { get; init; }

    /// <summary>Number of the optimizer, scheduler or network that it is about; null for backward, and where it is not known.</summary>
    public int? Subject { get; init; }

    /// <summary>Of the optimizer's first group: after a scheduler's step, at an optimizer's step.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Value that backward starts from.</summary>
    public double? Loss { get; init; }

    /// <summary>2-norm of all gradients held before backward: 0 when they were cleared. Null where it was not measured.</summary>
    public double? GradientBefore { get; init; }

    /// <summary>2-norm of all gradients after backward, before an optimizer's step.</summary>
    public double? Gradient { get; init; }

    /// <summary>Of a clearing: there was a backward pass since the last step, and nobody had read its gradients or changed a parameter since. Null where nobody
    /// looked, or there was nothing to clear.</summary>
    public bool? Discarded { get; init; }

    /// <summary>Backward was told to keep the graph, or the optimizer step was skipped (e.g. by a gradient scaler).</summary>
    public bool Retained { get; init; }
    public bool Skipped { get; init; }

    /// <summary>Gradients were clipped since backward: the norm they were clipped to, and the norm before.</summary>
    public double? ClippedTo { get; init; }
    public double? ClippedFrom { get; init; }
    public Site? Site { get; init; }
}

/// <summary>
/// The losses of steps whose moves were not recorded: the values that backward started from, step after step, in order with the moves that were. Only
/// of loops with one backward pass a step.
/// </summary>
public sealed record LossesFollowed : Observation
{
    /// <summary>Of the first value; each further value is of the step after.</summary>
    public required long Step { get; init; }
    public required IReadOnlyList<double> Values { get; init; }

    /// <summary>Where backward is called.</summary>
    public Site? Site { get; init; }
}

/// <summary>A batch that went into a network.</summary>
public sealed record BatchObserved : Observation
{
    public required long Step { get; init; }
    public Phase Phase { get; init; }

    /// <summary>Number of the loader; null when the batch did not come from one that was seen.</summary>
    public int? Loader { get; init; }

    /// <summary>Epoch of the loader and position in it, from 0.</summary>
    public int? Epoch { get; init; }
    public long? Index { get; init; }
    public required IReadOnlyList<TensorFacts> Inputs { get; init; }
    public TensorFacts? Target { get; init; }

    /// <summary>Examples of each class, when the target holds class ids.</summary>
    public IReadOnlyDictionary<string, long> Labels { get; init; } = new Dictionary<string, long>();

    /// <summary>Classes in the order of the batch, at most the first 256; -1 is not a class.</summary>
    public IReadOnlyList<long> LabelOrder { get; init; } = [];

    /// <summary>A hash of each example of the first input, at most the first 256, in the order of the batch.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Mean and standard deviation of each channel (dimension 1 of [N, C, …]) or column (of [N, D], D at most 256).</summary>
    public IReadOnlyList<double> ChannelMeans { get; init; } = [];
    public IReadOnlyList<double> ChannelStds { get; init; } = [];

    /// <summary>Where the target stands among the inputs; null where it does not, or was not looked for.</summary>
    public TargetMatch? TargetMatch { get; init; }

    /// <summary>
    /// Numbers of the first examples of the first input, one list for each: the input itself where it has at most 32 numbers, else 32 fixed weighted
    /// sums of them (<see cref="Columns"/> tells). Only of the first training batches, and only where each example has one answer.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double>> Values { get; init; } = [];

    /// <summary>The target of each of <see cref="Values"/>.</summary>
    public IReadOnlyList<double> Answers { get; init; } = [];

    /// <summary>Numbers that an example of the first input has.</summary>
    public long? Columns { get; init; }
    public Site? Site { get; init; }
}

/// <summary>The target of a batch is found, value by value, in one of its inputs.</summary>
public sealed record TargetMatch
{
    /// <summary>Number of the input.</summary>
    public required int Input { get; init; }

    /// <summary>For ids [N, T] whose targets are ids too: the target of each position is the id so many positions further on; 0 for the id that stands there itself.</summary>
    public int? Ahead { get; init; }

    /// <summary>The dimension along which it is ahead.</summary>
    public int? Dimension { get; init; }

    /// <summary>For one target an example: elements of the flattened example that are the target in every example (or, for class ids, tell it along a straight line); at most the first 8.</summary>
    public IReadOnlyList<long> Elements { get; init; } = [];
}

/// <summary>A call of a loss: the framework's own, or, as <c>custom</c>, what a backward pass started from.</summary>
public sealed record LossObserved : Observation
{
    public required long Step { get; init; }
    public Phase Phase { get; init; }

    /// <summary><c>cross-entropy</c>, <c>nll</c>, <c>bce</c>, <c>bce-with-logits</c>, <c>kl-div</c>, <c>mse</c>, <c>l1</c>, <c>smooth-l1</c>,
    /// <c>huber</c>, <c>gaussian-nll</c>, <c>ctc</c> …, or <c>custom</c>.</summary>
    [JsonPropertyName("loss")] // On the wire, kind tells records apart.
    public required string Kind { get; init; }

    /// <summary><c>mean</c>, <c>sum</c> or <c>none</c>.</summary>
    public string Reduction { get; init; } = "mean";

    /// <summary>The prediction; null for a custom loss whose parts were not recognized.</summary>
    public TensorFacts? Input { get; init; }
    public TensorFacts? Target { get; init; }
    public required double Value { get; init; }

    /// <summary>A gradient flows from the value to at least one parameter; null where it was not looked at.</summary>
    public bool? ReachesParameters { get; init; }

    /// <summary>Label smoothing, class weights and the like: then the value at the start and the floor are others.</summary>
    public double LabelSmoothing { get; init; }
    public bool Weighted { get; init; }

    /// <summary>Class id that does not count, as PyTorch's <c>ignore_index</c>.</summary>
    public long? IgnoreIndex { get; init; }

    /// <summary>What the values of <see cref="Input"/> look like; null where not measured.</summary>
    public PredictionFacts? Prediction { get; init; }

    /// <summary>The operation that made <see cref="Input"/>, e.g. <c>softmax</c>, <c>linear</c>, and where; views are looked through.</summary>
    public string? MadeBy { get; init; }
    public Site? MadeAt { get; init; }

    /// <summary>Module that made it, by path.</summary>
    public string? MadeIn { get; init; }
    public Site? Site { get; init; }
}

/// <summary>What the values of a prediction [N, K, …] look like. Shares are 0 to 1, with a tolerance of 1e-3 on sums.</summary>
/// <param name="RowsSumToOne">Share of rows along the class dimension (1) that are nonnegative and sum to 1; 0 when K is 1.</param>
/// <param name="ColumnsSumToOne">Share of columns along the batch (dimension 0) that are nonnegative and sum to 1; 0 when N is 1.</param>
/// <param name="Nonnegative">Share of elements that are at least 0.</param>
/// <param name="InUnitInterval">Share of elements in [0, 1].</param>
/// <param name="RowsLogSumToOne">Share of rows whose exponentials sum to 1: log-probabilities.</param>
/// <param name="Constant">Share of rows equal to the first row: 1 means that the input does not matter.</param>
public sealed record PredictionFacts(
    double RowsSumToOne, double ColumnsSumToOne, double Nonnegative, double InUnitInterval, double RowsLogSumToOne, double Constant = 0);

/// <summary>A forward pass of a network, told once it is known whether a backward pass follows. All while the loop is new, sampled later,
/// and each that differs from the one before it of its phase.</summary>
public sealed record PassObserved : Observation
{
    public required long Step { get; init; }
    public int Model { get; init; }
    public required Phase Phase { get; init; }

    /// <summary>Gradients were recorded.</summary>
    public bool GradientsOn { get; init; }

    /// <summary>Flag of the network itself.</summary>
    public bool Training { get; init; }

    /// <summary>A parameter of the network required a gradient; null where it was not looked at.</summary>
    public bool? Trainable { get; init; }

    /// <summary>Paths of dropout modules (p &gt; 0), by the mode they ran in; functional dropout under the module that called it.</summary>
    public IReadOnlyList<string> DropoutsOn { get; init; } = [];
    public IReadOnlyList<string> DropoutsOff { get; init; } = [];

    /// <summary>Paths of batch-norm modules that used the statistics of the batch, and of those that used the running ones.</summary>
    public IReadOnlyList<string> BatchNormsOnBatch { get; init; } = [];
    public IReadOnlyList<string> BatchNormsOnRunning { get; init; } = [];

    /// <summary>Examples in the batch (dimension 0 of the first input).</summary>
    public long? Examples { get; init; }

    /// <summary>How many passes in a row this record stands for.</summary>
    public long Passes { get; init; } = 1;

    /// <summary>Where the network was called.</summary>
    public Site? Site { get; init; }
}
