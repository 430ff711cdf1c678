using System.Diagnostics;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Replay;

/// <summary>
/// Lets a program run up to its second training step, recording the first, hands the recording over while everything is still alive, and stops the
/// program. The optimizer does not move during the recording, so that the step begins where the program began.
/// </summary>
#pragma warning disable CA1001 // The recording is disposed of when it has been handed over.
sealed class StepRecorder : Watcher
#pragma warning restore CA1001
{
    /// <summary>What optimizers do, which is recorded as their step.</summary>
    static readonly HashSet<string> s_steps = new(StringComparer.Ordinal) { "pessimist::adam_", "pessimist::sgd_", "pessimist::rmsprop_", "pessimist::zero_grad" };

    const int MostMoves = 50_000;
    const int MostBackwards = 256;

    readonly int _seedOffset;
    readonly Action<Recording> _recorded;
    readonly Recording _recording = new();
    readonly Dictionary<Tensor, int> _made = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Tensor, int> _externals = new(ReferenceEqualityComparer.Instance);
    readonly Dictionary<Module, string> _paths = new(ReferenceEqualityComparer.Instance);
    readonly Stack<string> _modules = new();
    readonly CutRows _cutFrom = new();
    readonly List<Optimizer> _optimizers = [];
    readonly HashSet<Optimizer> _stepped = [];
    int _next;
    int _unnamed;
    int _backwards;
    Tensor? _inputs;
    bool _recordingNow;
    bool _done;
    bool _inside;

    /// <param name="seedOffset">Added to every seed that the program sets.</param>
    /// <param name="recorded">Called on the program's stack.</param>
    public StepRecorder(int seedOffset, Action<Recording> recorded)
    {
        (_seedOffset, _recorded) = (seedOffset, recorded);
        SeesOperators = true;
    }

    /// <summary>Why nothing was recorded; null when it was.</summary>
    public string? Failure { get; private set; } = "the program ended without a training step";

    protected override long? OnSeed(long seed) => seed + _seedOffset;

    protected override void OnOptimizer(Optimizer optimizer) => _optimizers.Add(optimizer);

    protected override Tensor? OnForward(Module module, Tensor input)
    {
        // A program that catches everything must stop all the same.
        if (_done) throw new StopProgramException();
        if (_modules.Count == 0)
        {
            if (Autograd.IsEnabled && module.Parameters().Any(p => p.RequiresGrad || IsHeld(p))) BeginOrEnd();
            if (_recordingNow && !_recording.Networks.Contains(module))
            {
                Keep(module);
                _recording.Input ??= SourceOf(input);
                _inputs ??= _cutFrom.Of(input);
            }
        }

        _modules.Push(PathOf(module));
        return null;
    }

    protected override Batch? OnBatch(Loader loader, Batch batch, int epoch, int index)
    {
        if (!_recordingNow && !_done) (_recording.Data, _recording.Targets, _recording.Loader) = (loader.Data, batch.Targets, loader);
        return null;
    }

    protected override Tensor? OnForwarded(Module module, Tensor input, Tensor output)
    {
        _modules.TryPop(out _);
        if (_recordingNow && _modules.Count == 0 && _recording.Networks is [var first, ..] && first == module) _recording.Output ??= SourceOf(output);
        return null;
    }

    protected override void OnForwardFailed(Module module, Tensor input, Exception error) => _modules.TryPop(out _);

    protected override Tensor? OnOperator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
    {
        if (_inside || _done || s_steps.Contains(op.Name)) return null;
        if (_modules.Count == 0) _cutFrom.Add(op, args, results);
        if (_modules.Count == 0 && Autograd.IsEnabled && Touches(args)) BeginOrEnd(args);
        // The memory of an empty tensor is written behind our back: it counts as come from outside, with what it holds at its first use.
        if (!_recordingNow || op.Name.StartsWith("aten::empty", StringComparison.Ordinal)) return null;
        var tensors = new Dictionary<int, Source?[]>();
        for (var i = 0; i < args.Length; i++)
            if (args[i].IsTensor) tensors[i] = [SourceOf(args[i].AsTensor())];
            else if (args[i].IsTensors) tensors[i] = [.. args[i].AsTensors().Select(t => t is null ? null : SourceOf(t))];
        // In place: the result is an argument, and keeps its source.
        int[] made = [.. results.ToArray().Select(Number)];
        Add(new OperatorMove(op, args.ToArray(), tensors, made, ShapesOf(args), Autograd.IsEnabled, _modules.TryPeek(out var path) ? path : null, CallerOf()));
        return null;
    }

    protected override Tensor? OnBackward(Tensor loss, bool retainGraph)
    {
        if (!_recordingNow) return null;
        if (++_backwards > MostBackwards) _recording.Unfit ??= $"more than {MostBackwards} backward passes in a step";
        Add(new BackwardMove(SourceOf(loss), retainGraph, CallerOf()));
        return null;
    }

    protected override void OnGrad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> results, bool createGraph)
    {
        if (_recordingNow)
            Add(new GradMove([.. outputs.Select(SourceOf)], [.. inputs.Select(SourceOf)], [.. results.Select(r => r is null ? -1 : Number(r))], createGraph));
    }

    protected override bool OnStep(Optimizer optimizer)
    {
        if (!_recordingNow)
        {
            // A step without a forward pass that was seen: nothing to begin from.
            if (!_done) _recording.Unfit ??= "the optimizer steps before the first forward pass";
            return true;
        }

        if (!_recording.Optimizers.Contains(optimizer)) _recording.Optimizers.Add(optimizer);
        _stepped.Add(optimizer);
        Add(new StepMove(optimizer, CallerOf()));
        return false;
    }

    protected override void OnZeroGrad(object owner)
    {
        if (_recordingNow) Add(new ZeroGradMove(owner is Optimizer o ? () => o.ZeroGrad() : () => ((Module)owner).ZeroGrad()));
    }

    protected override void OnClipping(IReadOnlyList<Tensor> parameters, double limit, bool byValue)
    {
        if (!_recordingNow) return;
        Add(new ClipMove([.. parameters], limit, byValue));
        _inside = true;
    }

    protected override void OnClipped(double limit, double normBefore) => _inside = false;

    protected override void OnScheduled(Scheduler scheduler, Optimizer optimizer)
    {
        if (!_recordingNow) return;
        _recording.Schedulers.TryAdd(scheduler, scheduler.StepCount - 1);
        Add(new ScheduleMove(scheduler));
    }

    protected override void OnFault(Exception fault) => _recording.Unfit ??= $"the step could not be recorded: {fault.Message}";

    void Add(Move move)
    {
        _inside = false;
        if (_recording.Moves.Count >= MostMoves) _recording.Unfit ??= $"more than {MostMoves} operations in a step";
        else _recording.Moves.Add(move);
    }

    /// <summary>A forward pass begins, with gradients: the first step, or the next one.</summary>
    void BeginOrEnd(ReadOnlySpan<Value> args = default)
    {
        if (_done) return;
        if (!_recordingNow)
        {
            _recordingNow = true;
            _recording.Random = Rng.GetState();
            foreach (var parameter in _optimizers.SelectMany(o => o.Groups).SelectMany(g => g.Parameters)) Keep(parameter, _recording.Names.GetValueOrDefault(parameter) ?? "");
            foreach (var arg in args)
                if (arg.IsTensor && arg.AsTensor() is { RequiresGrad: true, IsLeaf: true } leaf) Keep(leaf, Unnamed());
            return;
        }

        // A program without an optimizer moves its weights by hand, right after backward.
        var over = _optimizers.Count > 0 ? _optimizers.All(o => _stepped.Contains(o)) : _backwards > 0;
        if (over || _recording.Unfit is not null) End();
    }

    void End()
    {
        _done = true;
        _recordingNow = false;
        var targets = _recording.Targets is { } y && _externals.TryGetValue(y, out var index) ? index : -1;
        _recording.Prune();
        _recording.Rows = _recording.Data is { } data ? (data.Inputs, data.Targets) : RowsOf();
        _recording.TargetsUnused = _recording.Targets is not null
            && (targets < 0 || !_recording.Operators.Any(m => m.Tensors.Values.SelectMany(s => s).Any(s => s is External e && e.Index == targets)));
        SeesOperators = false;
        Failure = null;
        try
        {
            _recorded(_recording);
        }
        finally
        {
            _recording.Dispose();
        }

        throw new StopProgramException();
    }

    /// <summary>The tensors that inputs and targets of the batch were cut out of, row by row, when they have equally many rows.</summary>
    (Tensor Inputs, Tensor Targets)? RowsOf()
    {
        if (_inputs is not { IsDisposed: false, Rank: > 1 } inputs || LossCall.Of(_recording).Target is not { } target) return null;
        var targets = target switch
        {
            External e => _externals.FirstOrDefault(x => x.Value == e.Index).Key is { } own ? _cutFrom.Of(own) : null,
            Made m => _made.FirstOrDefault(x => x.Value == m.Id).Key is { } own ? _cutFrom.Of(own) : null,
            _ => null,
        };
        return targets is { IsDisposed: false, Rank: > 0 } && targets.Size(0) == inputs.Size(0) ? (inputs, targets) : null;
    }

    /// <summary>A weight that belongs to no module.</summary>
    string Unnamed() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"weight {_unnamed++}");

    void Keep(Module network)
    {
        var prefix = _recording.Networks.Count == 0 ? "" : $"{_recording.Networks.Count}/";
        _recording.Networks.Add(network);
        foreach (var (name, tensor) in network.NamedParameters().Concat(network.NamedBuffers())) Keep(tensor, prefix + name);
    }

    void Keep(Tensor tensor, string name)
    {
        if (name.Length > 0 || !_recording.Names.ContainsKey(tensor)) _recording.Names[tensor] = name;
        if (_recording.Before.ContainsKey(tensor)) return;
        using var noGrad = Autograd.NoGrad();
        _recording.Before[tensor] = tensor.Detach().Clone().Keep();
    }

    /// <summary>An optimizer holds it: frozen or not, it is meant to learn at some time.</summary>
    bool IsHeld(Tensor parameter) => _optimizers.Any(o => o.Groups.Any(g => g.Parameters.Any(p => ReferenceEquals(p, parameter))));

    static bool Touches(ReadOnlySpan<Value> args)
    {
        foreach (var arg in args)
            if (arg.IsTensor && arg.AsTensor().RequiresGrad) return true;
        return false;
    }

    static long[][] ShapesOf(ReadOnlySpan<Value> args)
    {
        List<long[]> shapes = [];
        foreach (var arg in args[..Math.Min(2, args.Length)])
            if (arg.IsTensor) shapes.Add(arg.AsTensor().Shape);
        return [.. shapes];
    }

    int Number(Tensor made) => _made[made] = _next++;

    Source SourceOf(Tensor tensor)
    {
        if (_recording.Before.ContainsKey(tensor)) return new Live(tensor);
        if (_made.TryGetValue(tensor, out var id)) return new Made(id);
        if (_externals.TryGetValue(tensor, out var index)) return new External(index);
        var identity = tensor.Identity;
        foreach (var parameter in _recording.Before.Keys)
        {
            if (parameter.Identity == identity) return new Live(parameter);
            if (!parameter.HasGrad) continue;
            using var gradient = parameter.Grad!;
            if (gradient.Identity == identity) return new GradientOf(parameter);
        }

        // Inputs may ask for a gradient too (a penalty on it, a differential equation); weights are what an optimizer holds, or what is moved by hand.
        var leaf = tensor is { RequiresGrad: true, IsLeaf: true };
        if (leaf && _optimizers.Count == 0)
        {
            Keep(tensor, Unnamed());
            return new Live(tensor);
        }

        // State that carries a graph from the step before: taken as it is, without the graph.
        if (tensor.RequiresGrad && !leaf) _recording.Unfit ??= "a tensor from before the step carries a graph into it";
        using var noGrad = Autograd.NoGrad();
        var copy = tensor.Detach().Clone().Keep();
        copy.RequiresGrad = leaf;
        _recording.Externals.Add(copy);
        return new External(_externals[tensor] = _recording.Externals.Count - 1);
    }

    string PathOf(Module module)
    {
        if (_paths.TryGetValue(module, out var path)) return path;
        if (_modules.Count == 0)
            foreach (var (name, child) in module.NamedModules()) _paths.TryAdd(child, name);
        return _paths.GetValueOrDefault(module, "");
    }

    static Site? CallerOf()
    {
        foreach (var frame in new StackTrace(true).GetFrames())
            if (frame.GetMethod() is { } method && method.DeclaringType?.Assembly is { } assembly && assembly != typeof(StepRecorder).Assembly && assembly != typeof(Tensor).Assembly
                && frame.GetFileName() is { } file)
                return new Site(file, frame.GetFileLineNumber(), method.Name, frame.GetFileColumnNumber());
        return null;
    }
}
