using Pessimist.Engine.Watching;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Stepping;

/// <summary>One training step up to its gradients, taken apart: forward, loss, and the gradients in the order in which they flow back.</summary>
public sealed class RecordedPass : IDisposable
{
    readonly List<Tensor> _held;

    RecordedPass(List<StepNode> roots, List<Tensor> held, IReadOnlyList<(string Name, SteppedTensor Parameter)> parameters)
    {
        (Roots, _held, Parameters) = (roots, held, parameters);
        Nodes = [.. roots.SelectMany(r => r.All())];
        Operations = [.. Nodes.Where(n => !n.IsModule)];
    }

    public IReadOnlyList<StepNode> Roots { get; }

    /// <summary>Modules and operations, as they ran.</summary>
    public IReadOnlyList<StepNode> Nodes { get; }

    public IReadOnlyList<StepNode> Operations { get; }

    public IReadOnlyList<(string Name, SteppedTensor Parameter)> Parameters { get; }

    /// <summary>What stopped the pass; null when it went through.</summary>
    public string? Error { get; private init; }

    /// <summary>Some values were more than may be kept.</summary>
    public bool LetGo { get; private init; }

    /// <summary>What could not be recorded.</summary>
    public IReadOnlyList<string> Faults { get; private init; } = [];

    /// <summary>Runs the pass.</summary>
    /// <param name="loss">From output and target; null walks the forward pass alone.</param>
    /// <param name="most">Bytes of values to keep.</param>
    public static RecordedPass Run(Module network, Tensor input, Tensor target, Func<Tensor, Tensor, Tensor>? loss, long most)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var scope = Scope.New();
        var recorder = new PassRecorder(network, most);
        recorder.Name(input, "input");
        recorder.Name(target, "target");
        network.ZeroGrad();
        Tensor? value = null;
        string? error = null;
        try
        {
            using var lease = Watcher.Watch(recorder);
            var output = network.Forward(input);
            value = loss?.Invoke(output, target);
        }
        catch (TorchException e)
        {
            error = e.Message;
        }

        var roots = recorder.Roots;
        var forward = roots.ToArray();
        if (value is not null)
        {
            try
            {
                recorder.KeepGradients();
                value.Backward();
                Gradients(recorder);
                roots.AddRange(new BackwardSteps(forward).Roots);
            }
            catch (TorchException e)
            {
                error = e.Message;
                roots.Add(new StepNode { Phase = StepPhase.Backward, Layer = "", Name = "backward", Number = forward.SelectMany(f => f.All()).Max(n => n.Last) + 1, Error = e.Message });
            }
        }

        var parameters = network.NamedParameters().ToDictionary(p => p.Name, p => p.Parameter.Identity);
        var named = recorder.Tensors.Where(k => k.Handle is { IsDisposed: false }).DistinctBy(k => k.Handle!.Identity).ToDictionary(k => k.Handle!.Identity);
        foreach (var tensor in recorder.Tensors.Where(k => k.LetGo && k.Handle is not null)) tensor.Handle!.Dispose();
        return new RecordedPass(roots, recorder.Held, [.. parameters.Where(p => named.ContainsKey(p.Value)).Select(p => (p.Key, named[p.Value]))])
        {
            Error = error,
            LetGo = recorder.LetGo,
            Faults = recorder.Faults,
        };
    }

    /// <summary>Reads what backward left at every tensor.</summary>
    static void Gradients(PassRecorder recorder)
    {
        using var noGrad = Autograd.NoGrad();
        foreach (var tensor in recorder.Tensors)
        {
            if (tensor.HasNoGradient || tensor.Handle is not { IsDisposed: false } handle || handle.Grad is not { } gradient) continue;
            using var scope = Scope.New();
            var fits = recorder.Fits(gradient);
            tensor.Gradient = new SteppedTensor
            {
                Label = $"grad {tensor.Label}",
                Facts = Facts.Measure(gradient),
                Value = fits ? gradient.Keep() : null,
                LetGo = !fits,
                Version = gradient.Version,
            };
            if (fits) recorder.Held.Add(gradient);
            else gradient.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _held) tensor.Dispose();
    }
}
