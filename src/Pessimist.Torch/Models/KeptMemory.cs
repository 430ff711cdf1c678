using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Models;

/// <summary>What one call of a layer keeps until the step ends, measured.</summary>
/// <param name="Parameters">Zero where a layer is called again.</param>
/// <param name="KeptOnce">Bytes, whatever the batch.</param>
/// <param name="KeptEach">Bytes of each example.</param>
/// <param name="OutputEach">Bytes of each example's output; zero where it is the memory of the input.</param>
/// <param name="BackwardEach">Bytes of each example that its own backward pass takes for a moment, where more than gradients of input and output are made.</param>
sealed record KeptMemory(
    string Name, string Type, IReadOnlyList<long> OutputShape, long Parameters, long WeightBytes, long KeptOnce, long KeptEach, long OutputEach, long BackwardEach)
{
    /// <summary>Numbers of a batch that is large enough for the kernels that large batches take.</summary>
    const int MostProbed = 1 << 15;

    /// <summary>Bytes that the allocator adds here and there.</summary>
    const int Noise = 1024;

    /// <summary>In whole numbers of 4 bytes, so that the allocator's rounding goes away again.</summary>
    static long Each(long bytes, int examples) => Math.Max(0, (long)Math.Round(bytes / (4.0 * examples)) * 4);

    /// <returns>The calls in order; the bytes of one example's input; and how far the forward pass of one example goes beyond what it keeps.
    /// What is computed outside of layers counts for the next one.</returns>
    public static (IReadOnlyList<KeptMemory> Calls, long InputEach, long ForwardEach) Measure(Module network, IReadOnlyList<long> inputShape, DType inputType)
    {
        var device = network.Parameters() is [var first, ..] ? first.Device : Device.Cpu;
        var tracks = device.Type == DeviceType.Cpu;
        var training = network.NamedModules().Select(m => (m.Module, m.Module.Training)).ToArray();
        var random = Rng.GetState();
        using var scope = Scope.New();
        var buffers = network.NamedBuffers().Select(b => (b.Buffer, Copy: b.Buffer.Clone())).ToArray();
        if (tracks) Memory.Track = true;
        try
        {
            network.Train();
            List<Call> small, large;
            long smallPeak, largePeak;
            // Memory is given out in steps, which small examples would drown in.
            var few = (int)Math.Clamp(MostProbed / Math.Max(1, inputShape.Aggregate(1L, (product, size) => product * size)), 1, 32);
            var many = 2 * few;
            try
            {
                (small, smallPeak) = Pass(network, [few, .. inputShape], inputType, device);
            }
            catch (TorchException) when (few == 1)
            {
                // Batch normalization of one value for each channel.
                (few, many) = (2, 4);
                (small, smallPeak) = Pass(network, [few, .. inputShape], inputType, device);
            }
            (large, largePeak) = Pass(network, [many, .. inputShape], inputType, device);
            var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
            List<KeptMemory> calls = [];
            foreach (var (s, l) in small.Skip(1).Zip(large.Skip(1)))
            {
                var each = Each(l.Kept - s.Kept, many - few);
                var once = s.Kept - each * few;
                var parameters = seen.Add(s.Module) ? s.Module.NamedParameters().ToArray() : [];
                calls.Add(new(
                    s.Name, s.Module.TypeName, [.. s.OutputShape.Skip(1)], parameters.Sum(p => p.Parameter.Numel),
                    parameters.Where(p => p.Parameter.RequiresGrad).Sum(p => p.Parameter.Numel * p.Parameter.DType.Size()),
                    once < Noise ? 0 : once, each, s.Module is Flatten or Identity ? 0 : s.OutputBytes / few, BackwardOf(s, device)));
            }
            return (calls, Each(large[0].Kept - small[0].Kept, many - few), Each(largePeak - smallPeak, many - few));
        }
        finally
        {
            if (tracks) Memory.Track = false;
            using (Autograd.NoGrad())
                foreach (var (buffer, copy) in buffers)
                    buffer.CopyInPlace(copy);
            foreach (var (module, value) in training) // parents first: they set their children
                module.Training = value;
            Rng.SetState(random);
        }
    }

    /// <summary>Of layers that make more in the backward pass than gradients: recurrent ones gather those of all steps, and convolutions bring theirs into the order of their kernels.</summary>
    static long BackwardOf(Call call, Device device)
    {
        var (layer, inputShape) = (call.Module, call.InputShape);
        if (layer is not (Recurrent or Convolution))
            return 0;
        // Few examples of a recurrent layer make less than its weights do, and what they make is not seen; few small pictures take another kernel.
        var few = layer is Recurrent ? 8 : Math.Clamp(MostProbed / (int)Math.Min(MostProbed, inputShape[1..].Aggregate(1L, (product, size) => product * size)), 2, 16);
        return Each(Peak(2 * few) - Peak(few), few);

        long Peak(long count)
        {
            using var scope = Scope.New();
            using var recorded = Autograd.EnableGrad();
            var input = Tensor.Zeros([count, .. inputShape[1..]], layer.Parameters()[0].DType, device);
            input.RequiresGrad = call.InputNeedsGradient;
            var sum = layer.Forward(input).Sum();
            var before = Memory.CurrentBytes(device);
            Memory.ResetPeak(device);
            Tensor[] wanted = [.. layer.Parameters().Append(input).Where(t => t.RequiresGrad)];
            Autograd.Grad([sum], wanted);
            return Memory.PeakBytes(device) - before;
        }
    }

    sealed record Call(string Name, Module Module, long[] InputShape, bool InputNeedsGradient, long[] OutputShape, long OutputBytes, long Kept);

    /// <summary>First the input, then each call of a layer without children.</summary>
    static (List<Call> Calls, long Peak) Pass(Module network, long[] shape, DType type, Device device)
    {
        using var scope = Scope.New();
        Memory.ResetPeak(device);
        var before = Memory.CurrentBytes(device);
        var input = Tensor.Zeros(shape, type, device);
        List<Call> calls = [new("", network, shape, false, shape, 0, Taken())];
        var hooks = network.NamedModules().Where(m => !m.Module.NamedChildren().Any())
            .Select(m => m.Module.AfterForward((module, given, output) => calls.Add(new(m.Name, module, given.Shape, given.RequiresGrad, output.Shape, output.Numel * output.DType.Size(), Taken())))).ToArray();
        try
        {
            using var recorded = Autograd.EnableGrad();
            network.Forward(input);
            var rest = Taken();
            calls[^1] = calls[^1] with { Kept = calls[^1].Kept + rest };
            return (calls, Memory.PeakBytes(device) - Memory.CurrentBytes(device));
        }
        finally
        {
            Array.ForEach(hooks, h => h.Dispose());
        }

        long Taken()
        {
            var now = Memory.CurrentBytes(device);
            var taken = now - before;
            before = now;
            return taken;
        }
    }
}
