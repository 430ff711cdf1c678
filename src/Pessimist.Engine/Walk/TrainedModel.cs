using Pessimist.Data;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Walk;

/// <summary>A trained network with its best weights, and how training went.</summary>
sealed class TrainedModel(Module network, TrainingSetup setup) : IDisposable
{
    const int PredictionBatch = 1000;

    public Module Network { get; } = network;

    public TrainingSetup Setup { get; } = setup;

    public required TrainingEnding Ending { get; init; }

    public required IReadOnlyList<EpochFinished> Epochs { get; init; }

    /// <summary>From 1; 0 when no epoch was good.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Validation loss of the best epoch.</summary>
    public required double BestLoss { get; init; }

    /// <summary>Mean training loss before the first step.</summary>
    public required double InitialLoss { get; init; }

    /// <summary>Predictions in evaluation mode, in the unit of the data. The examples must be normalised as the training data were.</summary>
    public Predictions Predict(DataSet data, PreparedData prepared, CancellationToken cancel)
    {
        var outputs = Outputs(data, cancel);
        var width = data.OutputWidth;
        if (data.Task == TaskKind.Regression)
        {
            for (var i = 0; i < outputs.Length; i++) outputs[i] = (float)prepared.Normalizer.RestoreTarget(outputs[i], i % width);
            var targets = new float[data.Values.Length];
            for (var i = 0; i < targets.Length; i++) targets[i] = (float)prepared.Normalizer.RestoreTarget(data.Values[i], i % width);
            return new Predictions { Task = data.Task, Outputs = width, Targets = targets, Values = outputs };
        }

        if (data.Task == TaskKind.MultiLabel)
        {
            for (var i = 0; i < outputs.Length; i++) outputs[i] = 1 / (1 + MathF.Exp(-outputs[i]));
            return new Predictions
            {
                Task = data.Task,
                Outputs = width,
                Labels = Array.ConvertAll(data.Values, v => v > 0.5f ? 1 : 0),
                Classes = Array.ConvertAll(outputs, p => p > 0.5f ? 1 : 0),
                Probabilities = outputs,
            };
        }

        return new Predictions
        {
            Task = data.Task,
            Outputs = width,
            Labels = data.Classes,
            Classes = SoftmaxInPlace(outputs, width),
            Probabilities = outputs,
        };
    }

    float[] Outputs(DataSet data, CancellationToken cancel)
    {
        var outputs = new float[data.Count * data.OutputWidth];
        Network.Eval();
        using var inference = Autograd.Inference();
        for (var start = 0; start < data.Count; start += PredictionBatch)
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = Scope.New();
            var count = Math.Min(PredictionBatch, data.Count - start);
            var x = Tensor.From<float>(data.Inputs.AsSpan(start * data.InputLength, count * data.InputLength), Shapes.Batch(count, data.InputShape)).To(Setup.Device);
            Network.Forward(x).To(Device.Cpu).Contiguous().AsSpan<float>().CopyTo(outputs.AsSpan(start * data.OutputWidth));
        }

        return outputs;
    }

    static int[] SoftmaxInPlace(float[] logits, int classes)
    {
        var best = new int[logits.Length / classes];
        for (var i = 0; i < best.Length; i++)
        {
            var row = logits.AsSpan(i * classes, classes);
            for (var k = 1; k < classes; k++) if (row[k] > row[best[i]]) best[i] = k;
            var (max, sum) = (row[best[i]], 0f);
            foreach (ref var value in row) sum += value = MathF.Exp(value - max);
            foreach (ref var value in row) value /= sum;
        }

        return best;
    }

    public void Dispose() => Network.Dispose();
}
