using System.Diagnostics;
using System.Globalization;
using Pessimist.Engine.Subjects;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Replay;

/// <summary>
/// An unmodified C# program as a subject: each trial runs it up to its first training step, from a seed, and takes that one step again and again.
/// So the batch is frozen by construction, whatever the program's loop looks like, and every change is a change of the recorded step.
/// </summary>
public sealed class ReplaySubject : ISubject
{
    const int AskEvery = 10;
    const int ReferenceWidth = 128;

    /// <summary>Weights spread this many times wider or narrower than PyTorch's default are unusual.</summary>
    const double UnusualSpread = 5;

    readonly Action _program;

    ReplaySubject(Action program, SubjectFacts facts, bool canNormalize, bool canRefer, bool hasOptimizer)
    {
        (_program, Facts) = (program, facts);
        (CanNormalize, CanRefer, HasOptimizer) = (canNormalize, canRefer, hasOptimizer);
    }

    public SubjectFacts Facts { get; }
    bool CanNormalize { get; }
    bool CanRefer { get; }
    bool HasOptimizer { get; }
    bool HasBatchNorm { get; init; }

    /// <summary>Looks at the program's first step.</summary>
    /// <param name="why">Why it cannot be taken again, when null is returned: several optimizers, a step that carries state.</param>
    public static ReplaySubject? Of(Action program, out string why)
    {
        ArgumentNullException.ThrowIfNull(program);
        ReplaySubject? subject = null;
        var reason = Record(program, 0, recording =>
        {
            using var scope = Scope.New();
            var loss = LossCall.Of(recording);
            using var replay = new StepReplay(recording, loss, Recipe.AsIs, 0);
            recording.Restore();
            replay.Forward();
            subject = new ReplaySubject(program, SubjectLook.At(recording, loss, replay),
                recording.Input is External x && recording.Externals[x.Index] is { Rank: >= 2 } input && input.DType.IsFloatingPoint(),
                recording.Input is External y && recording.Externals[y.Index].DType.IsFloatingPoint() && loss is { IsClassification: true } or { Kind: "mse" } && replay[loss.Prediction] is { Rank: 2 },
                recording.Optimizers.Count > 0)
            {
                HasBatchNorm = recording.Operators.Any(m => m.Name == "batch_norm" && m.Args is [_, _, _, _, _, { IsFlag: true } training, ..] && training.AsBool()),
            };
        });
        why = reason ?? "";
        return subject;
    }

    /// <summary>What tells more about a program: whether its labels belong to its inputs, whether examples mix, whether it sees what it is to predict, whether
    /// the loss reads the targets.</summary>
    /// <param name="sick">It does not learn, or not far.</param>
    public IReadOnlyList<Observation> LookCloser(bool sick = true)
    {
        List<Observation> found = [];
        Record(_program, 0, recording => found.AddRange(CloserLook.At(recording, sick)));
        return found;
    }

    public bool Supports(Intervention intervention) => intervention switch
    {
        SetLearningRate or SetWeightDecay or OptimizeAll => HasOptimizer,
        NormalizeInputs { On: true } => CanNormalize,
        NormalizeInputs or SetDropout { Value: not 0 } => false,
        UseReferenceModel => CanRefer,
        UseReferenceLoop => HasOptimizer && Facts.FloorKnown,
        LeaveOutBatchNorm => HasBatchNorm,
        _ => true,
    };

    public Trial Run(TrialRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Trial? trial = null;
        var reason = Record(_program, request.Seed, recording =>
        {
            try
            {
                trial = request.Recipe.Has<UseReferenceModel>() ? TrainReference(recording, request) : Train(recording, request);
            }
            catch (TorchException)
            {
                // The changed step does not run (a dtype, a shape): nothing is fitted with it.
                trial = new Trial { Losses = [double.NaN] };
            }
        });
        return trial ?? throw new PessimistException($"the program's first step was not reached again: {reason}", "check that the program takes the same way with every seed");
    }

    public DirectionProbe? Probe(Recipe recipe, int seed)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        DirectionProbe? probe = null;
        Record(_program, seed, recording => probe = ReplayDirection.Along(recording, LossCall.Of(recording), recipe, seed));
        return probe;
    }

    public GradientComparison? CompareGradients(int seed)
    {
        GradientComparison? comparison = null;
        Record(_program, seed, recording => comparison = ReplayGradients.Compare(recording, LossCall.Of(recording), seed));
        return comparison;
    }

    /// <returns>Null when the first step was recorded and can be taken again, else the reason.</returns>
    static string? Record(Action program, int seed, Action<Recording> use)
    {
        string? unfit = null;
        Exception? fault = null;
        var recorder = new StepRecorder(seed, recording =>
        {
            unfit = recording.Unfit;
            if (recording.Optimizers.Count > 1) unfit ??= "several optimizers take turns";
            if (!recording.Moves.Any(m => m is BackwardMove)) unfit ??= "no backward pass was seen";
            if (unfit is not null) return;
            // Cleared by a way that no move shows, such as grad = null.
            var cleared = recording.Parameters.All(p => !p.HasGrad) && !recording.Moves.Any(m => m is ZeroGradMove);
            if (cleared) recording.Moves.Add(new ZeroGradMove(() => Array.ForEach([.. recording.Parameters], p => p.Grad = null)));
            try
            {
                use(recording);
            }
#pragma warning disable CA1031 // Carried across the user's program, whose own handlers must not see it.
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault = e;
            }
        });
        var random = Rng.GetState();
        try
        {
            using var lease = Watcher.Watch(recorder);
            program();
        }
        catch (StopProgramException)
        {
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            unfit ??= $"the program failed before its first step was over: {e.Message}";
        }
        finally
        {
            Rng.SetState(random);
        }

        if (fault is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);
        return unfit ?? recorder.Failure;
    }

    static Trial Train(Recording recording, TrialRequest request)
    {
        var watch = Stopwatch.StartNew();
        using var outer = Scope.New();
        var loss = LossCall.Of(recording);
        recording.Restore();
        using var replay = new StepReplay(recording, loss, request.Recipe, request.Seed);
        using var parameters = request.Detailed ? new ParameterWatch([.. recording.Names.Where(n => recording.Before.ContainsKey(n.Key)).Select(n => (n.Value, n.Key)).Where(n => n.Key.RequiresGrad)], request.Recipe.Find<ScaleLoss>()?.Factor ?? 1) : null;
        var losses = new List<double>();
        var look = new BatchLook(recording, loss, replay);
        var trial = new Trial { Losses = [], FirstHash = look.Hash, LastHash = look.Hash, InputMean = look.Mean, InputStd = look.Std };
        for (var step = 0; ; step++)
        {
            request.Cancel.ThrowIfCancellationRequested();
            using var scope = Scope.New();
            replay.Forward();
            losses.Add(replay.TaskLoss().Detach().Item<double>());
            if (step == 0) trial = trial with { OutputScale = BatchLook.RootMeanSquare(replay[loss.Prediction]) };
            var last = step == request.Steps || !double.IsFinite(losses[^1]);
            var error = last || step % AskEvery == 0 ? BatchLook.Error(loss, replay) : null;
            if (last || step > 0 && step % AskEvery == 0 && request.GoOn?.Invoke(losses, error) == false)
            {
                trial = trial with { FinalError = error };
                if (double.IsFinite(losses[^1]) && request.Steps > 0) trial = trial with { SampleLosses = BatchLook.SampleLosses(loss, replay) };
                if (!double.IsFinite(losses[^1])) trial = trial with { FirstNonFinite = BatchLook.FirstNonFinite(recording, replay, losses.Count - 1) };
                break;
            }

            var watched = parameters is not null && step < ExperimentContext.WatchedSteps;
            var before = false;
            replay.Finish(() =>
            {
                if (!watched) return;
                parameters!.BeforeStep();
                before = true;
            });
            if (before) parameters!.AfterStep();
        }

        var finite = double.IsFinite(losses[^1]);
        return trial with
        {
            Losses = losses,
            Parameters = parameters?.Finish() ?? [],
            DataGradientNorm = parameters?.DataGradient,
            PenaltyGradientNorm = parameters is null || recording.Optimizers.Count == 0 ? null : recording.Optimizers[0].Groups[0].WeightDecay * parameters.WeightNorm,
            EvaluationLoss = finite && request.Steps > 0 ? EvaluationLoss(replay) : null,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    static double? EvaluationLoss(StepReplay replay)
    {
        using var scope = Scope.New();
        replay.Forward(evaluate: true);
        return replay.TaskLoss().Detach().Item<double>();
    }

    /// <summary>A plain network with Adam on the program's own batch and standard loss.</summary>
    static Trial TrainReference(Recording recording, TrialRequest request)
    {
        using var outer = Scope.New();
        var loss = LossCall.Of(recording);
        recording.Restore();
        using var replay = new StepReplay(recording, loss, Recipe.AsIs, request.Seed);
        replay.Forward();
        var inputs = ((Tensor)replay[recording.Input]!).Detach().To(DType.Float32).Reshape(replay[recording.Input]!.Size(0), -1).Keep();
        var target = replay[loss.Target]!.Detach().Clone().Keep();
        var width = replay[loss.Prediction]!.Size(1);
        Rng.Seed(request.Seed);
        using var network = new Mlp((int)inputs.Size(1), ReferenceWidth, (int)width, init: InitScheme.He);
        using var adam = new Adam(network.Parameters(), lr: 1e-3);
        var center = inputs.Mean([0], keepDim: true);
        var scale = inputs.Std([0], keepDim: true) + 1e-6;
        using var normal = ((inputs - center) / scale).NanToNum().Keep();
        var losses = new List<double>();
        double? error;
        for (var step = 0; ; step++)
        {
            request.Cancel.ThrowIfCancellationRequested();
            using var scope = Scope.New();
            var output = network.Forward(normal);
            var value = loss.Kind switch
            {
                "mse" => Loss.Mse(output.Reshape(-1), target.To(DType.Float32).Reshape(-1)),
                "bce" or "bce-with-logits" => Loss.BceWithLogits(output, target.To(DType.Float32).Reshape(output.Shape)),
                _ => Loss.CrossEntropy(output, target),
            };
            losses.Add(value.Detach().Item<double>());
            error = BatchLook.Error(loss.Kind, output, target);
            if (step == request.Steps || !double.IsFinite(losses[^1]) || step > 0 && step % AskEvery == 0 && request.GoOn?.Invoke(losses, error) == false) break;
            adam.ZeroGrad();
            value.Backward();
            adam.Step();
        }

        inputs.Dispose();
        target.Dispose();
        return new Trial { Losses = losses, FinalError = error };
    }

    /// <summary>Spread of the weights far from the default, or no spread; null when the start is usual.</summary>
    internal static string? UnusualStart(Recording recording)
    {
        using var noGrad = Autograd.NoGrad();
        foreach (var (tensor, name) in recording.Names)
        {
            if (!tensor.RequiresGrad || tensor.Rank < 2 || tensor.Numel < 16) continue;
            using var scope = Scope.New();
            var std = recording.Before[tensor].To(DType.Float64).Std().Item<double>();
            var usual = 1 / Math.Sqrt(3.0 * Init.Fans(tensor).In);
            // A last layer, an embedding or a branch that starts at 0 or small is common.
            if (std > UnusualSpread * usual && std > 1 || std == 0)
                return string.Create(CultureInfo.InvariantCulture, $"with weights of standard deviation {std:0.####} in {name} (the default gives {usual:0.####})");
        }

        return null;
    }
}
