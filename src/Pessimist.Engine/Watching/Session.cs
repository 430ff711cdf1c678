using Pessimist.Engine.Watching.Lines;
using Pessimist.Engine.Watching.Structure;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>What the parts of a probe share.</summary>
sealed class Session(Recording recording, ProbeOptions options)
{
    public Recording Recording => recording;
    public ProbeOptions Options => options;
    public Sampling Sampling { get; } = new(options);
    public Sites Sites { get; } = new();
    public Networks Networks { get; } = new(recording);
    public FlightRecorder Flight { get; } = new();

    /// <summary>Where libtorch keeps the tensor: the same for two that are one; 0 for a disposed one.</summary>
    public static long IdentityOf(Tensor tensor) => tensor.IsDisposed ? 0 : tensor.Identity;

    /// <summary>Optimizer steps completed.</summary>
    public long Step { get; set; }

    /// <summary>The probe's own time is being counted.</summary>
    public bool IsTimed { get; set; }

    /// <summary>The innermost module that runs; null outside of all.</summary>
    public ModuleNote? Module { get; set; }
}
