using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Scripting;

namespace Pessimist.Engine.Comparing;

/// <summary>A network in C# or from a TorchScript file, in evaluation mode.</summary>
/// <remarks>The network is disposed of with it.</remarks>
public sealed class ModuleImplementation : Implementation
{
    readonly Module _network;

    /// <param name="typicalShape">Of one example, for an input that is drawn at random.</param>
    public ModuleImplementation(string name, Module network, IReadOnlyList<int>? typicalShape = null) : base(name)
    {
        ArgumentNullException.ThrowIfNull(network);
        (_network, TypicalShape) = (network, typicalShape);
        network.Eval();
    }

    /// <summary>True of a traced or frozen file: its mode is the one that it was written in.</summary>
    public bool KeepsItsMode => _network is ScriptModule { HasMode: false };

    public override string Kind => _network is ScriptModule ? "TorchScript" : $"{_network.TypeName} in C#";

    public override IReadOnlyDictionary<string, Tensor> Weights => _network.StateDict();

    public override bool CanRun => true;

    public override IReadOnlyList<int>? TypicalShape { get; }

    public override IReadOnlyList<LayerCall> Run(Tensor? input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var noGrad = Autograd.NoGrad();
        if (input.DType.IsFloatingPoint()) _network.To(input.DType);
        var calls = new List<LayerCall>();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var hooks = new List<IDisposable>();
        // As they come in: a layer that works in place leaves its output where its input was.
        var inputs = new Stack<Tensor>();
        try
        {
            foreach (var (path, module) in _network.NamedModules().ToArray())
            {
                hooks.Add(module.BeforeForward((_, x) =>
                {
                    inputs.Push(x.Detach().Clone());
                    return null;
                }));
                hooks.Add(module.AfterForward((m, _, y) => calls.Add(Record(path, m, inputs.Pop(), y, counts))));
            }

            _network.Forward(input);
        }
        finally
        {
            foreach (var hook in hooks) hook.Dispose();
        }

        return calls;
    }

    static LayerCall Record(string path, Module module, Tensor input, Tensor output, Dictionary<string, int> counts)
    {
        var name = path.Length == 0 ? LayerCall.Whole : path;
        var count = counts[name] = counts.GetValueOrDefault(name) + 1;
        // What a later operation changes in place is not what the layer gave.
        return new LayerCall(count == 1 ? name : FormattableString.Invariant($"{name}#{count}"), output.Detach().Clone())
        {
            Type = module.TypeName,
            Input = input,
            Again = path.Length == 0 ? null : (x, replaced) => Again(module, x, replaced),
        };
    }

    static Tensor Again(Module module, Tensor input, IReadOnlyDictionary<string, Tensor> replaced)
    {
        using var noGrad = Autograd.NoGrad();
        var state = module.StateDict();
        var kept = replaced.Keys.Where(state.ContainsKey).ToDictionary(name => name, name => state[name].Clone());
        try
        {
            foreach (var name in kept.Keys) state[name].CopyInPlace(replaced[name]);
            return module.Forward(input.Clone()).Detach().Clone();
        }
        finally
        {
            foreach (var (name, value) in kept) state[name].CopyInPlace(value);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _network.Dispose();
        base.Dispose(disposing);
    }
}
