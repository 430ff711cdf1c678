using System.Globalization;
using System.Text;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>One call of a layer without children.</summary>
/// <param name="OutputShape">Of one example, without the batch.</param>
/// <param name="Parameters">Zero where a layer is called again.</param>
/// <param name="ActivationBytes">Of one example: the output, kept for backward, and the positions a max pooling remembers.</param>
public sealed record LayerSummary(string Name, string Type, IReadOnlyList<long> OutputShape, long Parameters, long ActivationBytes);

/// <summary>Something to scale back, and the bytes of a training step it saves.</summary>
public sealed record Saving(string Action, long Bytes);

/// <summary>The network layer by layer, and the memory a training step will take: an estimate from one forward, before anything is trained.</summary>
/// <remarks>Counts what must be held at once: weights, gradients, optimizer state, inputs and the outputs of all layers. Scratch memory
/// of single operators comes on top.</remarks>
public sealed record ModelSummary
{
    public required IReadOnlyList<LayerSummary> Layers { get; init; }
    public required long Parameters { get; init; }
    public required int BatchSize { get; init; }
    public required long WeightBytes { get; init; }
    public required long GradientBytes { get; init; }
    public required long OptimizerBytes { get; init; }
    public required long ActivationBytes { get; init; }

    /// <summary>What to scale back if it does not fit, the largest saving first.</summary>
    public required IReadOnlyList<Saving> Savings { get; init; }

    public long TotalBytes => WeightBytes + GradientBytes + OptimizerBytes + ActivationBytes;

    /// <param name="inputShape">Of one example, without the batch.</param>
    /// <param name="statePerParameter">Tensors the optimizer keeps per parameter: 2 for Adam, see <see cref="Optim.Optimizer.StatePerParameter"/>.</param>
    public static ModelSummary Of(Module network, IReadOnlyList<long> inputShape, int batchSize, int statePerParameter = 2, DType inputType = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(network);
        var (layers, inputBytes) = Walk(network, inputShape, inputType);
        var weights = network.NamedParameters().Concat(network.NamedBuffers()).Sum(p => Bytes(p.Item2));
        var gradients = network.Parameters().Where(p => p.RequiresGrad).Sum(Bytes);
        var activations = inputBytes + layers.Sum(l => l.ActivationBytes);
        return new()
        {
            Layers = layers,
            Parameters = network.ParameterCount,
            BatchSize = batchSize,
            WeightBytes = weights,
            GradientBytes = gradients,
            OptimizerBytes = gradients * statePerParameter,
            ActivationBytes = activations * batchSize,
            Savings = WhatToScaleBack(network, layers, activations, batchSize, 2 + statePerParameter),
        };
    }

    static (List<LayerSummary> Layers, long InputBytes) Walk(Module network, IReadOnlyList<long> inputShape, DType inputType)
    {
        List<LayerSummary> layers = [];
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        var training = network.NamedModules().Select(m => (m.Module, m.Module.Training)).ToArray();
        var hooks = network.NamedModules().Where(m => !m.Module.NamedChildren().Any())
            .Select(m => m.Module.AfterForward((module, _, output) => layers.Add(Summarize(m.Name, module, output, seen.Add(module))))).ToArray();
        try
        {
            using var scope = Scope.New();
            using var noGrad = Autograd.NoGrad();
            network.Eval();
            var input = Tensor.Zeros([1, .. inputShape], inputType, network.Parameters() is [var first, ..] ? first.Device : Device.Cpu);
            network.Forward(input);
            return (layers, Bytes(input));
        }
        finally
        {
            Array.ForEach(hooks, h => h.Dispose());
            foreach (var (module, value) in training) // parents first: they set their children
                module.Training = value;
        }
    }

    static LayerSummary Summarize(string name, Module module, Tensor output, bool first)
    {
        // Flatten and Identity hand on memory that is counted already.
        var bytes = module is Flatten or Identity ? 0 : Bytes(output) + (module is MaxPool1d or MaxPool2d ? output.Numel * sizeof(long) : 0);
        return new(name, module.GetType().Name, output.Shape[1..], first ? module.ParameterCount : 0, bytes);
    }

    static long Bytes(Tensor tensor) => tensor.Numel * tensor.DType.Size();

    static List<Saving> WhatToScaleBack(Module network, List<LayerSummary> layers, long activations, int batchSize, int copies)
    {
        var weighted = layers.Where(l => l.Parameters > 0).ToArray();
        var size = network.Parameters() is [var first, ..] ? first.DType.Size() : 0;
        List<Saving> savings = [];
        if (batchSize > 1)
            savings.Add(new($"halve the batch to {batchSize / 2}", activations * (batchSize - batchSize / 2)));
        if (weighted.Length > 1)
        {
            // Inner layers lose half their inputs and half their outputs; the first keeps its inputs, the last its outputs.
            var fewer = weighted.Select((l, i) => i == 0 || i == weighted.Length - 1 ? l.Parameters / 2 : l.Parameters - l.Parameters / 4).Sum();
            var hidden = layers.Take(layers.IndexOf(weighted[^1])).Sum(l => l.ActivationBytes);
            savings.Add(new("halve the channels and widths of all hidden layers", fewer * size * copies + hidden / 2 * batchSize));
        }
        if (weighted.Where(l => l.Type == nameof(Linear)).MaxBy(l => l.Parameters) is { } largest && largest != weighted[^1])
            savings.Add(new($"halve the units of {largest.Name}, the largest fully connected layer", largest.Parameters / 2 * size * copies));
        return [.. savings.OrderByDescending(s => s.Bytes)];
    }

    /// <summary>12.3 kB, 4.5 MB.</summary>
    public static string Human(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
    };

    public override string ToString()
    {
        var text = new StringBuilder();
        var width = Layers.Select(l => l.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var layer in Layers)
        {
            var parameters = layer.Parameters > 0 ? layer.Parameters.ToString("N0", CultureInfo.InvariantCulture) : "";
            text.Append($"{layer.Name.PadRight(width)}  {layer.Type,-14}  {$"[{string.Join(", ", layer.OutputShape)}]",-16}{parameters,12}".TrimEnd()).Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"{Parameters:N0} parameters; a step of {BatchSize} examples takes about {Human(TotalBytes)}: ")
            .Append(CultureInfo.InvariantCulture, $"weights {Human(WeightBytes)}, gradients {Human(GradientBytes)}, optimizer {Human(OptimizerBytes)}, activations {Human(ActivationBytes)}");
        return text.ToString();
    }
}
