using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Serialization;

namespace Pessimist.Engine.Walk;

/// <summary>
/// Transfer from a residual network that was trained elsewhere (P1.6): first its last layer alone, on features that are computed once, then, in the
/// place of the search, all of it with a smaller learning rate.
/// </summary>
sealed class Transfer : IDisposable
{
    /// <summary>Of the learning rate of the last layer: the rest is good already.</summary>
    const double SmallerRate = 0.1;

    const int MostEpochs = 5;
    const int Together = 16;

    /// <summary>Pictures of which there are fewer are learned sooner from features of others (our guess, after the playbook's P1.6).</summary>
    const int FewExamples = 5000;

    /// <summary>What writes the weights, once.</summary>
    public const string HowToSave = "Write its weights once: python3 -c \"from torchvision.models import resnet18; from safetensors.torch import save_file; save_file(resnet18(weights='DEFAULT').state_dict(), 'resnet18.safetensors')\"";

    readonly ResNet _net;
    readonly DataSet _pictures;
    readonly float _scale;

    Transfer(ResNet net, string name, DataSet pictures, float scale) => (_net, Name, _pictures, _scale) = (net, name, pictures, scale);

    /// <summary>As in <see cref="ModelCatalog"/>.</summary>
    public string Name { get; }

    /// <summary>Numbers that stand before the last layer.</summary>
    public int Features => _net.Fc.InFeatures;

    /// <summary>Whether the data are such that weights trained elsewhere may be the right start, and none were given.</summary>
    public static bool Fits(WalkContext context) => context.Options.Weights is null && context.Prepared is { Parts.Count: 0, Raw.Kind: DataKind.Images, Targets.IsClassification: true, Encoded.InputShape: [1 or 3 or 4, var height, var width] }
        && Math.Min(height, width) >= PretrainedResNet.SmallestSide && context.Train.Count < FewExamples;

    /// <exception cref="PessimistException">The data are no pictures, or too small; or the file holds no such network.</exception>
    public static Transfer Open(WalkContext context, Device device)
    {
        var (file, prepared) = (context.Options.Weights!, context.Prepared);
        var pictures = prepared.Encoded;
        if (prepared.Parts.Count > 0 || prepared.Raw.Kind != DataKind.Images || pictures.InputShape is not [1 or 3 or 4, var height, var width])
            throw new PessimistException($"--weights {file} is of a network for pictures, and {context.Options.Data} has inputs of shape {Words.Shape(pictures.InputShape)}", "leave it out, or say --as picture where the arrays are pictures");
        if (Math.Min(height, width) < PretrainedResNet.SmallestSide)
            throw new PessimistException($"--weights {file}: the pictures of {context.Options.Data} are {width} x {height}, and five halvings leave nothing of less than {PretrainedResNet.SmallestSide} x {PretrainedResNet.SmallestSide}", "use larger pictures, or leave --weights out");
        try
        {
            var net = PretrainedResNet.Read(file, pictures.OutputWidth, out var name);
            net.To(device: device);
            var largest = prepared.Raw.Items?.Bytes is not null ? 255 : pictures.Inputs.Max();
            return new Transfer(net, name, pictures, largest > 1 ? 1 / 255f : 1);
        }
        catch (TorchException e)
        {
            throw new PessimistException($"--weights: {e.Message}", "give weights of torchvision's ResNet-18, 34 or 50 as safetensors", e);
        }
    }

    /// <summary>The examples of the walk as features, in the place of their pictures.</summary>
    public void SeeFeatures(WalkContext context, CancellationToken cancel)
    {
        var prepared = context.Prepared;
        var all = prepared.Split.Train.Length + prepared.Split.Validation.Length + prepared.Split.Test.Length;
        var done = 0;
        DataSet Of(DataSet set, int[] rows) => set.WithInputs(Compute(rows, () => context.Progress.Stepped(new WalkStep($"features of {Name}", done += Together, all)), cancel), [Features]);
        context.Prepared = prepared with
        {
            Train = Of(prepared.Train, prepared.Split.Train),
            Validation = Of(prepared.Validation, prepared.Split.Validation),
            Test = Of(prepared.Test, prepared.Split.Test),
        };
    }

    float[] Compute(int[] rows, Action stepped, CancellationToken cancel)
    {
        var features = new float[rows.Length * Features];
        _net.Eval();
        using var noGrad = Autograd.NoGrad();
        for (var start = 0; start < rows.Length; start += Together)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = Scope.New();
            var some = rows.AsSpan(start, Math.Min(Together, rows.Length - start));
            PretrainedResNet.Features(_net, Pixels(some)).To(Device.Cpu).Contiguous().AsSpan<float>().CopyTo(features.AsSpan(start * Features));
            stepped();
        }

        return features;
    }

    /// <summary>[N, 3, H, W], normalized as the weights want it.</summary>
    Tensor Pixels(ReadOnlySpan<int> rows)
    {
        var length = _pictures.InputLength;
        var pixels = new float[rows.Length * length];
        for (var i = 0; i < rows.Length; i++) _pictures.Input(rows[i]).CopyTo(pixels.AsSpan(i * length));
        var x = Tensor.From<float>(pixels, Shapes.Batch(rows.Length, _pictures.InputShape)).To(_net.Fc.Weight.Device);
        return PretrainedResNet.Normalize(_scale == 1 ? x : x * _scale);
    }

    /// <summary>Trains all of the network, beginning from the last layer that was trained alone; kept when the validation loss says so.</summary>
    public StageOutcome FineTune(WalkContext context, Deadline deadline, CancellationToken cancel)
    {
        var head = context.Trained!;
        var (setup, split) = (head.Setup, context.Prepared.Split);
        var before = head.BestLoss;
        using (Autograd.NoGrad())
            foreach (var (name, tensor) in _net.Fc.StateDict()) tensor.CopyInPlace(head.Network.StateDict()[$"fc.{name}"]);
        _net.RequiresGrad(true);
        var rate = setup.LearningRate * SmallerRate;
        using var optimizer = (setup with { LearningRate = rate }).CreateOptimizer(_net.Parameters());
        var best = before;
        var bestEpoch = 0;
        Dictionary<string, Tensor>? kept = null;
        var epochs = 0;
        var random = new Random(context.Options.Seed);
        try
        {
            while (epochs < MostEpochs && !deadline.Passed)
            {
                var order = Enumerable.Range(0, split.Train.Length).ToArray();
                random.Shuffle(order);
                // Batch norm keeps its statistics: a few pictures would spoil them.
                _net.Eval();
                for (var start = 0; start < order.Length && !deadline.Passed; start += Together)
                {
                    cancel.ThrowIfCancellationRequested();
                    using var scope = Scope.New();
                    var some = order.AsSpan(start, Math.Min(Together, order.Length - start));
                    optimizer.ZeroGrad();
                    setup.Loss(_net.Forward(Pixels(Array.ConvertAll(some.ToArray(), i => split.Train[i]))), Targets(context.Train, some)).Backward();
                    optimizer.Step();
                    context.Progress.Stepped(new WalkStep($"fine-tuning all of {Name}: epoch {epochs + 1} of at most {MostEpochs}", start, order.Length, deadline.Remaining));
                }

                epochs++;
                var loss = ValidationLoss(context, setup, cancel);
                if (!(loss < best)) break;
                (best, bestEpoch) = (loss, epochs);
                Free(kept);
                using var noGrad = Autograd.NoGrad();
                kept = _net.StateDict().ToDictionary(p => p.Key, p => p.Value.Clone().Keep());
            }

            if (kept is null)
                return epochs == 0 ? StageOutcome.NotEnoughEvidence("no time is left for fine-tuning") with { Help = ["give more time with --budget 30m"] }
                    : StageOutcome.Passed($"fine-tuning all of {Name} with lr {rate:G3} made nothing better: the last layer alone is kept");
            _net.LoadStateDict(kept);
        }
        finally
        {
            Free(kept);
        }

        return Adopt(context, before, best, bestEpoch, rate, cancel);
    }

    StageOutcome Adopt(WalkContext context, double before, double best, int epoch, double rate, CancellationToken cancel)
    {
        SeeFeatures(context, cancel);
        var head = context.Trained!;
        head.Network.LoadStateDict(_net.Fc.StateDict().ToDictionary(p => $"fc.{p.Key}", p => p.Value));
        Keep(context);
        var test = head.Predict(context.Test, context.Prepared, cancel).Metric(context.Metric);
        context.Run.Add(new Evaluated { Model = "fine-tuned", Split = "test", Metric = context.Metric.Name, Value = test.Value, Low = test.Low, High = test.High, Count = test.Count });
        var share = !context.Metric.IsRegression;
        return StageOutcome.Passed($"fine-tuning all of {Name} with lr {rate:G3}: validation loss {Words.Number(before)} -> {Words.Number(best)} in {Words.Count(epoch, "epoch")}; test {context.Metric.Name} {Words.Value(share, test.Value)} ({Words.Value(share, test.Low)} to {Words.Value(share, test.High)})");
    }

    void Keep(WalkContext context)
    {
        if (context.Options.WeightsFolder is not { } folder) return;
        using var noGrad = Autograd.NoGrad();
        try
        {
            Safetensors.Write(Path.Combine(folder, $"{Name}-fine-tuned.safetensors"), _net.StateDict());
        }
        catch (TorchException e)
        {
            context.Progress.Said($"the weights were not kept: {e.Message}");
        }
    }

    double ValidationLoss(WalkContext context, TrainingSetup setup, CancellationToken cancel)
    {
        var rows = context.Prepared.Split.Validation;
        using var noGrad = Autograd.NoGrad();
        _net.Eval();
        var sum = 0.0;
        for (var start = 0; start < rows.Length; start += Together)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = Scope.New();
            var count = Math.Min(Together, rows.Length - start);
            sum += count * setup.Loss(_net.Forward(Pixels(rows.AsSpan(start, count))), Targets(context.Validation, [.. Enumerable.Range(start, count)])).Item<double>();
        }

        return sum / rows.Length;
    }

    Tensor Targets(DataSet data, ReadOnlySpan<int> rows)
    {
        var some = data.Subset(rows);
        var targets = some.IsClassification
            ? Tensor.From<long>(Array.ConvertAll(some.Classes, c => (long)c), some.Count)
            : Tensor.From<float>(some.Values, some.Count, some.OutputWidth);
        return targets.To(_net.Fc.Weight.Device);
    }

    static void Free(Dictionary<string, Tensor>? state)
    {
        foreach (var tensor in state?.Values ?? Enumerable.Empty<Tensor>()) tensor.Dispose();
    }

    public void Dispose() => _net.Dispose();
}
