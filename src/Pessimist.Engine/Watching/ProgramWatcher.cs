using System.Runtime.CompilerServices;
using Pessimist.Engine.Watching.Lines;
using Pessimist.Engine.Watching.Structure;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Watching;

/// <summary>Hands what a program does on to the parts of the probe, and keeps track of where it is.</summary>
sealed class ProgramWatcher : Watcher
{
    const double LeapFactor = 10;

    /// <summary>Backward passes without a step that one turn may have, as when gradients are accumulated.</summary>
    const int MostBackwards = 64;

    readonly Session _session;
    readonly Passes _passes;
    readonly Losses _losses;
    readonly Batches _batches;
    readonly Parameters _parameters;
    readonly Activations _activations = new();
    readonly Loop _loop;
    readonly Resources _resources;
    readonly Failures _failures;
    readonly OperationSites _operations;
    readonly Traces _traces;
    readonly NonFinites _nonFinites;
    readonly Metrics _metrics;
    readonly ConditionalWeakTable<Optimizer, OptimizerNote> _optimizers = [];
    readonly ConditionalWeakTable<Scheduler, object> _schedulers = [];
    readonly Stack<(ModuleNote? Module, Pass? Pass)> _running = [];
    bool _finite = true;
    double _lowestLoss = double.PositiveInfinity;
    int _backwards;
    int _optimizerCount;
    (Optimizer Optimizer, int Number, long Step, Site? Site)? _constructed;
    int _schedulerCount;

    public ProgramWatcher(Run run, ProbeOptions options)
    {
        _session = new Session(new Recording(run), options);
        _passes = new Passes(_session);
        _operations = new OperationSites(_session);
        _losses = new Losses(_session, _passes, _operations);
        _nonFinites = new NonFinites(_session, _operations);
        _traces = new Traces(_session, _operations, _nonFinites);
        _traces.BeginTurn();
        _batches = new Batches(_session);
        _metrics = new Metrics(_session) { Loaders = _batches.Sizes };
        _parameters = new Parameters(_session);
        _loop = new Loop(_session);
        _resources = new Resources(_session, _passes, _traces);
        _failures = new Failures(_session);
        SeesOperators = true;
    }

    public Session Session => _session;
    public Failures Failures => _failures;
    public NonFiniteFound? NonFinite => _nonFinites.Found;

    sealed record OptimizerNote(int Number);

    /// <summary>Networks and optimizers that were there before the probe.</summary>
    public void Attach(IEnumerable<Module> networks, IEnumerable<Optimizer> optimizers)
    {
        foreach (var network in networks) _session.Networks.TakeUp(network);
        foreach (var optimizer in optimizers) NoteOf(optimizer);
    }

    public void Finish(int exitCode)
    {
        TellOptimizer();
        _passes.Finish(failed: exitCode != 0);
        _losses.Finish(failed: exitCode != 0);
        _traces.Finish();
        _loop.Finish();
        _parameters.Record(all: true);
        _parameters.Free();
        _session.Recording.Add(new ProgramEnded
        {
            ExitCode = exitCode,
            Steps = _session.Step,
            Seconds = _session.Recording.Elapsed,
            ProbeSeconds = _session.Sampling.AllSpent,
            Dropped = _session.Recording.Dropped,
            Faults = _session.Recording.Faults,
        });
    }

    protected override void OnFault(Exception fault) => _session.Recording.Fault(fault);

    protected override Tensor? OnOperator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
    {
        using var all = new SometimesTimed(_session);
        var kind = OperatorKind.Of(op);
        _session.Flight.Add(kind, _session.Module, args, results);
        _activations.Follow(kind);
        if (_traces.Open is { IsFull: false } trace)
        {
            using var timed = new Timed(_session);
            if (kind.Loss is not null && args.Length > 1 && args[1].TryTensor(out var labels)) trace.Role(labels, "target");
            trace.Add(op, kind, args, results, _passes.Current);
        }

        if (kind.Loss is not null && results.Length > 0)
        {
            using var timed = new Timed(_session);
            _losses.Called(kind, args, results[0]);
            if (_passes.Current is { Batch: { Target: null } batch } pass && args[1].TryTensor(out var target)) pass.Batch = Batches.WithTarget(batch, target);
        }
        else if (kind.IsDropout)
        {
            if (args[1].TryNumber(out var p) && p > 0) _passes.Current?.Mode(_session.Module, false, args[2].AsBool());
        }
        else if (kind.IsBatchNorm)
        {
            _passes.Current?.Mode(_session.Module, true, args[5].AsBool());
        }
        else if (kind.IsActivation && results.Length > 0 && _passes.Current is { Activations: { } measures } current && _running.Count > 0)
        {
            using var timed = new Timed(_session);
            var module = _session.Module;
            var isLayer = module is { IsLeaf: true } && IsActivationLayer(module.Type);
            if (_activations.Measure(current.Network, module?.Path ?? "", isLayer ? module!.Type : kind.Name, kind, results[0]) is { } measure) measures.Add(measure);
        }

        return null;
    }

    static bool IsActivationLayer(string type) => type is nameof(ReLU) or nameof(Tanh) or nameof(Sigmoid);

    protected override void OnItem(Tensor tensor, double value)
    {
        if (_running.Count == 0 && _passes.Current is { } pass)
        {
            using var timed = new Timed(_session);
            _metrics.Item(tensor, value, pass);
        }

        if (_traces.Open is { IsFull: false } trace)
        {
            using var timed = new Timed(_session);
            trace.Item(tensor, _passes.Current);
        }
    }

    /// <summary>The program prints a line.</summary>
    public void Printed(string line)
    {
        using var timed = new Timed(_session);
        try
        {
            _metrics.Printed(line);
        }
#pragma warning disable CA1031 // Nothing that fails here may reach the program.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _session.Recording.Fault(e);
        }
    }

    protected override void OnOperatorFailed(Operator op, ReadOnlySpan<Value> args, TorchException error) => _failures.Operator(op, args, error);

    protected override void OnModule(Module module) => _session.Networks.Constructed(module);

    protected override Tensor? OnForward(Module module, Tensor input)
    {
        using var all = new SometimesTimed(_session);
        if (_running.Count == 0)
        {
            _failures.Clear();
            TellOptimizer();
            // A program that steps by hand, or forgets to, has turns as well.
            if (_backwards > (_optimizerCount == 0 ? 0 : MostBackwards)) EndTurn(stepped: false);
            var note = _session.Networks.Outermost(module);
            var pass = note is null ? null : _passes.Begin(note, input);
            // First of all: whatever fails below, the module is running.
            _session.Module = note;
            _running.Push((note, pass));
            if (pass is null || pass.IsLean) return null;
            // An evaluation that is recorded in a turn that is not.
            SeesOperators = SeesInnerModules = true;
            _traces.BeginPass(pass, input);
            if (pass is not { LooksAtBatch: true }) return null;
            using var timed = new Timed(_session);
            if (pass.Measures) pass.Activations = [];
            pass.Batch = _batches.Look(pass, input);
            return null;
        }

        var (outer, running) = _running.Peek();
        _session.Module = outer is null ? null : _session.Networks.Inner(module, outer.Network);
        _running.Push((_session.Module, running));
        return null;
    }

    protected override Tensor? OnForwarded(Module module, Tensor input, Tensor output)
    {
        using var all = new SometimesTimed(_session);
        var (note, pass) = _running.Pop();
        _session.Module = _running.Count > 0 ? _running.Peek().Module : null;
        if (note is { IsLeaf: true } && !IsActivationLayer(note.Type) && pass?.Activations is { } measures)
        {
            using var timed = new Timed(_session);
            if (_activations.Measure(note.Network, note.Path, note.Type, null, output) is { } measure) measures.Add(measure);
        }

        if (_running.Count == 0 && pass is not null) _passes.End(pass, output);
        return null;
    }

    protected override void OnForwardFailed(Module module, Tensor input, Exception error)
    {
        if (_running.Count == 0) return;
        var (note, pass) = _running.Pop();
        _failures.Module(note?.Path, input, error);
        _session.Module = _running.Count > 0 ? _running.Peek().Module : null;
        if (_running.Count == 0 && pass is not null) _passes.Fail(pass);
    }

    protected override void OnMode(Module module, bool training)
    {
        var note = _session.Networks.Find(module);
        if (note is { Path.Length: > 0 }) return;
        note ??= _session.Networks.IfRoot(module);
        if (note is { Path.Length: 0 }) Move(training ? LoopAction.Train : LoopAction.Eval, note.Network.Number);
    }

    protected override void OnOptimizer(Optimizer optimizer)
    {
        TellOptimizer();
        // Its own constructor has yet to run: what it sets there is told with the next move.
        _constructed = (optimizer, _optimizerCount, _session.Step, CallStack.Find(constructing: optimizer.GetType()));
        _optimizers.Add(optimizer, new OptimizerNote(_optimizerCount++));
    }

    void TellOptimizer()
    {
        if (_constructed is not var (optimizer, number, step, site)) return;
        _constructed = null;
        OptimizerFacts.Record(_session, optimizer, number, step, site);
    }

    protected override bool OnStep(Optimizer optimizer)
    {
        using var all = new SometimesTimed(_session);
        using var timed = new Timed(_session, _session.Sampling.Records);
        NoteOf(optimizer);
        _parameters.Record(all: false);
        if (_session.Sampling.Measures) _parameters.BeforeStep(optimizer);
        return true;
    }

    protected override void OnStepped(Optimizer optimizer)
    {
        using var all = new SometimesTimed(_session);
        using var timed = new Timed(_session, _session.Sampling.Records);
        var note = NoteOf(optimizer);
        double? gradient = null;
        if (_session.Sampling.Measures)
        {
            gradient = _parameters.GradientNorm();
            _parameters.AfterStep(note.Number, _session.Step);
        }

        Move(LoopAction.OptimizerStep, note.Number);
        ref var step = ref _loop.Last(LoopAction.OptimizerStep);
        (step.LearningRate, step.Gradient) = (optimizer.LearningRate, gradient);
        EndTurn(stepped: true);
    }

    void EndTurn(bool stepped)
    {
        _resources.EndTurn();
        _loop.EndTurn();
        if (stepped) _session.Step++;
        _backwards = 0;
        _passes.NextTurn();
        _losses.NextTurn();
        _batches.NextTurn();
        _traces.EndTurn(_finite);
        _finite = true;
        _session.Flight.Clear();
        _session.Sampling.Next();
        _traces.BeginTurn();
        SeesOperators = SeesInnerModules = !_session.Sampling.IsLean;
    }

    protected override void OnZeroGrad(object owner)
    {
        using var all = new SometimesTimed(_session);
        _traces.LeaveEvaluation();
        Move(LoopAction.ZeroGrad, owner switch
        {
            Optimizer optimizer => NoteOf(optimizer).Number,
            Module module => _session.Networks.Find(module)?.Network.Number,
            _ => null,
        });
    }

    protected override Tensor? OnBackward(Tensor loss, bool retainGraph)
    {
        using var all = new SometimesTimed(_session);
        using var timed = new Timed(_session, _session.Sampling.Records);
        var records = _session.Sampling.Records;
        double? value = loss.Numel == 1 && (records || loss.Device.Type == DeviceType.Cpu) ? loss.Item<double>() : null;
        double? before = !records ? null : _parameters.NoGradients() ? 0 : _session.Sampling.Measures ? _parameters.GradientNorm() : null;
        var site = _session.Sites.Of(HashCode.Combine(3, retainGraph), _session.Sampling.Turn);
        _backwards++;
        _resources.BackwardSite = site;
        var reached = _passes.Backward(loss, _losses.Numbers);
        if (records || reached.Length > 0) _losses.Backward(loss, reached, value, site);
        Move(LoopAction.Backward, null, site);
        ref var move = ref _loop.Last(LoopAction.Backward);
        (move.Loss, move.GradientBefore, move.Retained) = (value, before, retainGraph);
        if (value is { } v) Judge(loss, v);
        return null;
    }

    void Judge(Tensor loss, double value)
    {
        if (!double.IsFinite(value))
        {
            _finite = false;
            _nonFinites.Loss(loss);
            return;
        }

        // A loss that leaps may be on its way to infinity: look closer while it is still finite.
        if (Math.Abs(value) > LeapFactor * (1 + Math.Abs(_lowestLoss))) _session.Sampling.Alarm();
        _lowestLoss = Math.Min(_lowestLoss, Math.Abs(value));
    }

    protected override void OnBackwardDone(Tensor loss)
    {
        if (!_session.Sampling.Measures) return;
        using var timed = new Timed(_session);
        var norm = _parameters.GradientNorm();
        _loop.Last(LoopAction.Backward).Gradient = norm;
        if (double.IsFinite(norm)) return;
        if (_finite) _nonFinites.Gradient(loss);
        _finite = false;
    }

    protected override void OnBackwardFailed(Tensor loss, Exception error) => _failures.Backward(loss, error);

    protected override void OnGrad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> results, bool createGraph)
    {
        using var timed = new Timed(_session);
        foreach (var output in outputs) _losses.Differentiated(_passes.Differentiated(output, _losses.Numbers));
        if (createGraph) _session.Flight.Add(OperatorKind.Gradient, outputs[0], results);
        _traces.Open?.Gradient(outputs, inputs, results, _passes.Current);
    }

    protected override void OnClipped(double limit, double normBefore)
    {
        ref var move = ref _loop.Last(LoopAction.Backward);
        (move.ClippedTo, move.ClippedFrom) = (limit, double.IsNaN(normBefore) ? null : normBefore);
    }

    protected override void OnScheduler(Scheduler scheduler, Optimizer optimizer) => NumberOf(scheduler, optimizer);

    protected override void OnScheduled(Scheduler scheduler, Optimizer optimizer)
    {
        Move(LoopAction.SchedulerStep, NumberOf(scheduler, optimizer));
        _loop.Last(LoopAction.SchedulerStep).LearningRate = optimizer.LearningRate;
    }

    protected override void OnLoader(Loader loader) => _batches.Constructed(loader);

    protected override void OnFetch(Loader loader) => _resources.Fetch();

    protected override Batch? OnBatch(Loader loader, Batch batch, int epoch, int index)
    {
        _resources.Fetched();
        _batches.HandedOut(loader, batch, epoch, index);
        _traces.Open?.Role(batch.Inputs, "input 0");
        _traces.Open?.Role(batch.Targets, "target");
        if (index == 0) Move(LoopAction.Epoch, _batches.NumberOf(loader));
        return null;
    }

    void Move(LoopAction action, int? subject, Site? site = null)
    {
        _failures.Clear();
        TellOptimizer();
        site ??= _session.Sites.Of(HashCode.Combine(4, action, subject), _session.Sampling.Turn);
        _loop.Add(new Move(action, _session.Step, subject, site));
    }

    OptimizerNote NoteOf(Optimizer optimizer)
    {
        var isNew = !_optimizers.TryGetValue(optimizer, out var note);
        if (isNew) _optimizers.Add(optimizer, note = new OptimizerNote(_optimizerCount++));
        if (isNew) OptimizerFacts.Record(_session, optimizer, note!.Number, _session.Step, CallStack.Find(constructing: optimizer.GetType()));
        return note!;
    }

    int NumberOf(Scheduler scheduler, Optimizer optimizer)
    {
        if (_schedulers.TryGetValue(scheduler, out var known)) return (int)known;
        _schedulers.Add(scheduler, _schedulerCount);
        _session.Recording.Add(new SchedulerBuilt
        {
            Scheduler = _schedulerCount,
            Type = scheduler.Schedule.GetType().Name,
            Optimizer = NoteOf(optimizer).Number,
            Length = scheduler.Schedule switch
            {
                OneCycleLR s => s.TotalSteps,
                CosineAnnealingLR s => s.Steps,
                LinearLR s => s.Steps,
                _ => null,
            },
            Site = CallStack.Find(),
        });
        return _schedulerCount++;
    }
}
