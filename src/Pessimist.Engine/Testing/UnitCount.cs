using Pessimist.Engine.Watching;
using Pessimist.Engine.Watching.Structure;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Testing;

/// <summary>Counts rectified units that stay at 0, wherever they are computed: in a layer of their own or in a formula.</summary>
sealed class UnitCount : Watcher
{
    /// <summary>Examples in one pass.</summary>
    const int Together = 256;

    /// <summary>Passes; a unit is seen by its last sixteen at least.</summary>
    const int MostPasses = 16;

    readonly Module _root;
    readonly Network _network;
    readonly Activations _activations = new();
    readonly Dictionary<Module, string> _paths = new(ReferenceEqualityComparer.Instance);
    readonly Stack<Module> _running = new();
    readonly Dictionary<string, ModuleMeasure> _layers = [];
    Exception? _fault;

    public UnitCount(Module root)
    {
        (_root, _network) = (root, new Network(0, root));
        foreach (var (name, module) in root.NamedModules()) _paths[module] = name;
        SeesOperators = true;
    }

    public IEnumerable<(string Name, int Units, int Dead)> Layers => _layers.Select(l => (l.Key, l.Value.Units, l.Value.NeverActive!.Value));

    public void Run(Tensor inputs)
    {
        using var noGrad = Autograd.NoGrad();
        using var lease = Watch(this);
        var count = Math.Min(inputs.Size(0), (long)Together * MostPasses);
        for (long start = 0; start < count; start += Together)
        {
            using var scope = Scope.New();
            _root.Forward(inputs.Narrow(0, start, Math.Min(Together, count - start)));
        }

        if (_fault is not null) throw new TorchException($"the units could not be counted: {_fault.Message}", _fault);
    }

    protected override Tensor? OnForward(Module module, Tensor input)
    {
        _running.Push(module);
        return null;
    }

    protected override Tensor? OnForwarded(Module module, Tensor input, Tensor output)
    {
        _running.TryPop(out _);
        return null;
    }

    protected override void OnForwardFailed(Module module, Tensor input, Exception error) => _running.TryPop(out _);

    protected override Tensor? OnOperator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
    {
        var kind = OperatorKind.Of(op);
        _activations.Follow(kind);
        if (!kind.IsRectifier || results.Length == 0) return null;
        var module = _running.TryPeek(out var running) ? running : _root;
        var path = _paths.GetValueOrDefault(module, "");
        if (_activations.Measure(_network, path, kind.Name, kind, results[0]) is { NeverActive: not null } measure)
            _layers[module.NamedChildren().Any() || path.Length == 0 ? $"{(path.Length == 0 ? module.GetType().Name : path)} ({kind.Name})" : path] = measure;
        return null;
    }

    protected override void OnFault(Exception fault) => _fault ??= fault;
}
