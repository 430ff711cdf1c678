using Pessimist.Experiments;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Subjects;

/// <summary>Takes the optimizer's first update and measures the loss along it.</summary>
static class DirectionSearch
{
    static readonly double[] s_lengths = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6];

    public static DirectionProbe Along(Module network, TrainingSetup setup, BatchTensors batch)
    {
        using var scope = Scope.New();
        var parameters = network.Parameters().Where(p => p.RequiresGrad).ToArray();
        using var optimizer = setup.CreateOptimizer(parameters);
        Rng.Seed(setup.Seed + 1);
        var loss = setup.Loss(network.Forward(batch.Inputs), batch.Targets);
        (loss * setup.LossSign).Backward();

        using var noGrad = Autograd.NoGrad();
        var start = parameters.Select(p => p.Clone()).ToArray();
        var gradients = parameters.Select(p => p.Grad is { } g ? g.Clone() / setup.LossSign : p.ZerosLike()).ToArray();
        optimizer.Step();
        var update = parameters.Zip(start, (after, before) => after - before).ToArray();
        var (length, slope) = (Math.Sqrt(Dot(update, update)), Math.Sqrt(Dot(gradients, gradients)));
        var along = new List<(double, double)>();
        foreach (var t in s_lengths)
        {
            using var inner = Scope.New();
            foreach (var (parameter, before, d) in parameters.Zip(start, update)) parameter.CopyInPlace(before.Add(d, t));
            // The same dropout masks as in the first pass.
            Rng.Seed(setup.Seed + 1);
            along.Add((t, setup.Loss(network.Forward(batch.Inputs), batch.Targets).Item<double>()));
        }

        return new DirectionProbe(loss.Item<double>(), along, length > 0 && slope > 0 ? -Dot(update, gradients) / (length * slope) : double.NaN, length, slope);
    }

    static double Dot(Tensor[] a, Tensor[] b) => a.Zip(b, (x, y) => (x.To(DType.Float64) * y.To(DType.Float64)).Sum().Item<double>()).Sum();
}
