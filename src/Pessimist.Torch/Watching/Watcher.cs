using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Watching;

/// <summary>
/// Sees what a program on this thread does with networks, and may change it: <c>using var lease = Watcher.Watch(mine);</c>
/// Every method does nothing here; override what is wanted. What a method does with tensors is not watched itself, and an exception in one
/// goes to <see cref="OnFault"/> and never to the program, but for <see cref="StopProgramException"/>. A watcher that only looks must draw no
/// random number and must keep no tensor of the program alive.
/// </summary>
public abstract class Watcher
{
    [ThreadStatic]
    static Watcher? t_current;

    /// <summary>The watcher of this thread; null while none watches, and inside of one's own methods.</summary>
    internal static Watcher? Current => t_current;

    /// <summary>Tell of every operator, or of those that <see cref="Sees"/> lets through.</summary>
    protected internal bool SeesOperators { get; protected set; }

    /// <summary>Tell of the forward passes of modules inside of modules too, and not of the outermost only.</summary>
    protected internal bool SeesInnerModules { get; protected set; } = true;

    /// <summary>Watches this thread until the lease is disposed of; the watcher before it then returns.</summary>
    public static IDisposable Watch(Watcher watcher)
    {
        ArgumentNullException.ThrowIfNull(watcher);
        var lease = new Lease(t_current, watcher);
        t_current = watcher;
        return lease;
    }

    /// <summary>Whether to tell of calls of this operator. Asked at every call: answer fast.</summary>
    protected virtual bool Sees(Operator op) => true;

    /// <summary>An operator was called. Returns its result, or another tensor for the program to go on with.</summary>
    /// <param name="results">What it returned; the first argument for one that works in place.</param>
    protected virtual Tensor? OnOperator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results) => null;

    /// <summary>An operator, or the method in front of it, refused its arguments.</summary>
    protected virtual void OnOperatorFailed(Operator op, ReadOnlySpan<Value> args, TorchException error)
    {
    }

    /// <summary>A module was constructed: its base class, that is; its own members are not there yet.</summary>
    protected virtual void OnModule(Module module)
    {
    }

    /// <summary>A module is about to run; returns another input for it, or null.</summary>
    protected virtual Tensor? OnForward(Module module, Tensor input) => null;

    /// <summary>A module ran; returns another output, or null.</summary>
    protected virtual Tensor? OnForwarded(Module module, Tensor input, Tensor output) => null;

    /// <summary>A module threw.</summary>
    protected virtual void OnForwardFailed(Module module, Tensor input, Exception error)
    {
    }

    /// <summary><see cref="Module.Training"/> was set, here and in every module below.</summary>
    protected virtual void OnMode(Module module, bool training)
    {
    }

    protected virtual void OnOptimizer(Optimizer optimizer)
    {
    }

    /// <summary>An optimizer is about to step; false leaves the step out.</summary>
    protected virtual bool OnStep(Optimizer optimizer) => true;

    protected virtual void OnStepped(Optimizer optimizer)
    {
    }

    /// <summary>Gradients are about to be cleared, by an <see cref="Optimizer"/> or a <see cref="Module"/>.</summary>
    protected virtual void OnZeroGrad(object owner)
    {
    }

    /// <summary>A backward pass is about to start from one tensor; returns another to start from, or null.</summary>
    /// <param name="retainGraph">The graph is kept for another pass.</param>
    protected virtual Tensor? OnBackward(Tensor loss, bool retainGraph) => null;

    /// <summary>Gradients were accumulated.</summary>
    protected virtual void OnBackwardDone(Tensor loss)
    {
    }

    /// <summary>A backward pass failed.</summary>
    protected virtual void OnBackwardFailed(Tensor loss, Exception error)
    {
    }

    /// <summary>Gradients of these outputs with respect to these inputs were computed, and accumulated nowhere.</summary>
    protected virtual void OnGrad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> results, bool createGraph)
    {
    }

    /// <summary>Gradients are about to be clipped to a joint norm, or each component to a range.</summary>
    protected virtual void OnClipping(IReadOnlyList<Tensor> parameters, double limit, bool byValue)
    {
    }

    /// <summary>The random numbers are about to be seeded; returns another seed, or null.</summary>
    protected virtual long? OnSeed(long seed) => null;

    /// <summary>Gradients were clipped.</summary>
    /// <param name="normBefore">NaN where each component was clipped.</param>
    protected virtual void OnClipped(double limit, double normBefore)
    {
    }

    protected virtual void OnScheduler(Scheduler scheduler, Optimizer optimizer)
    {
    }

    protected virtual void OnScheduled(Scheduler scheduler, Optimizer optimizer)
    {
    }

    protected virtual void OnLoader(Loader loader)
    {
    }

    /// <summary>The program asks a loader for the next batch, and will wait until it is there.</summary>
    protected virtual void OnFetch(Loader loader)
    {
    }

    /// <summary>A loader hands out a batch; returns another one to hand out, or null. A batch given back belongs to the watcher.</summary>
    protected virtual Batch? OnBatch(Loader loader, Batch batch, int epoch, int index) => null;

    /// <summary>A number was read out of a tensor of one element.</summary>
    protected virtual void OnItem(Tensor tensor, double value)
    {
    }

    /// <summary>A method of this watcher threw; the program goes on.</summary>
    protected virtual void OnFault(Exception fault)
    {
    }

    internal Tensor? Operator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
    {
        if (!Sees(op)) return null;
        using var quiet = new Quiet(this);
        try
        {
            return OnOperator(op, args, results);
        }
        catch (Exception e) when (Swallow(e))
        {
            return null;
        }
    }

    internal void OperatorFailed(Operator op, ReadOnlySpan<Value> args, TorchException error)
    {
        using var quiet = new Quiet(this);
        try
        {
            OnOperatorFailed(op, args, error);
        }
        catch (Exception e) when (Swallow(e))
        {
        }
    }

    // Written out, without a closure: they run for every layer of every step.
    internal Tensor? Forward(Module module, Tensor input)
    {
        using var quiet = new Quiet(this);
        try
        {
            return OnForward(module, input);
        }
        catch (Exception e) when (Swallow(e))
        {
            return null;
        }
    }

    internal Tensor? Forwarded(Module module, Tensor input, Tensor output)
    {
        using var quiet = new Quiet(this);
        try
        {
            return OnForwarded(module, input, output);
        }
        catch (Exception e) when (Swallow(e))
        {
            return null;
        }
    }

    internal void Item(Tensor tensor, double value)
    {
        using var quiet = new Quiet(this);
        try
        {
            OnItem(tensor, value);
        }
        catch (Exception e) when (Swallow(e))
        {
        }
    }

    // The lambdas are static: a step calls a dozen of these, and none allocates.
    internal void Module(Module module) => Tell(static (w, m) => w.OnModule(m), module);
    internal void ForwardFailed(Module module, Tensor input, Exception error) => Tell(static (w, a) => w.OnForwardFailed(a.module, a.input, a.error), (module, input, error));
    internal void Mode(Module module, bool training) => Tell(static (w, a) => w.OnMode(a.module, a.training), (module, training));
    internal void Optimizer(Optimizer optimizer) => Tell(static (w, o) => w.OnOptimizer(o), optimizer);
    internal bool Step(Optimizer optimizer) => Ask(static (w, o) => w.OnStep(o), optimizer, true);
    internal void Stepped(Optimizer optimizer) => Tell(static (w, o) => w.OnStepped(o), optimizer);
    internal void ZeroGrad(object owner) => Tell(static (w, o) => w.OnZeroGrad(o), owner);
    internal Tensor? Backward(Tensor loss, bool retainGraph) => Ask(static (w, a) => w.OnBackward(a.loss, a.retainGraph), (loss, retainGraph), null);
    internal void BackwardDone(Tensor loss) => Tell(static (w, l) => w.OnBackwardDone(l), loss);
    internal void BackwardFailed(Tensor loss, Exception error) => Tell(static (w, a) => w.OnBackwardFailed(a.loss, a.error), (loss, error));
    internal void Grad(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> results, bool createGraph) =>
        Tell(static (w, a) => w.OnGrad(a.outputs, a.inputs, a.results, a.createGraph), (outputs, inputs, results, createGraph));
    internal void Clipping(IReadOnlyList<Tensor> parameters, double limit, bool byValue) =>
        Tell(static (w, a) => w.OnClipping(a.parameters, a.limit, a.byValue), (parameters, limit, byValue));
    internal long? Seed(long seed) => Ask(static (w, s) => w.OnSeed(s), seed, null);
    internal void Clipped(double limit, double before) => Tell(static (w, a) => w.OnClipped(a.limit, a.before), (limit, before));
    internal void Scheduler(Scheduler scheduler, Optimizer optimizer) => Tell(static (w, a) => w.OnScheduler(a.scheduler, a.optimizer), (scheduler, optimizer));
    internal void Scheduled(Scheduler scheduler, Optimizer optimizer) => Tell(static (w, a) => w.OnScheduled(a.scheduler, a.optimizer), (scheduler, optimizer));
    internal void Loader(Loader loader) => Tell(static (w, l) => w.OnLoader(l), loader);
    internal void Fetch(Loader loader) => Tell(static (w, l) => w.OnFetch(l), loader);
    internal Batch? Batch(Loader loader, Batch batch, int epoch, int index) =>
        Ask(static (w, a) => w.OnBatch(a.loader, a.batch, a.epoch, a.index), (loader, batch, epoch, index), null);

    void Tell<TState>(Action<Watcher, TState> tell, TState state)
    {
        using var quiet = new Quiet(this);
        try
        {
            tell(this, state);
        }
        catch (Exception e) when (Swallow(e))
        {
        }
    }

    TAnswer Ask<TState, TAnswer>(Func<Watcher, TState, TAnswer> ask, TState state, TAnswer otherwise)
    {
        using var quiet = new Quiet(this);
        try
        {
            return ask(this, state);
        }
        catch (Exception e) when (Swallow(e))
        {
            return otherwise;
        }
    }

    bool Swallow(Exception fault)
    {
        if (fault is StopProgramException) return false;
        try
        {
            OnFault(fault);
        }
#pragma warning disable CA1031 // A watcher's second fault must not reach the program either.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        return true;
    }

    /// <summary>What a watcher does is not watched.</summary>
    readonly ref struct Quiet
    {
        readonly Watcher _watcher;

        public Quiet(Watcher watcher)
        {
            _watcher = watcher;
            t_current = null;
        }

        public void Dispose() => t_current = _watcher;
    }

    sealed class Lease(Watcher? before, Watcher mine) : IDisposable
    {
        public void Dispose()
        {
            if (t_current == mine) t_current = before;
        }
    }
}

/// <summary>Ends a watched program from inside of a watcher, as an experiment does after its last step.</summary>
public sealed class StopProgramException() : Exception("the watcher stopped the program");
