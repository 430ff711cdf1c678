using System.Diagnostics;
using Pessimist.Data;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Serialization;

namespace Pessimist.Engine.Walk;

/// <summary>How long to train, and when to give up.</summary>
sealed record TrainingPlan
{
    /// <summary>Name in the records: <c>train</c>, <c>lr-check</c>, <c>tune</c>.</summary>
    public required string Phase { get; init; }
    public required int MaxEpochs { get; init; }

    /// <summary>Epochs without a better validation loss after which training ends.</summary>
    public int Patience { get; init; } = int.MaxValue;
    public Deadline? Deadline { get; init; }

    /// <summary>The learning rate rises and falls in one cycle over all epochs (Smith and Topin 2018), instead of staying as it is.</summary>
    public bool OneCycle { get; init; }

    /// <summary>Keep the last weights and not the best: where the validation examples were trained on, best says nothing.</summary>
    public bool KeepLast { get; init; }

    /// <summary>Folder for the weights, <c>PHASE-best.safetensors</c> and <c>PHASE-last.safetensors</c>; null keeps none.</summary>
    public string? WeightsFolder { get; init; }

    /// <summary>Called after each epoch, for records and progress.</summary>
    public Action<EpochFinished>? OnEpoch { get; init; }

    /// <summary>Told when the weights cannot be kept.</summary>
    public Action<string>? OnFault { get; init; }

    /// <summary>Called after each step with (steps done, steps in all).</summary>
    public Action<long, long>? OnStep { get; init; }
}

/// <summary>
/// Trains a network as its setup says: seeded, the best weights by validation loss kept, divergence stopped.
/// The same setup, data and seed give the same network on one machine with one number of threads.
/// </summary>
static class Trainer
{
    /// <summary>
    /// Loss above so many times the initial one for so many epochs in a row, and not falling, is divergence, unless most answers are right: after
    /// huge steps a few wrong answers cost thousands of nats while the network predicts well.
    /// </summary>
    const double DivergenceFactor = 3;
    const int DivergenceEpochs = 3;

    public static TrainedModel Train(TrainingSetup setup, DataSet train, DataSet validation, TrainingPlan plan, CancellationToken cancel)
    {
        var network = setup.Build();
        try
        {
            return Train(network, setup, train, validation, plan, cancel);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    static TrainedModel Train(Module network, TrainingSetup setup, DataSet train, DataSet validation, TrainingPlan plan, CancellationToken cancel)
    {
        using var examples = Examples(train, setup);
        using var held = Examples(validation, setup);
        using var optimizer = setup.CreateOptimizer(network.Parameters());
        var loader = new Loader(examples, Math.Min(setup.BatchSize, train.Count), seed: setup.Seed);
        var schedule = plan.OneCycle ? new Scheduler(optimizer, new OneCycleLR(plan.MaxEpochs * loader.Count, CycleMomentum: false)) : null;
        var epochs = new List<EpochFinished>();
        var initial = MeanLoss(network, examples, setup, cancel);
        var blind = BlindError(validation);
        var best = (Loss: double.PositiveInfinity, Epoch: 0, State: (Dictionary<string, Tensor>?)null);
        var ending = TrainingEnding.Completed;
        var steps = 0L;
        var started = Stopwatch.GetTimestamp();
        try
        {
            for (var epoch = 1; epoch <= plan.MaxEpochs; epoch++)
            {
                network.Train();
                double sum = 0;
                var count = 0;
                foreach (var batch in loader)
                {
                    cancel.ThrowIfCancellationRequested();
                    using var scope = Scope.New();
                    var loss = setup.Loss(network.Forward(batch.Inputs), batch.Targets);
                    optimizer.ZeroGrad();
                    (setup.LossSign == 1 ? loss : loss * setup.LossSign).Backward();
                    optimizer.Step();
                    schedule?.Step();
                    sum += loss.Item<float>() * (double)batch.Count;
                    count += batch.Count;
                    plan.OnStep?.Invoke(++steps, (long)plan.MaxEpochs * loader.Count);
                    if (plan.Deadline is { Passed: true }) break;
                }

                var (validationLoss, validationError) = Measure(network, held, validation, setup, cancel);
                var record = new EpochFinished
                {
                    Phase = plan.Phase,
                    Epoch = epoch,
                    Step = steps,
                    TrainLoss = sum / count,
                    ValidationLoss = validationLoss,
                    ValidationMetric = validationError,
                    LearningRate = optimizer.LearningRate,
                    Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds,
                };
                epochs.Add(record);
                plan.OnEpoch?.Invoke(record);
                if (validationLoss < best.Loss)
                {
                    Free(best.State);
                    best = (validationLoss, epoch, Copy(network));
                }

                if (Diverged(epochs, initial, blind)) ending = TrainingEnding.Diverged;
                else if (plan.Deadline is { Passed: true }) ending = TrainingEnding.BudgetSpent;
                else if (epoch - best.Epoch >= plan.Patience) ending = TrainingEnding.EarlyStopped;
                if (ending != TrainingEnding.Completed) break;
            }

            Keep(network, plan, "last");
            if (best.State is not null && !plan.KeepLast)
            {
                network.LoadStateDict(best.State);
                Keep(network, plan, "best");
            }
        }
        finally
        {
            Free(best.State);
        }

        return new TrainedModel(network, setup) { Ending = ending, Epochs = epochs, BestEpoch = best.Epoch, BestLoss = best.Loss, InitialLoss = initial };
    }

    static bool Diverged(List<EpochFinished> epochs, double initial, double blind) =>
        !double.IsFinite(epochs[^1].TrainLoss)
        || epochs.Count >= DivergenceEpochs && epochs.TakeLast(DivergenceEpochs).All(e => e.TrainLoss > DivergenceFactor * initial)
            && epochs[^1].TrainLoss >= epochs[^DivergenceEpochs].TrainLoss
            && !(epochs.TakeLast(DivergenceEpochs).Min(e => e.ValidationMetric) < blind / 2);

    /// <summary>Error of always giving the most frequent answer (for several labels at once, the mean over the labels); NaN for numbers.</summary>
    public static double BlindError(DataSet data) => data.Task switch
    {
        TaskKind.Regression => double.NaN,
        TaskKind.MultiLabel => Enumerable.Range(0, data.OutputWidth)
            .Select(k => Enumerable.Range(0, data.Count).Average(i => (double)data.Values[i * data.OutputWidth + k])).Average(share => Math.Min(share, 1 - share)),
        _ => 1 - data.Classes.CountBy(c => c).Max(c => c.Value) / (double)data.Count,
    };

    public static TensorDataset Examples(DataSet data, TrainingSetup setup)
    {
        using var scope = Scope.New();
        var inputs = Tensor.From<float>(data.Inputs, Shapes.Batch(data.Count, data.InputShape)).To(setup.Device);
        var targets = data.IsClassification
            ? Tensor.From<long>(Array.ConvertAll(data.Classes, c => (long)c), data.Count)
            : Tensor.From<float>(data.Values, data.Count, data.OutputWidth);
        return new TensorDataset(inputs, targets.To(setup.Device));
    }

    static double MeanLoss(Module network, TensorDataset data, TrainingSetup setup, CancellationToken cancel) =>
        Over(network, data, setup, (_, _) => 0, cancel).Loss;

    static (double Loss, double Error) Measure(Module network, TensorDataset data, DataSet truth, TrainingSetup setup, CancellationToken cancel) =>
        Over(network, data, setup, (output, targets) => truth.Task switch
        {
            TaskKind.Regression => double.NaN,
            TaskKind.MultiLabel => output.Gt(0).Ne(targets.Gt(0.5)).To(DType.Float32).Mean().Item<float>(),
            _ => output.ArgMax(1).Ne(targets).To(DType.Float32).Mean().Item<float>(),
        }, cancel);

    static (double Loss, double Error) Over(Module network, TensorDataset data, TrainingSetup setup, Func<Tensor, Tensor, double> error, CancellationToken cancel)
    {
        network.Eval();
        using var inference = Autograd.NoGrad();
        double loss = 0, wrong = 0;
        foreach (var batch in new Loader(data, 1000, shuffle: false, prefetch: false))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = Scope.New();
            var output = network.Forward(batch.Inputs);
            loss += setup.Loss(output, batch.Targets).Item<float>() * (double)batch.Count;
            wrong += error(output, batch.Targets) * batch.Count;
        }

        return (loss / data.Count, wrong / data.Count);
    }

    static Dictionary<string, Tensor> Copy(Module network)
    {
        using var noGrad = Autograd.NoGrad();
        return network.StateDict().ToDictionary(p => p.Key, p => p.Value.Clone().Keep());
    }

    /// <summary>A disk that is full must not cost the diagnosis: the weights are then only in memory.</summary>
    static void Keep(Module network, TrainingPlan plan, string which)
    {
        if (plan.WeightsFolder is null) return;
        using var noGrad = Autograd.NoGrad();
        try
        {
            Safetensors.Write(Path.Combine(plan.WeightsFolder, $"{plan.Phase}-{which}.safetensors"), network.StateDict());
        }
        catch (TorchException e)
        {
            plan.OnFault?.Invoke($"the weights were not kept: {e.Message}");
        }
    }

    static void Free(Dictionary<string, Tensor>? state)
    {
        foreach (var tensor in state?.Values ?? Enumerable.Empty<Tensor>()) tensor.Dispose();
    }
}
