using System.Globalization;
using Pessimist.Experiments;
using Pessimist.Torch;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Replay;

/// <summary>The settings of a program, as its first step shows them.</summary>
static class SubjectLook
{
    /// <param name="replay">After its forward pass.</param>
    public static SubjectFacts At(Recording recording, LossCall loss, StepReplay replay)
    {
        var optimizer = recording.Optimizers.FirstOrDefault();
        var dropout = recording.Operators.Where(m => m.Name is "dropout" && m.Args.Length > 2 && m.Args[2].AsBool()).Select(m => m.Args[1].AsDouble()).DefaultIfEmpty(0).Max();
        var (nothing, words) = KnowNothing(loss, replay);
        return new SubjectFacts
        {
            LearningRate = optimizer?.LearningRate,
            DefaultLearningRate = optimizer is SGD ? 0.01 : 1e-3,
            Optimizer = optimizer?.GetType().Name ?? "by hand",
            LossFactor = null,
            WeightDecay = optimizer?.Groups.Max(g => g.WeightDecay),
            Dropout = dropout,
            Initialization = ReplaySubject.UnusualStart(recording),
            Normalized = BatchLook.LooksRaw(recording, replay) ? false : null,
            Classification = loss.IsClassification,
            KnowNothingLoss = nothing,
            KnowNothingAs = words,
            BatchSize = (int)(replay[loss.Prediction] is { Rank: > 0 } p ? p.Size(0) : 0),
            FloorKnown = loss.Kind is "cross-entropy" or "nll" or "bce" or "bce-with-logits" or "mse" && nothing > 0,
            Floor = BatchLook.Floor(recording, loss, replay),
            Suspicions = Suspicions.Of(recording, loss),
        };
    }

    static (double Loss, string Words) KnowNothing(LossCall loss, StepReplay replay)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        if (replay[loss.Target] is not { } target || replay[loss.Prediction] is not { } prediction) return (0, "");
        switch (loss.Kind)
        {
            case "cross-entropy" or "nll" when prediction.Rank >= 2:
                return (Math.Log(prediction.Size(1)), string.Create(CultureInfo.InvariantCulture, $"ln {prediction.Size(1)}"));
            case "bce" or "bce-with-logits":
                return (Math.Log(2), "ln 2");
            case "mse" when target.Numel > 1:
                var values = target.To(DType.Float64);
                return ((values - values.Mean()).Square().Mean().Item<double>(), "the variance of the targets");
            default:
                return (0, "");
        }
    }
}
