using System.Globalization;
using System.Text;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>One call of a layer without children.</summary>
/// <param name="OutputShape">Of one example, without the batch.</param>
/// <param name="Parameters">Zero where a layer is called again.</param>
/// <param name="ActivationBytes">Of one example, measured: the output, and all else that is kept for the backward pass, as the gates of an LSTM.</param>
public sealed record LayerSummary(string Name, string Type, IReadOnlyList<long> OutputShape, long Parameters, long ActivationBytes);

/// <summary>Something to scale back, and the bytes of a training step it saves.</summary>
public sealed record Saving(string Action, long Bytes);

/// <summary>The network layer by layer, and the memory a training step will take, before anything is trained.</summary>
/// <remarks>Two forward passes of one and two examples (of two and four, where batch normalization needs more than one) show how much each
/// layer keeps; that grows with the batch in proportion. In the backward pass gradients of the weights come on top, and those of the values on
/// both sides of the layer that is at work; of recurrent layers and convolutions that is measured too. Scratch memory of BLAS is not counted.</remarks>
public sealed record ModelSummary
{
    public required IReadOnlyList<LayerSummary> Layers { get; init; }
    public required long Parameters { get; init; }
    public required int BatchSize { get; init; }
    public required long WeightBytes { get; init; }
    public required long GradientBytes { get; init; }
    public required long OptimizerBytes { get; init; }

    /// <summary>The inputs and what all layers keep for the backward pass.</summary>
    public required long ActivationBytes { get; init; }

    /// <summary>What the backward pass takes for a moment, beyond all gradients of the weights; or the forward pass, where that is more.</summary>
    public required long PassingBytes { get; init; }

    /// <summary>What to scale back if it does not fit, the largest saving first.</summary>
    public required IReadOnlyList<Saving> Savings { get; init; }

    public long TotalBytes => WeightBytes + GradientBytes + OptimizerBytes + ActivationBytes + PassingBytes;

    /// <param name="inputShape">Of one example, without the batch.</param>
    /// <param name="statePerParameter">Tensors the optimizer keeps per parameter: 2 for Adam, see <see cref="Optim.Optimizer.StatePerParameter"/>.</param>
    public static ModelSummary Of(Module network, IReadOnlyList<long> inputShape, int batchSize, int statePerParameter = 2, DType inputType = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(network);
        var (calls, inputBytes, forward) = KeptMemory.Measure(network, inputShape, inputType);
        LayerSummary[] layers = [.. calls.Select(c => new LayerSummary(c.Name, c.Type, c.OutputShape, c.Parameters, c.KeptEach))];
        var weights = network.NamedParameters().Concat(network.NamedBuffers()).Sum(p => Bytes(p.Item2));
        var gradients = network.Parameters().Where(p => p.RequiresGrad).Sum(Bytes);
        return new()
        {
            Layers = layers,
            Parameters = network.ParameterCount,
            BatchSize = batchSize,
            WeightBytes = weights,
            GradientBytes = gradients,
            OptimizerBytes = gradients * statePerParameter,
            ActivationBytes = inputBytes * batchSize + calls.Sum(c => c.KeptOnce + c.KeptEach * batchSize),
            PassingBytes = Math.Max(Backward(calls, gradients, batchSize), forward * batchSize - gradients),
            Savings = WhatToScaleBack(network, layers, inputBytes + calls.Sum(c => c.KeptEach), batchSize, 2 + statePerParameter),
        };
    }

    /// <summary>From the last layer to the first: gradients of the weights gather, and those of the values around one layer at a time are there.</summary>
    static long Backward(IReadOnlyList<KeptMemory> calls, long gradients, int batchSize)
    {
        long gathered = 0, most = 0;
        for (var i = calls.Count - 1; i >= 0; i--)
        {
            gathered = Math.Min(gradients, gathered + calls[i].WeightBytes);
            var around = Math.Max(calls[i].OutputEach + (i == 0 ? 0 : calls[i - 1].OutputEach), calls[i].BackwardEach);
            most = Math.Max(most, gathered + around * batchSize);
        }
        return Math.Max(0, most - gradients);
    }

    static long Bytes(Tensor tensor) => tensor.Numel * tensor.DType.Size();

    static List<Saving> WhatToScaleBack(Module network, LayerSummary[] layers, long activations, int batchSize, int copies)
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
            var hidden = layers.Take(Array.IndexOf(layers, weighted[^1])).Sum(l => l.ActivationBytes);
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
            .Append(CultureInfo.InvariantCulture, $"weights {Human(WeightBytes)}, gradients {Human(GradientBytes)}, optimizer {Human(OptimizerBytes)}, activations {Human(ActivationBytes)}, in passing {Human(PassingBytes)}");
        return text.ToString();
    }
}
