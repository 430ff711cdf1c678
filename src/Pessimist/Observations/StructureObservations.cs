namespace Pessimist.Observations;

/// <summary>A module of a watched network.</summary>
public sealed record ModuleBuilt : Observation
{
    /// <summary>Which network of the program, from 0.</summary>
    public int Model { get; init; }

    /// <summary>Path as in <c>state_dict</c>, e.g. <c>body.0</c>; empty for the network itself.</summary>
    public required string Name { get; init; }

    /// <summary>Class, e.g. <c>Linear</c>, <c>Conv2d</c>, <c>BatchNorm1d</c>, <c>Dropout</c>, <c>LSTM</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Numbers given to the constructor, under PyTorch's names: <c>in_features</c>, <c>out_features</c>, <c>kernel_size</c>,
    /// <c>stride</c>, <c>padding</c>, <c>p</c>, <c>num_features</c>, <c>hidden_size</c>; flags as 0 and 1 (<c>bias</c>, <c>batch_first</c>).</summary>
    public IReadOnlyDictionary<string, double> Settings { get; init; } = new Dictionary<string, double>();

    /// <summary>Path of the first name of the same object, when it is used under several.</summary>
    public string? AliasOf { get; init; }

    /// <summary>False for one that was found in a plain list, dictionary or field where the framework does not look: it is not trained, moved or saved.</summary>
    public bool Registered { get; init; } = true;

    /// <summary>Has modules of its own.</summary>
    public bool HasChildren { get; init; }
    public bool Training { get; init; } = true;

    /// <summary>Where it was constructed.</summary>
    public Site? Site { get; init; }
}

/// <summary>An optimizer was constructed, or its parameters changed.</summary>
public sealed record OptimizerBuilt : Observation
{
    /// <summary>Which optimizer of the program, from 0; the next one constructed has the next number.</summary>
    public required int Optimizer { get; init; }

    /// <summary>Class, e.g. <c>Adam</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Optimizer steps that the program had taken by then.</summary>
    public long Step { get; init; }
    public IReadOnlyList<OptimizerGroup> Groups { get; init; } = [];
    public bool Maximize { get; init; }
    public Site? Site { get; init; }
}

/// <param name="Parameters">Names of the parameters, with <c>model/</c> before it for networks other than the first: <c>1/fc.weight</c>.</param>
/// <param name="Strangers">Tensors held that belong to no network that was seen.</param>
public sealed record OptimizerGroup(double LearningRate, IReadOnlyList<string> Parameters, double WeightDecay = 0, double Momentum = 0, int Strangers = 0);

/// <summary>A scheduler of the learning rate was constructed.</summary>
public sealed record SchedulerBuilt : Observation
{
    public required int Scheduler { get; init; }
    public required string Type { get; init; }
    public int? Optimizer { get; init; }

    /// <summary>Steps of the scheduler that a whole schedule takes, e.g. <c>total_steps</c> or <c>T_max</c>; null where it has none.</summary>
    public long? Length { get; init; }
    public Site? Site { get; init; }
}

/// <summary>A source of batches was constructed.</summary>
public sealed record LoaderBuilt : Observation
{
    public required int Loader { get; init; }
    public long? Examples { get; init; }
    public int? BatchSize { get; init; }

    /// <summary>Batches in an epoch.</summary>
    public long? Batches { get; init; }

    /// <summary>Null where a sampler of the program's own decides.</summary>
    public bool? Shuffles { get; init; }
    public bool DropsLast { get; init; }
    public int Workers { get; init; }

    /// <summary>Names of transforms that draw random numbers, as far as they could be found.</summary>
    public IReadOnlyList<string> RandomTransforms { get; init; } = [];
    public Site? Site { get; init; }
}
