using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>A network as somebody wrote it: to be run, or its recorded outputs.</summary>
public abstract class Implementation(string name) : IDisposable
{
    /// <summary>As the user named it.</summary>
    public string Name { get; } = name;

    /// <summary>What it is, in words.</summary>
    public abstract string Kind { get; }

    /// <summary>Parameters and buffers by PyTorch's names; empty where they are not known.</summary>
    public abstract IReadOnlyDictionary<string, Tensor> Weights { get; }

    /// <summary>The input it was recorded with; null for one that can be run with any.</summary>
    public virtual Tensor? RecordedInput => null;

    /// <summary>False where only what was recorded is known.</summary>
    public abstract bool CanRun { get; }

    /// <summary>Shape of one example it is usually seen with; null where it is not known.</summary>
    public virtual IReadOnlyList<int>? TypicalShape => null;

    /// <summary>The outputs of all layers in the order in which they end, the network itself last.</summary>
    /// <param name="input">Ignored by recordings.</param>
    public abstract IReadOnlyList<LayerCall> Run(Tensor? input);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
