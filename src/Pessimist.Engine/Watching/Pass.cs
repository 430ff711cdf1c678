using Pessimist.Engine.Watching.Structure;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>One forward pass of a network, from its call until it is known whether a backward pass goes through it.</summary>
sealed class Pass(Network network)
{
    public Network Network => network;
    public long Step { get; init; }
    public long Turn { get; init; }
    public bool GradientsOn { get; init; }
    public bool Training { get; init; }
    public bool? Trainable { get; init; }
    public long? Examples { get; init; }
    public Site? Site { get; init; }

    /// <summary>To be told by itself, and not only counted.</summary>
    public bool Records { get; init; }

    /// <summary>Its tensors are measured.</summary>
    public bool Measures { get; init; }

    /// <summary>Its batch is looked at.</summary>
    public bool LooksAtBatch { get; init; }

    /// <summary>Which data go where is followed.</summary>
    public bool Follows { get; init; }

    /// <summary>Its number in autograd's graph; -1 when it recorded nothing, or too little is left of it to tell.</summary>
    public long Number => _number ??= GradientsOn && Output is { IsDisposed: false } output ? Graph.NumberOf(output) : -1;

    long? _number;

    /// <summary>What it turned out to be for; unknown until then.</summary>
    public Phase Phase { get; set; }

    /// <summary>Let go of at the end of the turn.</summary>
    public Tensor? Output { get; set; }

    /// <summary>How dropout and batch norm ran, in order.</summary>
    public List<(ModuleNote? Module, bool IsBatchNorm, bool On)>? Modes { get; private set; }
    public BatchObserved? Batch { get; set; }
    public List<ModuleMeasure>? Activations { get; set; }
    public List<Action<Phase>>? WhenKnown { get; set; }

    /// <summary>Only the network itself was looked at, not what ran in it.</summary>
    public bool IsLean { get; init; }

    /// <summary>Equal for passes of one network with the same flags.</summary>
    public int Kind => HashCode.Combine(network.Number, GradientsOn, Training);

    /// <summary>Equal for passes that are alike but for their data. Ask when it has ended.</summary>
    public int Signature => _signature ??= Hash();

    int? _signature;

    int Hash()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        foreach (var (module, norm, on) in Modes ?? []) hash.Add(HashCode.Combine(module?.Id, norm, on));
        return hash.ToHashCode();
    }

    public void Mode(ModuleNote? module, bool isBatchNorm, bool on) => (Modes ??= []).Add((module, isBatchNorm, on));

    public PassObserved ToObservation(Phase phase, long passes) => new()
    {
        Step = Step,
        Model = network.Number,
        Phase = phase,
        GradientsOn = GradientsOn,
        Training = Training,
        Trainable = Trainable,
        DropoutsOn = Paths(norm: false, on: true),
        DropoutsOff = Paths(norm: false, on: false),
        BatchNormsOnBatch = Paths(norm: true, on: true),
        BatchNormsOnRunning = Paths(norm: true, on: false),
        Examples = Examples,
        Passes = passes,
        Site = Site,
    };

    IReadOnlyList<string> Paths(bool norm, bool on) =>
        Modes is null ? [] : [.. Modes.Where(m => m.IsBatchNorm == norm && m.On == on).Select(m => m.Module?.Path ?? "").Distinct(StringComparer.Ordinal)];
}
