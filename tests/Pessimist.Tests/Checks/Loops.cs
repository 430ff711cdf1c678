using Pessimist.Observations;

namespace Pessimist.Tests.Checks;

/// <summary>
/// Records of training loops, made by playing their moves: <c>"Z B S"</c> clears, goes backward and steps. A digit names the optimizer
/// (<c>Z1</c>, <c>S1</c>) or whose parameters a backward pass reaches (<c>B01</c>); <c>H0</c> clears by hand, which nobody records; <c>K</c> is a
/// step that a scaler skips; <c>D</c> is a scheduler's step. Gradients are followed as numbers: each pass adds a random one.
/// </summary>
static class Loops
{
    public static readonly double[] Stuck = [2.303, 2.31, 2.299, 2.304, 2.301];

    public static Site Line(int line) => new("train.py", line, "train");

    /// <summary>A loss that stays at guessing among ten classes.</summary>
    public static double StaysAtGuessing(int step) => Stuck[step % Stuck.Length];

    /// <summary>A loss that falls from 2.3 towards 0.3.</summary>
    public static double Falls(int step) => 0.3 + 2 * Math.Exp(-step / 30.0);

    public static IReadOnlyList<Observation> Loop(int steps, string moves = "Z B S", Func<int, double>? loss = null, Func<int, double>? rate = null, bool measured = true, string kind = "cross-entropy")
    {
        loss ??= Falls;
        List<Observation> records = [];
        var random = new Random(1);
        var held = new double[4];
        long done = 0;
        double Norm() => Math.Sqrt(held.Sum(h => h * h));
        for (var i = 0; i < steps; i++)
        {
            foreach (var move in moves.Split(' '))
            {
                var who = move[1..].Select(c => c - '0').DefaultIfEmpty(0).ToArray();
                switch (move[0])
                {
                    case 'Z':
                        foreach (var w in who) held[w] = 0;
                        records.Add(new LoopEvent { Action = LoopAction.ZeroGrad, Step = done, Subject = who[0], Site = Line(20 + who[0]) });
                        break;
                    case 'H':
                        foreach (var w in who) held[w] = 0;
                        break;
                    case 'B':
                        records.Add(new LossObserved
                        {
                            Step = done, Phase = Phase.Train, Kind = kind, Value = loss(i), Site = Line(30 + who[0]),
                            Input = new TensorFacts { Shape = [32, 10], DType = "float32" }, Target = new TensorFacts { Shape = [32], DType = "int64" },
                        });
                        var before = Norm();
                        foreach (var w in who) held[w] += 0.5 + random.NextDouble();
                        records.Add(new LoopEvent { Action = LoopAction.Backward, Step = done, Loss = loss(i), GradientBefore = measured ? before : null, Gradient = measured ? Norm() : null, Site = Line(40 + who[0]) });
                        break;
                    case 'S' or 'K':
                        records.Add(new LoopEvent { Action = LoopAction.OptimizerStep, Step = done, Subject = who[0], Skipped = move[0] == 'K', LearningRate = rate is null ? 0.1 : rate((int)done), Gradient = measured ? Norm() : null, Site = Line(50 + who[0]) });
                        if (move[0] == 'S') done++;
                        break;
                    case 'D':
                        records.Add(new LoopEvent { Action = LoopAction.SchedulerStep, Step = done, Subject = who[0], Site = Line(60) });
                        break;
                    default:
                        throw new ArgumentException($"'{move}' is no move");
                }
            }
        }

        return records;
    }

    public static OptimizerBuilt Optimizer(int number, string type, params string[] parameters) => new()
    {
        Optimizer = number, Type = type, Groups = [new OptimizerGroup(0.1, parameters)], Site = Line(10 + number),
    };

    public static ParameterObserved Parameter(string name, double? gradient = 1, int[]? optimizers = null, bool wanted = true, int model = 0) => new()
    {
        Name = name, Shape = [4, 4], WeightNorm = 1, WeightStd = 0.2, GradientNorm = gradient, Optimizers = optimizers, RequiresGradient = wanted, Model = model, Site = new Site("net.py", 5 + name.Length),
    };

    /// <summary>Two layers, all in optimizer 0.</summary>
    public static Observation[] SmallNet() =>
    [
        Optimizer(0, "Adam", "fc1.weight", "fc2.weight"), Parameter("fc1.weight", 1, [0]), Parameter("fc2.weight", 1, [0]),
    ];

    public static ProgramEnded Ended(long steps = 0) => new() { Steps = steps };
}
