namespace Pessimist.Torch.Nn;

/// <summary>Keeps the gradient of the loss with respect to every module's output, to be read after backward. No graph is changed
/// and no number of the step: autograd keeps what it computes anyway.</summary>
public sealed class OutputGradients : IDisposable
{
    static readonly Operator _retainGrad = new("aten::retain_grad");

    readonly List<(string Name, Module Module, Tensor Output)> _outputs = [];
    readonly List<IDisposable> _hooks = [];

    OutputGradients() { }

    /// <summary>Watches every module in <paramref name="network"/> without children, or all with <paramref name="leavesOnly"/> false.</summary>
    public static OutputGradients Of(Module network, bool leavesOnly = true)
    {
        ArgumentNullException.ThrowIfNull(network);
        var watch = new OutputGradients();
        foreach (var (name, module) in network.NamedModules())
            if (!leavesOnly || !module.NamedChildren().Any())
                watch._hooks.Add(module.AfterForward((m, _, output) => watch.Retain(name, m, output)));
        return watch;
    }

    void Retain(string name, Module module, Tensor output)
    {
        if (!output.RequiresGrad)
            return;
        _retainGrad.Run(output);
        _outputs.Add((name, module, output));
    }

    /// <summary>What backward left for the outputs since the last call, in the order of the forward; belongs to the scope at hand.
    /// Call it before the scope of the forward ends.</summary>
    public IReadOnlyList<(string Name, Module Module, Tensor Gradient)> Read()
    {
        var found = _outputs.Select(o => (o.Name, o.Module, Gradient: o.Output.IsDisposed ? null : o.Output.Grad))
            .Where(o => o.Gradient is not null).Select(o => (o.Name, o.Module, o.Gradient!)).ToArray();
        _outputs.Clear();
        return found;
    }

    public void Dispose()
    {
        _hooks.ForEach(h => h.Dispose());
        _hooks.Clear();
        _outputs.Clear();
    }
}
