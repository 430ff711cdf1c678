using Pessimist.Experiments;
using Pessimist.Torch;

namespace Pessimist.Engine.Replay;

/// <summary>Slopes along random directions, by backward and by finite differences.</summary>
static class ReplayGradients
{
    const int Directions = 20;
    const double Step = 1e-6;

    public static GradientComparison? Compare(Recording recording, LossCall loss, int seed)
    {
        using var scope = Scope.New();
        try
        {
            recording.Restore();
            using var replay = new StepReplay(recording, loss, Recipe.Of(new UseFloat64()), seed);
            Tensor[] parameters = [.. recording.Parameters];
            double Loss()
            {
                using var inner = Scope.New();
                // The same dropout masks every time.
                Rng.SetState(recording.Random);
                replay.Forward();
                return replay.TaskLoss().Detach().Item<double>();
            }

            Rng.SetState(recording.Random);
            replay.Forward();
            var gradients = Autograd.Grad([replay.TaskLoss()], parameters, allowUnused: true).Select((g, i) => g ?? parameters[i].ZerosLike()).ToArray();
            using var noGrad = Autograd.NoGrad();
            List<double> analytic = [], numeric = [];
            for (var i = 0; i < Directions; i++)
            {
                using var inner = Scope.New();
                Rng.Seed(seed + i);
                var direction = parameters.Select(p => p.RandnLike()).ToArray();
                var length = Math.Sqrt(direction.Sum(d => d.Square().Sum().Item<double>()));
                analytic.Add(direction.Zip(gradients, (d, g) => (d * g).Sum().Item<double>()).Sum() / length);
                void Move(double t)
                {
                    foreach (var (parameter, d) in parameters.Zip(direction)) parameter.AddInPlace(d, t / length);
                }

                Move(Step);
                var above = Loss();
                Move(-2 * Step);
                var below = Loss();
                Move(Step);
                numeric.Add((above - below) / (2 * Step));
            }

            return new GradientComparison(analytic, numeric);
        }
        catch (TorchException)
        {
            // The step does not run in float64.
            return null;
        }
    }
}
