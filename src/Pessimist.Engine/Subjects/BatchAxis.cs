using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Subjects;

/// <summary>Whether an output depends on other examples of the batch than its own.</summary>
static class BatchAxis
{
    /// <summary>The gradient of the outputs for the first and the middle example with respect to every input.</summary>
    /// <param name="inputs">[N, *], asking for a gradient.</param>
    /// <param name="output">[N, *], computed from them.</param>
    /// <returns>Null where the output has another first axis, or does not depend on the inputs at all.</returns>
    public static BatchAxisTested? ByGradient(Tensor inputs, Tensor output)
    {
        var count = inputs.Size(0);
        if (output.Rank == 0 || output.Size(0) != count || count < 2) return null;
        double across = 0, own = 0;
        foreach (var row in Rows(count))
        {
            var gradient = Autograd.Grad([Weighted(output.Narrow(0, row, 1))], [inputs], retainGraph: true, allowUnused: true)[0];
            if (gradient is null) return null;
            var sizes = Largest(gradient);
            own = Math.Max(own, sizes[row]);
            across = Math.Max(across, sizes.Where((_, i) => i != row).Max());
        }

        return new BatchAxisTested { AcrossExamples = across, OwnExample = own };
    }

    /// <summary>For inputs without gradients, such as ids: other examples take each other's places, and then the example itself takes another's.</summary>
    public static BatchAxisTested? ByChange(Func<Tensor, Tensor> forward, Tensor inputs)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var count = inputs.Size(0);
        var before = forward(inputs);
        if (before.Rank == 0 || before.Size(0) != count || count < 2) return null;
        double across = 0, own = 0;
        foreach (var row in Rows(count))
        {
            var other = (row + 1) % count;
            var same = Enumerable.Repeat(row, (int)count).ToArray();
            var moved = Enumerable.Range(0, (int)count).Select(i => i == row ? other : i).ToArray();
            across = Math.Max(across, Difference(Of(same), row));
            own = Math.Max(own, Difference(Of(moved), row));
        }

        return new BatchAxisTested { AcrossExamples = across, OwnExample = own };

        Tensor Of(long[] rows) => forward(inputs.IndexSelect(0, Tensor.From<long>(rows, rows.Length).To(inputs.Device)));
        double Difference(Tensor after, long row) => Largest(after - before)[row];
    }

    /// <summary>One number of all outputs. A plain sum would be 1 for any softmax, and 0 behind a layer norm.</summary>
    static Tensor Weighted(Tensor outputs)
    {
        var weights = new float[outputs.Numel];
        for (var i = 0; i < weights.Length; i++) weights[i] = (float)Math.Sin(i + 1);
        return (outputs.Reshape(-1) * Tensor.From<float>(weights, weights.Length).To(outputs.Device, outputs.DType)).Sum();
    }

    static IEnumerable<long> Rows(long count) => new[] { 0, count / 2 }.Distinct();

    static double[] Largest(Tensor values)
    {
        using var noGrad = Autograd.NoGrad();
        return values.Detach().Reshape(values.Size(0), -1).Abs().To(Device.Cpu, DType.Float64).AMax([1]).ToArray<double>();
    }
}
