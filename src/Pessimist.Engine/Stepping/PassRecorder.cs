using System.Globalization;
using Pessimist.Engine.Watching;
using Pessimist.Engine.Watching.Structure;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Stepping;

/// <summary>Turns a forward pass and its loss into steps, by the operation trace that the probe records, and holds on to the tensors.</summary>
sealed class PassRecorder : Watcher
{
    const int MostOperations = 200_000;
    const long MostMeasured = 1 << 24;

    static readonly Operator _retainGrad = new("aten::retain_grad");

    readonly Session _session = new(new Recording(new Run((_, _) => { })), new ProbeOptions { MostOperations = MostOperations });
    readonly OperationSites _sites;
    readonly Trace _trace;
    readonly Stack<(StepNode Node, ModuleNote? Note)> _open = [];

    // By the address of the tensor: all of them are held, so none is given twice.
    readonly Dictionary<long, SteppedTensor> _known = [];
    readonly HashSet<nint> _storages = [];
    readonly List<SteppedTensor> _all = [];
    readonly List<Tensor> _held = [];
    readonly long _most;
    long _bytes;
    int _count;
    bool _failed;

    /// <param name="most">Bytes of values to keep.</param>
    public PassRecorder(Module network, long most)
    {
        _most = most;
        _sites = new OperationSites(_session);
        _trace = new Trace(_session, _sites, isEvaluation: false, keepsResults: false, MostMeasured);
        _session.Networks.TakeUp(network);
        foreach (var (name, tensor) in network.NamedParameters().Concat(network.NamedBuffers())) Name(tensor, name);
        SeesOperators = true;
    }

    public List<StepNode> Roots { get; } = [];

    /// <summary>What failed in here; the pass went on.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>All tensors seen, those overwritten in place once for each state.</summary>
    public IReadOnlyList<SteppedTensor> Tensors => _all;

    /// <summary>Tensors to dispose of with the pass.</summary>
    public List<Tensor> Held => _held;

    public bool LetGo { get; private set; }

    /// <summary>Says what a tensor is that is there before the pass.</summary>
    public void Name(Tensor tensor, string name)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        _trace.Role(tensor, name);
        if (_known.ContainsKey(tensor.Identity)) return;
        _all.Add(_known[tensor.Identity] = new SteppedTensor { Label = name, Facts = Facts.Measure(tensor, name), Value = tensor, Handle = tensor, Version = tensor.Version });
    }

    protected override void OnFault(Exception fault) => Faults.Add(fault.Message);

    protected override Tensor? OnForward(Module module, Tensor input)
    {
        var note = _open.Count == 0 ? _session.Networks.Outermost(module) : _open.Peek().Note is { } outer ? _session.Networks.Inner(module, outer.Network) : null;
        var node = Add(new StepNode
        {
            Phase = StepPhase.Forward,
            Layer = note?.Path ?? "",
            Name = module.TypeName,
            IsModule = true,
            Parent = Parent,
            Site = module.CreatedAt?.ToString(),
        });
        node.Number = _count + 1;
        node.Inputs = [Look(input)];
        _open.Push((node, note));
        _session.Module = note;
        return null;
    }

    protected override Tensor? OnForwarded(Module module, Tensor input, Tensor output)
    {
        var node = Close();
        node.Outputs = [Look(output)];
        return null;
    }

    protected override void OnForwardFailed(Module module, Tensor input, Exception error)
    {
        var node = Close();
        if (_failed) return;
        // The innermost module says it best, with the line that made it.
        _failed = true;
        (node.Children.LastOrDefault(c => c.Error is not null) ?? node).Error = error.Message;
    }

    protected override void OnOperatorFailed(Operator op, ReadOnlySpan<Value> args, TorchException error)
    {
        var node = Add(new StepNode { Phase = Phase, Layer = Layer, Name = OperatorKind.Of(op).Name, Parent = Parent });
        node.Number = node.Last = ++_count;
        node.Inputs = [.. TensorsOf(args).Select(Look)];
        node.Error = error.Message;
    }

    protected override Tensor? OnOperator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
    {
        var kind = OperatorKind.Of(op);
        _session.Flight.Add(kind, _session.Module, args, results);
        var tensors = TensorsOf(args);
        if (_trace.Add(op, kind, args, results, null) is not { } seen) return null;
        var node = Add(new StepNode { Phase = Phase, Layer = Layer, Name = kind.InPlace ? $"{kind.Name}_" : kind.Name, Parent = Parent, Settings = SettingsOf(seen) });
        node.Number = node.Last = ++_count;
        node.Inputs = [.. tensors.Select((t, i) => _known.GetValueOrDefault(t.Identity) ?? Hold(t, seen.Inputs[i], "constant", mine: false))];
        if (kind.InPlace && _known.TryGetValue(tensors[0].Identity, out var before)) before.HasNoGradient = true;
        var outputs = new SteppedTensor[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            outputs[i] = Hold(results[i], seen.Outputs[i], results.Length == 1 ? $"#{Text(node.Number)}" : $"#{Text(node.Number)}.{Text(i)}", mine: true);
        }

        node.Outputs = outputs;
        return null;
    }

    /// <summary>Asks autograd to leave the gradient at every tensor. Only now, when all that works in place is done: a tensor then is its last
    /// state in every version of libtorch. Autograd computes these anyway, so no number of the pass is changed.</summary>
    public void KeepGradients()
    {
        foreach (var tensor in _all)
        {
            if (tensor is not { HasNoGradient: false, Handle: { IsDisposed: false, IsLeaf: false, RequiresGrad: true } handle }) continue;
            // Through a view of it.
            if (handle.Version != tensor.Version) tensor.HasNoGradient = true;
            else _retainGrad.Run(handle);
        }
    }

    StepPhase Phase => _open.Count > 0 ? StepPhase.Forward : StepPhase.Loss;

    string Layer => _open.Count > 0 ? _open.Peek().Node.Layer : "";

    StepNode? Parent => _open.Count > 0 ? _open.Peek().Node : null;

    StepNode Add(StepNode node)
    {
        (node.Parent?.Children ?? Roots).Add(node);
        return node;
    }

    StepNode Close()
    {
        var (node, _) = _open.Pop();
        node.Last = _count;
        _session.Module = _open.Count > 0 ? _open.Peek().Note : null;
        return node;
    }

    SteppedTensor Look(Tensor tensor)
    {
        if (_known.TryGetValue(tensor.Identity, out var known)) return known;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        return Hold(tensor, Facts.Measure(tensor), "constant", mine: false);
    }

    /// <param name="mine">An operation made it just now: it is taken out of the scope it is in. Others are only looked at.</param>
    SteppedTensor Hold(Tensor tensor, TensorFacts facts, string label, bool mine)
    {
        var fits = Fits(tensor);
        var version = tensor.Version;
        var value = mine ? tensor.Keep() : fits ? tensor.Detach().Keep() : null;
        if (value is not null) _held.Add(value);
        var held = new SteppedTensor { Label = label, Facts = facts, Value = fits ? value : null, Handle = mine ? tensor : null, LetGo = !fits, Version = version };
        _all.Add(held);
        if (mine) _known[tensor.Identity] = held;
        return held;
    }

    /// <summary>Whether the values may be kept: views share theirs.</summary>
    public bool Fits(Tensor tensor)
    {
        if (tensor.DataPointer != 0 && _storages.Contains(tensor.DataPointer)) return true;
        var bytes = tensor.Numel * tensor.DType.Size();
        if (_bytes + bytes > _most)
        {
            LetGo = true;
            return false;
        }

        _bytes += bytes;
        _storages.Add(tensor.DataPointer);
        return true;
    }

    /// <summary>In the order in which the trace records them.</summary>
    static List<Tensor> TensorsOf(ReadOnlySpan<Value> args)
    {
        List<Tensor> tensors = [];
        foreach (ref readonly var arg in args)
            if (arg.TryTensor(out var tensor)) tensors.Add(tensor);
            else if (arg.TryTensors(out var list)) tensors.AddRange(list.OfType<Tensor>());
        tensors.RemoveAll(t => t.IsDisposed);
        return tensors;
    }

    static string SettingsOf(OperationSeen seen)
    {
        var settings = seen.Settings.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key}={s.Value:G4}"));
        return string.Join(' ', seen.Dimension is { } dimension ? settings.Prepend($"dim={Text(dimension)}") : settings);
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
