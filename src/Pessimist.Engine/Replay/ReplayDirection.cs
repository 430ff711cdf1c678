using Pessimist.Experiments;
using Pessimist.Torch;

namespace Pessimist.Engine.Replay;

/// <summary>Takes a recorded program's first update and measures the task's loss along it.</summary>
static class ReplayDirection
{
    static readonly double[] s_lengths = [1, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6];

    public static DirectionProbe Along(Recording recording, LossCall loss, Recipe recipe, int seed)
    {
        using var scope = Scope.New();
        recording.Restore();
        using var replay = new StepReplay(recording, loss, recipe, seed);
        Tensor[] parameters = [.. recording.Parameters];

        // The gradient of the task's loss alone, whatever the program descends.
        replay.Forward();
        var task = replay.TaskLoss();
        var value = task.Detach().Item<double>();
        Tensor[] gradients;
        try
        {
            gradients = [.. Autograd.Grad([task], parameters, allowUnused: true).Select((g, i) => g ?? parameters[i].ZerosLike())];
        }
        catch (TorchException)
        {
            // The loss does not depend on any parameter.
            gradients = [.. parameters.Select(p => p.ZerosLike())];
        }

        recording.Restore();
        using var noGrad = Autograd.NoGrad();
        var start = parameters.Select(p => p.Clone()).ToArray();
        replay.Forward();
        replay.Finish();
        var update = parameters.Zip(start, (after, before) => after - before).ToArray();
        double length = Math.Sqrt(Dot(update, update)), slope = Math.Sqrt(Dot(gradients, gradients));
        var along = new List<(double, double)>();
        foreach (var t in s_lengths)
        {
            using var inner = Scope.New();
            // The same dropout masks as in the first pass.
            recording.Restore();
            foreach (var (parameter, before, d) in parameters.Zip(start, update)) parameter.CopyInPlace(before.Add(d, t));
            replay.Forward();
            along.Add((t, replay.TaskLoss().Detach().Item<double>()));
        }

        return new DirectionProbe(value, along, length > 0 && slope > 0 ? -Dot(update, gradients) / (length * slope) : double.NaN, length, slope);
    }

    static double Dot(Tensor[] a, Tensor[] b) => a.Zip(b, (x, y) => (x.To(DType.Float64) * y.To(DType.Float64)).Sum().Item<double>()).Sum();
}
