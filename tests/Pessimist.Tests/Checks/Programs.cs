using Pessimist.Observations;

namespace Pessimist.Tests.Checks;

/// <summary>What a probe records of watched programs: the pieces, and a training loop that is in order.</summary>
static class Programs
{
    public const int TrainLoader = 0, ValidationLoader = 1;

    public static Site At(int line, string function = "main") => new("train.py", line, function);

    public static TensorFacts Tensor(params long[] shape) => new() { Shape = shape, DType = "float32" };

    public static LoaderBuilt Loader(int loader, long examples = 64, int batchSize = 8, bool shuffles = true) => new()
    {
        Loader = loader, Examples = examples, BatchSize = batchSize, Batches = (examples + batchSize - 1) / batchSize, Shuffles = shuffles, Site = At(10 + loader),
    };

    /// <summary>Examples are told apart by their numbers.</summary>
    public static BatchObserved Batch(long step, Phase phase, int? loader, IEnumerable<int> examples, int epoch = 0, long index = 0)
    {
        string[] hashes = [.. examples.Select(e => $"example {e}")];
        return new()
        {
            Step = step, Phase = phase, Loader = loader, Epoch = loader is null ? null : epoch, Index = loader is null ? null : index,
            Inputs = [Tensor(hashes.Length, 4) with { Hash = string.Join('|', hashes) }], Examples = hashes, Site = At(phase == Phase.Train ? 20 : 30),
        };
    }

    /// <summary>A pass with one dropout and one batch norm, in the given mode.</summary>
    public static PassObserved Pass(long step, Phase phase, bool training, bool gradients = false, int model = 0) => new()
    {
        Step = step, Model = model, Phase = phase, GradientsOn = gradients || phase == Phase.Train, Training = training, Examples = 8, Site = At(phase == Phase.Train ? 21 : 31),
        DropoutsOn = training ? ["drop"] : [], DropoutsOff = training ? [] : ["drop"],
        BatchNormsOnBatch = training ? ["norm"] : [], BatchNormsOnRunning = training ? [] : ["norm"],
    };

    public static LossObserved LossCall(long step, Phase phase, double value, string kind = "cross-entropy", int line = 22) => new() { Step = step, Phase = phase, Kind = kind, Value = value, Site = At(line) };

    public static MetricReported Metric(string name, double value, long step, string? split = null) => new() { Name = name, Value = value, Step = step, Split = split, Site = At(40) };

    public static LoopEvent Loop(LoopAction action, long step, double? loss = null) => new() { Action = action, Step = step, Loss = loss, Site = At(23), Subject = action == LoopAction.Backward ? null : 0 };

    public static OptimizerBuilt Optimizer(int number = 0, params string[] parameters) => new()
    {
        Optimizer = number, Type = "Adam", Groups = [new OptimizerGroup(1e-3, parameters.Length > 0 ? parameters : ["fc.weight"])], Site = At(15),
    };

    /// <summary>Losses of a training, one a step.</summary>
    public static IEnumerable<Observation> Losses(IEnumerable<double> losses) =>
        losses.SelectMany((l, i) => new Observation[] { LossCall(i, Phase.Train, l) with { Input = Tensor(8, 10) }, Loop(LoopAction.Backward, i, l), Loop(LoopAction.OptimizerStep, i + 1) });

    /// <summary>The loss stays at ln 10.</summary>
    public static IEnumerable<Observation> StuckLosses => Losses(Enumerable.Range(0, 60).Select(i => 2.3 + 0.01 * Math.Sin(i)));

    /// <summary>The loss falls to a hundredth.</summary>
    public static IEnumerable<Observation> FallingLosses => Losses(Enumerable.Range(0, 60).Select(i => 2.3 * Math.Exp(-i / 12.0)));
}
