using Pessimist.Observations;

namespace Pessimist.Tests.Checks;

/// <summary>Builds the operations of a traced step, as a probe would record them.</summary>
sealed class TraceBuilder(long step = 0)
{
    readonly List<OperationSeen> _operations = [];
    long _ids;

    public IReadOnlyList<OperationSeen> Operations => _operations;

    public TensorFacts Tensor(string? role, params long[] shape) => new() { Shape = shape, DType = "float32", Role = role, Id = ++_ids };

    public TensorFacts Input(params long[] shape) => Tensor("input 0", shape);

    public TensorFacts Target(params long[] shape) => Tensor("target", shape);

    public TensorFacts Parameter(string name, params long[] shape) => Tensor($"parameter {name}", shape) with { RequiresGrad = true };

    public TensorFacts Linear(TensorFacts x, string module, long width, bool bias = true)
    {
        var weight = Parameter($"{module}.weight", width, x.Shape[^1]);
        return Op("linear", bias ? [x, weight, Parameter($"{module}.bias", width)] : [x, weight], [.. x.Shape.SkipLast(1), width], module);
    }

    public TensorFacts Conv(TensorFacts x, string module, long channels, long kernel = 3, long groups = 1, bool bias = true)
    {
        var weight = Parameter($"{module}.weight", channels, x.Shape[1] / groups, kernel, kernel);
        return Op("conv2d", bias ? [x, weight, Parameter($"{module}.bias", channels)] : [x, weight], [x.Shape[0], channels, .. x.Shape.Skip(2)], module);
    }

    /// <summary>Same shape as its input.</summary>
    public TensorFacts Op(string operation, TensorFacts x, string? module = null, int? dimension = null) => Op(operation, [x], [.. x.Shape], module, dimension);

    public TensorFacts Op(string operation, TensorFacts[] inputs, long[] shape, string? module = null, int? dimension = null, string dtype = "float32", bool? gradient = null)
    {
        var grad = gradient ?? inputs.Any(i => i.RequiresGrad);
        var output = new TensorFacts { Shape = shape, DType = dtype, Id = ++_ids, RequiresGrad = grad };
        Add(operation, inputs, output, module, dimension);
        return output;
    }

    /// <summary>Takes a tensor apart along its first axis.</summary>
    public IReadOnlyList<TensorFacts> Split(string operation, TensorFacts x, int count, long[] shape, string? module)
    {
        TensorFacts[] parts = [.. Enumerable.Range(0, count).Select(_ => new TensorFacts { Shape = shape, DType = "float32", Id = ++_ids, RequiresGrad = x.RequiresGrad })];
        _operations.Add(new OperationSeen { Step = step, Phase = Phase.Train, Index = _operations.Count, Operation = operation, Module = module, Dimension = 0, Inputs = [x], Outputs = parts });
        return parts;
    }

    /// <summary>Changes its input: the output is the same tensor.</summary>
    public TensorFacts InPlace(string operation, TensorFacts x)
    {
        Add(operation, [x], x, null, null, inPlace: true);
        return x;
    }

    void Add(string operation, TensorFacts[] inputs, TensorFacts output, string? module, int? dimension, bool inPlace = false) => _operations.Add(new OperationSeen
    {
        Step = step, Phase = Phase.Train, Index = _operations.Count, Operation = operation, InPlace = inPlace, Module = module, Dimension = dimension,
        Inputs = inputs, Outputs = [output], Site = new Site("net.py", 100 + _operations.Count, "forward"),
    });
}
