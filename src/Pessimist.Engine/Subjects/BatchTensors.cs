using System.Security.Cryptography;
using Pessimist.Data;
using Pessimist.Experiments;
using Pessimist.Torch;

namespace Pessimist.Engine.Subjects;

/// <summary>One batch as tensors, after the interventions that touch it. Lives until disposed of.</summary>
sealed class BatchTensors : IDisposable
{
    readonly Random? _deal;

    BatchTensors(Tensor inputs, Tensor targets, Random? deal)
    {
        Inputs = inputs.Keep();
        Targets = targets.Keep();
        _deal = deal;
    }

    /// <summary>[N, *shape], in the type of the network.</summary>
    public Tensor Inputs { get; private set; }

    /// <summary>Class ids, int64 [N]; or values [N, outputs] in the type of the network.</summary>
    public Tensor Targets { get; }

    public static BatchTensors Of(DataSet batch, Recipe recipe, DType dtype, Device device, int seed)
    {
        using var scope = Scope.New();
        var order = Enumerable.Range(0, batch.Count).ToArray();
        if (recipe.Has<ShuffleLabels>()) new Random(seed).Shuffle(order);
        long[] shape = [batch.Count, .. batch.InputShape.Select(s => (long)s)];
        var inputs = recipe.Has<ZeroInputs>() ? Tensor.Zeros(shape) : Tensor.From<float>(batch.Inputs, shape);
        var targets = batch.IsClassification
            ? Tensor.From<long>([.. order.Select(i => (long)batch.Classes[i])], batch.Count)
            : Tensor.From<float>([.. order.SelectMany(i => batch.Values.AsSpan(i * batch.OutputWidth, batch.OutputWidth).ToArray())], batch.Count, batch.OutputWidth).To(dtype);
        return new BatchTensors(inputs.To(device, dtype, copy: true), targets.To(device), recipe.Has<ShuffleInputs>() ? new Random(seed) : null);
    }

    /// <summary>Deals the inputs to the targets anew where that was asked for.</summary>
    public void NextStep()
    {
        if (_deal is null) return;
        using var scope = Scope.New();
        var order = Enumerable.Range(0, (int)Inputs.Size(0)).Select(i => (long)i).ToArray();
        _deal.Shuffle(order);
        var dealt = Inputs.IndexSelect(0, Tensor.From<long>(order, order.Length).To(Inputs.Device)).Keep();
        Inputs.Dispose();
        Inputs = dealt;
    }

    /// <summary>The first 12 hexadecimal digits of SHA-256 over inputs and targets.</summary>
    public string Hash()
    {
        using var scope = Scope.New();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in new[] { Inputs, Targets })
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.To(Device.Cpu, DType.Float64).ToArray<double>().AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
    }

    public void Dispose()
    {
        Inputs.Dispose();
        Targets.Dispose();
    }
}
