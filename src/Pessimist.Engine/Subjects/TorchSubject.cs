using System.Diagnostics;
using Pessimist.Data;
using Pessimist.Experiments;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Subjects;

/// <summary>A network, its loss and its optimizer on one frozen batch, run in this process on libtorch. Leaves the random numbers of others alone.</summary>
public sealed class TorchSubject : ISubject
{
    const int AskEvery = 10;
    const int ReferenceWidth = 128;
    const int LargestBatch = 64;
    const int SmallestBatch = 2;

    /// <summary>A plain network with three times the usual learning rate fits what the default one fits in three times the steps.</summary>
    static readonly OverfitOptions s_control = new() { MostSteps = 800 };

    readonly TrainingSetup _setup;
    readonly DataSet _batch;
    readonly DataSet? _normalized;

    /// <param name="batch">The batch as the network gets it; at most a few hundred examples.</param>
    /// <param name="normalized">The same examples as normalization would give them, when <paramref name="batch"/> is raw; else null.</param>
    public TorchSubject(TrainingSetup setup, DataSet batch, DataSet? normalized = null)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(batch);
        (_setup, _batch, _normalized) = (setup, batch, normalized);
        var classification = batch.Task is not TaskKind.Regression;
        Facts = new SubjectFacts
        {
            LearningRate = setup.LearningRate,
            DefaultLearningRate = setup.Optimizer == OptimizerKind.Sgd ? 0.01 : 3e-4,
            Optimizer = setup.Optimizer.ToString(),
            LossFactor = setup.LossSign,
            WeightDecay = setup.WeightDecay,
            Dropout = DropoutOf(setup),
            Initialization = IsUsual(setup.Init) ? null : setup.Init.ToString(),
            Normalized = normalized is null ? null : false,
            Precision = setup.DType.Name(),
            Classification = classification,
            KnowNothingLoss = KnowNothing(batch, out var words),
            KnowNothingAs = words,
            BatchSize = batch.Count,
            Examples = [.. Enumerable.Range(0, batch.Count).Select(batch.Id)],
            Floor = batch.Task switch
            {
                TaskKind.Regression => BatchFloor.OfValues(batch.Inputs, batch.Values, batch.Count),
                TaskKind.MultiLabel => BatchFloor.OfYesNo(batch.Inputs, batch.Values, batch.Count),
                _ => BatchFloor.OfClasses(batch.Inputs, batch.Classes, batch.OutputWidth),
            },
        };
    }

    public SubjectFacts Facts { get; }

    /// <summary>The frozen batch, as the network gets it.</summary>
    public DataSet Batch => _batch;

    /// <summary>
    /// Freezes a batch of the training set, no larger than one that a plain network fits: thirty noisy values of one input are more than a
    /// healthy network learns by heart, and would accuse it.
    /// </summary>
    /// <param name="normalized">The same training set as normalization would give it, when <paramref name="train"/> is raw; else null.</param>
    public static TorchSubject Freeze(TrainingSetup setup, DataSet train, DataSet? normalized, int seed, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(setup);
        ArgumentNullException.ThrowIfNull(train);
        TorchSubject Of(int size) => new(setup, train.Take(size, seed), normalized?.Take(size, seed));
        var largest = Math.Min(Math.Min(setup.BatchSize, LargestBatch), train.Count);
        // One layer fits as many examples as it has inputs, and no more.
        if (setup.ModelName == "linear") largest = Math.Clamp(train.InputLength / 2, Math.Min(2, largest), largest);
        for (var size = largest; ; size /= 2)
            if (Of(size) is var subject && (size / 2 < SmallestBatch || OverfitOneBatch.Try(subject, Recipe.Of(new UseReferenceModel()), seed, s_control, cancel: cancel).Passes))
                return subject;
    }

    public bool Supports(Intervention intervention) => intervention switch
    {
        NormalizeInputs { On: true } => _normalized is not null,
        NormalizeInputs or SetDropout { Value: not 0 } => false,
        _ => true,
    };

    public Trial Run(TrialRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var random = Rng.GetState();
        try
        {
            return Train(request);
        }
        finally
        {
            Rng.SetState(random);
        }
    }

    Trial Train(TrialRequest request)
    {
        var watch = Stopwatch.StartNew();
        var (setup, data) = Apply(request.Recipe, request.Seed);
        using var network = Build(setup, request.Recipe);
        using var batch = BatchTensors.Of(data, request.Recipe, setup.DType, setup.Device, request.Seed);
        using var optimizer = setup.CreateOptimizer(network.Parameters());
        using var parameters = request.Detailed ? new ParameterWatch(network, setup.LossSign) : null;
        var (mean, std) = Moments(batch.Inputs);
        var trial = new Trial { Losses = [], FirstHash = batch.Hash(), InputMean = mean, InputStd = std };
        var losses = new List<double>();
        for (var step = 0; ; step++)
        {
            request.Cancel.ThrowIfCancellationRequested();
            using var scope = Scope.New();
            if (step > 0) batch.NextStep();
            var output = network.Forward(batch.Inputs);
            var loss = setup.Loss(output, batch.Targets);
            losses.Add(loss.Item<double>());
            if (step == 0) trial = trial with { OutputScale = RootMeanSquare(output) };
            var last = step == request.Steps || !double.IsFinite(losses[^1]);
            var error = last || step % AskEvery == 0 ? Error(output, batch.Targets) : null;
            if (last || step > 0 && step % AskEvery == 0 && request.GoOn?.Invoke(losses, error) == false)
            {
                trial = trial with { FinalError = error };
                break;
            }

            optimizer.ZeroGrad();
            (setup.LossSign == 1 ? loss : loss * setup.LossSign).Backward();
            var watched = parameters is not null && step < ExperimentContext.WatchedSteps;
            if (watched) parameters!.BeforeStep();
            optimizer.Step();
            if (watched) parameters!.AfterStep();
        }

        var finite = double.IsFinite(losses[^1]);
        return trial with
        {
            Losses = losses,
            LastHash = batch.Hash(),
            FirstNonFinite = finite ? null : NonFiniteSearch.Find(network, batch, losses.Count - 1),
            Parameters = parameters?.Finish() ?? [],
            DataGradientNorm = parameters is null ? null : parameters.DataGradient,
            PenaltyGradientNorm = parameters is null ? null : setup.WeightDecay * parameters.WeightNorm,
            SampleLosses = finite && request.Steps > 0 ? SampleLosses(network, batch) : [],
            EvaluationLoss = finite && request.Steps > 0 ? EvaluationLoss(network, setup, batch) : null,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    public DirectionProbe? Probe(Recipe recipe, int seed)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        var random = Rng.GetState();
        try
        {
            var (setup, data) = Apply(recipe, seed);
            using var network = Build(setup, recipe);
            using var batch = BatchTensors.Of(data, recipe, setup.DType, setup.Device, seed);
            return DirectionSearch.Along(network, setup, batch);
        }
        finally
        {
            Rng.SetState(random);
        }
    }

    /// <summary>The setup and the batch after the interventions.</summary>
    (TrainingSetup Setup, DataSet Batch) Apply(Recipe recipe, int seed)
    {
        var batch = _batch;
        var setup = _setup with { Seed = seed };
        foreach (var change in recipe.Changes)
        {
            if (!Supports(change)) throw new NotSupportedException($"{change} cannot be applied to this network");
            switch (change)
            {
                case SetLearningRate c: setup = setup with { LearningRate = c.Value }; break;
                case ScaleLoss c: setup = setup with { LossSign = setup.LossSign * c.Factor }; break;
                case SetWeightDecay c: setup = setup with { WeightDecay = c.Value }; break;
                case UseDefaultInitialization: setup = setup with { Init = InitScheme.He }; break;
                case NormalizeInputs: batch = _normalized!; break;
                case UseFloat64: setup = setup with { DType = DType.Float64 }; break;
            }
        }

        if (recipe.Has<UseReferenceModel>())
        {
            batch = _normalized ?? _batch;
            setup = setup with
            {
                Create = init => new Mlp(batch.InputLength, ReferenceWidth, batch.OutputWidth, init: init),
                CreateWidth = null,
                Width = null,
                Init = InitScheme.He,
                Optimizer = OptimizerKind.Adam,
                LearningRate = 1e-3,
                WeightDecay = 0,
                LossSign = 1,
                DType = DType.Float32,
            };
        }

        return (setup, batch);
    }

    static Module Build(TrainingSetup setup, Recipe recipe)
    {
        var network = setup.Build();
        network.Train();
        if (recipe.Has<SetDropout>())
            foreach (var (_, module) in network.NamedModules())
                if (module is Dropout) module.Training = false;
        return network;
    }

    double? Error(Tensor output, Tensor targets)
    {
        if (_batch.Task == TaskKind.Regression) return null;
        using var noGrad = Autograd.NoGrad();
        var wrong = _batch.IsClassification ? output.ArgMax(1).Ne(targets) : output.Gt(0).Ne(targets.Gt(0.5));
        return wrong.To(DType.Float32).Mean().Item<double>();
    }

    /// <summary>In training mode, as the loss was measured.</summary>
    double[] SampleLosses(Module network, BatchTensors batch)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var output = network.Forward(batch.Inputs);
        var losses = _batch.Task switch
        {
            TaskKind.Regression => Loss.Mse(output, batch.Targets, Reduction.None).Mean(1),
            TaskKind.MultiLabel => Loss.BceWithLogits(output, batch.Targets, reduction: Reduction.None).Mean(1),
            _ => Loss.CrossEntropy(output, batch.Targets, reduction: Reduction.None),
        };
        return losses.To(Device.Cpu, DType.Float64).ToArray<double>();
    }

    static double EvaluationLoss(Module network, TrainingSetup setup, BatchTensors batch)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        network.Eval();
        return setup.Loss(network.Forward(batch.Inputs), batch.Targets).Item<double>();
    }

    static (double Mean, double Std) Moments(Tensor inputs)
    {
        using var scope = Scope.New();
        var values = inputs.To(DType.Float64);
        return (values.Mean().Item<double>(), values.Numel > 1 ? values.Std().Item<double>() : 0);
    }

    static double RootMeanSquare(Tensor output)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        return Math.Sqrt(output.To(DType.Float64).Square().Mean().Item<double>());
    }

    /// <summary>Scaled to the layer, rather than one constant or one spread for all.</summary>
    static bool IsUsual(InitScheme init) =>
        init.ToString() is not { } name || !(name == "zeros" || name.StartsWith("normal:", StringComparison.Ordinal) || name.StartsWith("constant:", StringComparison.Ordinal));

    static double DropoutOf(TrainingSetup setup)
    {
        var random = Rng.GetState();
        using var network = setup.Build();
        Rng.SetState(random);
        return network.NamedModules().Select(m => m.Module).OfType<Dropout>().Select(d => d.Probability).DefaultIfEmpty(0).Max();
    }

    static double KnowNothing(DataSet batch, out string words)
    {
        switch (batch.Task)
        {
            case TaskKind.MultiLabel:
                words = "ln 2";
                return Math.Log(2);
            case TaskKind.Regression:
                words = "the variance of the targets";
                return Enumerable.Range(0, batch.OutputWidth).Average(column =>
                {
                    var values = Enumerable.Range(0, batch.Count).Select(i => (double)batch.Values[i * batch.OutputWidth + column]).ToArray();
                    var mean = values.Average();
                    return values.Average(v => (v - mean) * (v - mean));
                });
            default:
                words = $"ln {batch.OutputWidth}";
                return Math.Log(batch.OutputWidth);
        }
    }
}
