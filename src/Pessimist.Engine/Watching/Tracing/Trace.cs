using Pessimist.Engine.Watching.Lines;
using Pessimist.Engine.Watching.Structure;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>Every operation of one turn, held until it is known what its forward passes are for.</summary>
/// <param name="keepsResults">Remember what was made, to see later whether it is still there.</param>
/// <param name="mostMeasured">Elements above which a tensor is not measured: while a program trains, that would cost too much.</param>
sealed class Trace(Session session, OperationSites sites, bool isEvaluation, bool keepsResults, long mostMeasured = 1 << 20)
{
    const int MostBefore = 1024;

    readonly TensorIds _ids = new();
    readonly Dictionary<long, TensorFacts> _facts = [];
    readonly Dictionary<long, string> _roles = [];
    readonly List<(OperationSeen Operation, Pass? Pass)> _operations = [];
    int _index;
    readonly List<(WeakReference<Tensor> Result, string Operation, long Bytes, Site? Site)> _results = [];

    public bool IsEvaluation => isEvaluation;

    /// <summary>Forward passes that began while it was recorded.</summary>
    public List<Pass> Passes { get; } = [];

    public bool IsFull => _operations.Count >= session.Options.MostOperations;

    /// <summary>The first operation that made a NaN or infinity out of finite inputs.</summary>
    public OperationSeen? NonFinite { get; private set; }

    /// <summary>Says what a tensor is, such as <c>input 0</c>.</summary>
    public void Role(Tensor tensor, string role)
    {
        if (tensor.IsDisposed) return;
        var id = _ids.Of(tensor);
        _roles.TryAdd(id, role);
        if (_facts.TryGetValue(id, out var known)) _facts[id] = known with { Role = _roles[id] };
    }

    /// <returns>What was recorded; null for what is no operation of the graph, and once the trace is full.</returns>
    public OperationSeen? Add(Operator op, OperatorKind kind, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results, Pass? pass)
    {
        if (IsFull || kind.IsBookkeeping || kind.IsUnwritten) return null;
        // What was done before the first batch may be long, and its end is what matters.
        if (Passes.Count == 0 && _operations.Count >= MostBefore) _operations.RemoveRange(0, MostBefore / 2);
        var gradients = Autograd.IsEnabled;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        List<(Tensor Tensor, long Id)> inputs = [];
        foreach (ref readonly var arg in args)
        {
            if (arg.TryTensor(out var tensor)) AddInput(tensor);
            else if (arg.TryTensors(out var list))
                foreach (var item in list)
                    if (item is not null)
                        AddInput(item);
        }

        var settings = OperatorArguments.SettingsOf(op, args);
        if (Wrapping.Share(kind, inputs, settings, results) is { } wrapped) settings = new Dictionary<string, double>(settings) { ["wrapped"] = wrapped };
        // An in-place operation has changed its first input by now; what is known of it is how it was.
        TensorFacts[] before = [.. inputs.Select(i => Look(i.Tensor, i.Id))];
        List<TensorFacts> outputs = [];
        foreach (var result in results)
        {
            var id = _ids.OfResult(result, inputs);
            _facts.Remove(id);
            outputs.Add(Look(result, id));
        }

        var operation = new OperationSeen
        {
            Step = session.Step,
            Index = _index++,
            Operation = kind.Name,
            InPlace = kind.InPlace,
            Module = session.Module?.FullPath,
            GradientsOn = gradients,
            Inputs = before,
            Outputs = outputs,
            Dimension = OperatorArguments.DimensionOf(op, args),
            Settings = settings,
            Site = sites.Learn(),
        };
        _operations.Add((operation, pass));
        if (keepsResults)
            foreach (var result in results)
                _results.Add((new(result), kind.Name, result.Numel * result.DType.Size(), operation.Site));
        if (NonFinite is null && before.All(f => f.NonFinite is null or 0) && outputs.Exists(f => f.NonFinite > 0)) NonFinite = operation;
        return operation;

        void AddInput(Tensor tensor)
        {
            if (tensor.IsDisposed) return;
            inputs.Add((tensor, _ids.Of(tensor)));
        }
    }

    /// <summary>Gradients were asked for, and are values like others.</summary>
    public void Gradient(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> gradients, Pass? pass)
    {
        if (IsFull) return;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        _operations.Add((new OperationSeen
        {
            Step = session.Step,
            Index = _index++,
            Operation = "grad",
            Module = session.Module?.FullPath,
            Inputs = [.. outputs.Concat(inputs).Where(t => !t.IsDisposed).Select(t => Look(t, _ids.Of(t)))],
            Outputs = [.. gradients.OfType<Tensor>().Select(t => Look(t, _ids.OfResult(t, [])))],
            Site = CallStack.Find(),
        }, pass));
    }

    /// <summary>A number was read out of a tensor.</summary>
    public void Item(Tensor tensor, Pass? pass)
    {
        if (IsFull || tensor.IsDisposed) return;
        using var scope = Scope.New();
        _operations.Add((new OperationSeen
        {
            Step = session.Step,
            Index = _index++,
            Operation = "item",
            Module = session.Module?.FullPath,
            GradientsOn = Autograd.IsEnabled,
            Inputs = [Look(tensor, _ids.Of(tensor))],
            Site = CallStack.Find(),
        }, pass));
    }

    /// <summary>What was made here and is still alive.</summary>
    public IReadOnlyList<MemoryHolder> Alive() =>
    [
        .. _results.Where(r => r.Result.TryGetTarget(out var tensor) && !tensor.IsDisposed).GroupBy(r => (r.Operation, r.Site))
            .Select(g => new MemoryHolder($"results of {g.Key.Operation}", g.Count(), g.Sum(r => r.Bytes), g.Key.Site)).OrderByDescending(h => h.Bytes).Take(8),
    ];

    /// <summary>What belongs to no pass, such as what prepares the first batch, belongs to the one that follows.</summary>
    public void Tell()
    {
        var next = Passes.Count > 0 ? Passes[0] : null;
        foreach (var (operation, pass) in _operations)
            session.Recording.Add(operation with { Phase = (pass ?? next)?.Phase ?? Phase.Unknown });
    }

    TensorFacts Look(Tensor tensor, long id)
    {
        var role = session.Networks.Find(tensor) is { } parameter ? $"parameter {parameter.FullName}" : _roles.GetValueOrDefault(id);
        if (_facts.TryGetValue(id, out var known)) return known.Role == role ? known : _facts[id] = known with { Role = role };
        return _facts[id] = tensor.Numel <= mostMeasured ? Facts.Measure(tensor, role, id) : Facts.Outline(tensor, role, id);
    }
}
