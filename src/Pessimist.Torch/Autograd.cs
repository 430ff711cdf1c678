using Pessimist.Torch.Native;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch;

/// <summary>Gradients, and whether they are recorded on this thread.</summary>
public static unsafe class Autograd
{
    /// <summary>Whether operations on this thread are recorded.</summary>
    public static bool IsEnabled => Shim.pt_grad_enabled() != 0;

    /// <summary>Records nothing until the result is disposed of: <c>using var quiet = Autograd.NoGrad();</c></summary>
    public static Mode NoGrad() => new(Mode.Gradients, 0);

    /// <summary>Records again inside <see cref="NoGrad"/>.</summary>
    public static Mode EnableGrad() => new(Mode.Gradients, 1);

    /// <summary>As <see cref="NoGrad"/> and faster, but tensors made meanwhile can never take part in a recorded operation.</summary>
    public static Mode Inference() => new(Mode.InferenceMode, 1);

    /// <summary>A mode of the thread, which disposing of ends; it cannot leave the stack, so it ends where it began.</summary>
    public ref struct Mode : IDisposable
    {
        internal const int Gradients = 0;
        internal const int InferenceMode = 1;

        readonly int _what;
        readonly long _state;
        bool _on;

        internal Mode(int what, long wanted)
        {
            _what = what;
            _state = wanted;
            Shim.Check(Shim.pt_mode_begin(what, ref _state), "changing the gradient mode");
            _on = true;
        }

        public void Dispose()
        {
            if (!_on) return;
            _on = false;
            Shim.pt_mode_end(_what, _state);
        }
    }

    /// <summary>Adds the gradient of the weighted sum of the outputs to every leaf below them.</summary>
    /// <param name="outputs">Where to start.</param>
    /// <param name="gradients">A weight for each output; null or a null entry for one of a single element, where it is 1.</param>
    /// <param name="retainGraph">Keep what a second pass needs; left out: as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the pass itself.</param>
    public static void Backward(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor?> gradients = default, bool? retainGraph = null, bool createGraph = false)
    {
        if (Watcher.Current is not { } watcher || outputs.IsEmpty)
        {
            Run(outputs, gradients, default, null, retainGraph, createGraph, false);
            return;
        }
        var loss = watcher.Backward(outputs[0], retainGraph ?? createGraph);
        try
        {
            Run(loss is null || outputs.Length > 1 ? outputs : [loss], gradients, default, null, retainGraph, createGraph, false);
        }
        catch (TorchException e)
        {
            watcher.BackwardFailed(outputs[0], e);
            throw;
        }
        watcher.BackwardDone(outputs[0]);
    }

    /// <summary>The gradients of the outputs' weighted sum with respect to the inputs; nothing is accumulated.</summary>
    /// <returns>One for each input; null where <paramref name="allowUnused"/> is set and the input has no part in the outputs.</returns>
    public static Tensor[] Grad(
        ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor?> gradients = default,
        bool? retainGraph = null, bool createGraph = false, bool allowUnused = false)
    {
        if (inputs.IsEmpty) return [];
        var results = new Tensor[inputs.Length];
        Run(outputs, gradients, inputs, results, retainGraph, createGraph, allowUnused);
        Watcher.Current?.Grad(outputs.ToArray(), inputs.ToArray(), results, createGraph);
        return results;
    }

    /// <inheritdoc cref="Grad(ReadOnlySpan{Tensor}, ReadOnlySpan{Tensor}, ReadOnlySpan{Tensor}, bool?, bool, bool)"/>
    public static Tensor Grad(Tensor output, Tensor input, bool? retainGraph = null, bool createGraph = false) =>
        Grad([output], [input], default, retainGraph, createGraph)[0];

    static void Run(
        ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor?> gradients, ReadOnlySpan<Tensor> inputs, Tensor[]? results,
        bool? retainGraph, bool createGraph, bool allowUnused)
    {
        if (!gradients.IsEmpty && gradients.Length != outputs.Length)
        {
            throw new TorchException($"{gradients.Length} gradients were given for {outputs.Length} outputs");
        }
        using var roots = new PointerList(outputs!);
        using var seeds = new PointerList(gradients);
        using var leaves = new PointerList(inputs!);
        var found = new nint[inputs.Length];
        fixed (nint* r = roots.Pointers, s = seeds.Pointers, l = leaves.Pointers, f = found)
        {
            var status = Shim.pt_backward(
                r, s, outputs.Length, results is null ? null : l, inputs.Length, (retainGraph ?? createGraph) ? 1 : 0, createGraph ? 1 : 0, allowUnused ? 1 : 0, f);
            if (status != 0)
            {
                var message = Shim.Error();
                throw new TorchException($"backward from {string.Join(", ", outputs.ToArray().Select(t => t.Describe()))} failed: {message}");
            }
        }
        for (var i = 0; i < found.Length; i++) results![i] = found[i] == 0 ? null! : new Tensor(found[i]);
    }

    /// <summary>Holds tensors for the time of one call.</summary>
    readonly ref struct PointerList : IDisposable
    {
        readonly ReadOnlySpan<Tensor?> _tensors;

        internal PointerList(ReadOnlySpan<Tensor?> tensors)
        {
            Pointers = new nint[tensors.Length];
            var held = 0;
            try
            {
                for (; held < tensors.Length; held++)
                {
                    if (tensors[held] is not { } tensor) continue;
                    var added = false;
                    tensor.Handle.DangerousAddRef(ref added);
                    Pointers[held] = tensor.Handle.Pointer;
                }
            }
            catch (ObjectDisposedException)
            {
                foreach (var tensor in tensors[..held]) tensor?.Handle.DangerousRelease();
                throw new ObjectDisposedException(nameof(Tensor), $"tensor {held} given to backward is disposed; did its scope end?");
            }
            _tensors = tensors;
        }

        internal nint[] Pointers { get; }

        public void Dispose()
        {
            foreach (var tensor in _tensors) tensor?.Handle.DangerousRelease();
        }
    }
}
