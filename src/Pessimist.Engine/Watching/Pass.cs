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
    public long? Examples { get; init; }
    public Site? Site { get; init; }

    /// <summary>To be told by itself, and not only counted.</summary>
    public bool Records { get; init; }

    /// <summary>Its tensors are measured.</summary>
    public bool Measures { get; init; }

    /// <summary>Its number in autograd's graph; -1 when it recorded nothing.</summary>
    public long Number { get; set; } = -1;

    /// <summary>What it turned out to be for; unknown until then.</summary>
    public Phase Phase { get; set; }

    /// <summary>Let go of as soon as the phase is known.</summary>
    public Tensor? Output { get; set; }

    /// <summary>How dropout and batch norm ran, in order.</summary>
    public List<(ModuleNote? Module, bool IsBatchNorm, bool On)> Modes { get; } = [];
    public BatchObserved? Batch { get; set; }
    public List<ModuleMeasure>? Activations { get; set; }
    public List<Action<Phase>>? WhenKnown { get; set; }

    /// <summary>Equal for passes that are alike but for their data.</summary>
    public int Signature
    {
        get
        {
            var hash = new HashCode();
            hash.Add(network.Number);
            hash.Add(GradientsOn);
            hash.Add(Training);
            foreach (var (module, norm, on) in Modes) hash.Add(HashCode.Combine(module?.Id, norm, on));
            return hash.ToHashCode();
        }
    }

    public PassObserved ToObservation(Phase phase, long passes) => new()
    {
        Step = Step,
        Model = network.Number,
        Phase = phase,
        GradientsOn = GradientsOn,
        Training = Training,
        DropoutsOn = Paths(norm: false, on: true),
        DropoutsOff = Paths(norm: false, on: false),
        BatchNormsOnBatch = Paths(norm: true, on: true),
        BatchNormsOnRunning = Paths(norm: true, on: false),
        Examples = Examples,
        Passes = passes,
        Site = Site,
    };

    IReadOnlyList<string> Paths(bool norm, bool on) =>
        [.. Modes.Where(m => m.IsBatchNorm == norm && m.On == on).Select(m => m.Module?.Path ?? "").Distinct(StringComparer.Ordinal)];
}
