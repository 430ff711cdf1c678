using System.Runtime.CompilerServices;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>One input of <see cref="MultiInput"/>.</summary>
/// <param name="Name">Its branch is <c>branches.NAME</c>.</param>
/// <param name="Shape">Of one example: [features], [channels, height, width] or [steps, features].</param>
/// <param name="Branch">Maps [N, *shape] to [N, width]; null for what suits the shape: one hidden layer, LeNet, or an LSTM.</param>
public sealed record InputBranch(string Name, IReadOnlyList<int> Shape, Module? Branch = null)
{
    /// <summary>Numbers of one example.</summary>
    public int Length => Shape.Aggregate(1, (product, size) => checked(product * size));
}

/// <summary>A network of several inputs: each is mapped to a space of few dimensions by a net of its own, the results are joined, and fully
/// connected layers predict from them.</summary>
public sealed class MultiInput : Module
{
    readonly InputBranch[] _inputs;
    readonly (string Name, Module Module)[] _branches;

    /// <param name="width">Dimensions each input is mapped to; a branch of one's own must give as many.</param>
    /// <param name="hidden">Units of the hidden layer behind the join.</param>
    public MultiInput(
        IReadOnlyList<InputBranch> inputs, int outputs, int width = 32, int hidden = 128, InitScheme? init = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(file, line)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
            throw new TorchException("a network of several inputs needs one at least");
        if (inputs.GroupBy(i => i.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new TorchException($"two inputs are named {twice.Key}; each needs a name of its own");
        _inputs = [.. inputs];
        _branches = [.. inputs.Select(i => ($"branches.{i.Name}", i.Branch ?? BranchFor(i, Require.Positive(width), init)))];
        Fc1 = new(width * inputs.Count, hidden);
        Fc2 = new(hidden, outputs);
        var scheme = init ?? InitScheme.He;
        scheme.Apply(new Sequential(Fc1, Fc2));
    }

    public ReLU Relu { get; } = new();
    public Linear Fc1 { get; }
    public Linear Fc2 { get; }

    public override IEnumerable<(string Name, Module Module)> NamedChildren() => _branches.Concat(base.NamedChildren());

    static Sequential BranchFor(InputBranch input, int width, InitScheme? init) => input.Shape.Count switch
    {
        1 => new Sequential(new Mlp(input.Shape[0], 2 * width, width, init: init), new ReLU()),
        2 => new Sequential(new LstmModel(input.Shape[1], 2 * width, width, init: init), new Tanh()),
        3 => new Sequential(new LeNet(width, input.Shape[0], input.Shape[1], input.Shape[2], init), new ReLU()),
        _ => throw new TorchException($"input {input.Name} has shape [{string.Join(", ", input.Shape)}]; one, two or three axes are known: give a Branch for it"),
    };

    /// <summary>Of all inputs, each flattened, beside each other in the order in which they were given: [N, sum of lengths] to [N, outputs].</summary>
    protected override Tensor Compute(Tensor input)
    {
        var lengths = _inputs.Select(i => (long)i.Length).ToArray();
        if (input.Rank != 2 || input.Size(1) != lengths.Sum())
            throw new TorchException($"the inputs {string.Join(", ", _inputs.Select(i => i.Name))} take [batch, {lengths.Sum()}] together, not {input.Describe()}");
        long start = 0;
        List<Tensor> parts = [];
        foreach (var (own, length) in _inputs.Zip(lengths))
        {
            parts.Add(input.Narrow(1, start, length).Reshape([input.Size(0), .. own.Shape.Select(s => (long)s)]));
            start += length;
        }
        return Join(parts);
    }

    /// <summary>Of the inputs as they are, in the order in which they were given.</summary>
    public Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count != _inputs.Length)
            throw new TorchException($"{inputs.Count} tensors were given for the {_inputs.Length} inputs {string.Join(", ", _inputs.Select(i => i.Name))}");
        return Forward(inputs[0], _ => Join(inputs));
    }

    Tensor Join(IReadOnlyList<Tensor> inputs)
    {
        Tensor[] features = [.. inputs.Select((x, i) => _branches[i].Module.Forward(x))]; // each [N, width]
        return Fc2.Forward(Relu.Forward(Fc1.Forward(Tensor.Cat(features, 1)))); // [N, outputs]
    }
}
