using Pessimist.Observations;

namespace Pessimist.Tests.Checks;

/// <summary>Records of watched programs.</summary>
static class ProgramRuns
{
    public static readonly Site LossLine = new("train.py", 57, "train_epoch");

    /// <summary>Scores that are neither probabilities nor anything else.</summary>
    public static readonly PredictionFacts Logits = new(0, 0, 0.5, 0.3, 0);
    public static readonly PredictionFacts Probabilities = new(1, 0, 1, 1, 0);
    public static readonly PredictionFacts LogProbabilities = new(0, 0, 0, 0, 1);

    public static TensorFacts Floats(params long[] shape) => new() { Shape = shape, DType = "float32" };

    public static TensorFacts Ids(long n, double max) => new() { Shape = [n], DType = "int64", Min = 0, Max = max, Mean = max / 2, Std = max / 3, Whole = 1 };

    public static LossObserved CrossEntropy(long step, PredictionFacts? prediction, double value = 2.3, string? madeBy = null, long classes = 10) => new()
    {
        Step = step, Phase = Phase.Train, Kind = "cross-entropy", Value = value, Input = Floats(32, classes), Target = Ids(32, classes - 1),
        Prediction = prediction, MadeBy = madeBy, MadeAt = madeBy is null ? null : new Site("net.py", 31, "forward"), Site = LossLine,
    };

    /// <summary>The same call in a number of steps, each followed by a backward pass and a step of the optimizer.</summary>
    public static IEnumerable<Observation> Steps(int count, Func<long, LossObserved> loss)
    {
        for (long step = 0; step < count; step++)
        {
            var call = loss(step);
            yield return call;
            yield return new LoopEvent { Action = LoopAction.Backward, Step = step, Loss = call.Value, Site = new Site("train.py", 58, "train_epoch") };
            yield return new LoopEvent { Action = LoopAction.OptimizerStep, Step = step + 1, Subject = 0, Site = new Site("train.py", 59, "train_epoch") };
        }
    }

    /// <summary>A loss that falls from one value towards 0.</summary>
    public static double Falling(long step, double from = 2.3) => from * Math.Exp(-step / 20.0);
}
