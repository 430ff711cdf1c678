using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>Numbers the tensors of a trace. libtorch gives addresses to new tensors when old ones are gone; a number is given once.</summary>
sealed class TensorIds
{
    readonly Dictionary<long, (long Id, Tensor Handle)> _known = [];
    long _last;

    /// <summary>The number of a tensor that is used; a new one when it was never seen.</summary>
    public long Of(Tensor tensor)
    {
        var address = tensor.Identity;
        if (_known.TryGetValue(address, out var known) && (ReferenceEquals(known.Handle, tensor) || !known.Handle.IsDisposed)) return known.Id;
        return Give(address, tensor);
    }

    /// <summary>The number of a tensor that an operator returned.</summary>
    /// <param name="inputs">What it was given: it may have returned one of these.</param>
    public long OfResult(Tensor tensor, IReadOnlyList<(Tensor Tensor, long Id)> inputs)
    {
        var address = tensor.Identity;
        foreach (var (input, id) in inputs)
            if (!input.IsDisposed && input.Identity == address)
            {
                _known[address] = (id, tensor);
                return id;
            }

        return Give(address, tensor);
    }

    long Give(long address, Tensor tensor)
    {
        _known[address] = (++_last, tensor);
        return _last;
    }
}
