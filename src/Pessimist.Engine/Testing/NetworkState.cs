using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Testing;

/// <summary>A network as it was: weights, buffers, gradients, what asks for a gradient, modes, and the random numbers. Disposing puts it back.</summary>
sealed class NetworkState : IDisposable
{
    readonly Module _network;
    readonly (Tensor Tensor, Tensor Value, Tensor? Gradient, bool RequiresGrad)[] _tensors;
    readonly (Module Module, bool Training)[] _modes;
    readonly byte[] _random = Rng.GetState();

    public NetworkState(Module network)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        _network = network;
        _tensors = [.. network.NamedParameters().Concat(network.NamedBuffers()).Select(n => n.Item2)
            .Select(t => (t, t.Detach().Clone().Keep(), t.HasGrad ? t.Grad!.Detach().Clone().Keep() : null, t.RequiresGrad))];
        _modes = [.. network.NamedModules().Select(m => (m.Module, m.Module.Training))];
    }

    public void Restore()
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        foreach (var type in _tensors.Where(t => t.Value.DType.IsFloatingPoint() && t.Tensor.DType != t.Value.DType).Select(t => t.Value.DType).Distinct().ToArray())
            _network.To(type);
        foreach (var (tensor, value, gradient, requires) in _tensors)
        {
            tensor.CopyInPlace(value);
            if (tensor.IsLeaf && tensor.DType.IsFloatingPoint()) tensor.RequiresGrad = requires;
            tensor.Grad = gradient?.Clone();
        }

        // Parents come first, and set those below them.
        foreach (var (module, training) in _modes)
            if (module.Training != training) module.Training = training;
    }

    public void Dispose()
    {
        Restore();
        Rng.SetState(_random);
        foreach (var (_, value, gradient, _) in _tensors)
        {
            value.Dispose();
            gradient?.Dispose();
        }
    }
}
