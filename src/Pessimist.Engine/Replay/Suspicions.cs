using System.Globalization;
using Pessimist.Experiments;
using Pessimist.Torch;

namespace Pessimist.Engine.Replay;

/// <summary>What looks wrong in a recorded step, each with what undoes it. None of it is a finding: undoing decides.</summary>
static class Suspicions
{
    static readonly HashSet<string> s_rectifiers = new(StringComparer.Ordinal) { "relu", "relu_", "sigmoid", "tanh", "softmax", "leaky_relu", "hardtanh", "clamp", "softplus" };

    public static IReadOnlyList<Deviation> Of(Recording recording, LossCall loss)
    {
        var all = new List<Deviation>();
        Zeroing(recording, all);
        OutputActivation(recording, loss, all);
        Dimension(recording, loss, all);
        Broadcast(recording, loss, all);
        Cuts(recording, loss, all);
        Forgotten(recording, all);
        Mode(recording, loss, all);
        // A schedule made for steps does no harm on one batch either; one made for epochs ends before the batch is learned.
        if (recording.Schedulers.Count > 0)
            all.Add(new(Causes.CollapsedLearningRate, new LeaveOutSchedule(), "a schedule stepped at every batch", Site: recording.Moves.OfType<StepMove>().FirstOrDefault()?.Site));
        if (recording.Moves.OfType<ClipMove>().FirstOrDefault() is { } clip)
            all.Add(new(Causes.AlwaysClippedGradients, new LeaveOutClipping(), string.Create(CultureInfo.InvariantCulture, $"gradients clipped to {clip.Limit:0.####}"), clip.Limit));
        return all;
    }

    static void Zeroing(Recording recording, List<Deviation> all)
    {
        var moves = recording.Moves;
        var step = moves.FindIndex(m => m is StepMove);
        var backward = moves.FindIndex(m => m is BackwardMove);
        // Several backward passes before a step add up on purpose.
        if (step < 0 || backward < 0 || moves.Count(m => m is BackwardMove) > 1) return;
        var clear = moves.FindIndex(m => m is ZeroGradMove);
        var site = ((StepMove)moves[step]).Site;
        if (clear < 0) all.Add(new(Causes.GradientsNotZeroed, new ZeroGradients(), "no zero_grad at all", Site: site));
        else if (clear > backward && clear < step) all.Add(new(Causes.GradientsNotZeroed, new ZeroGradients(), "zero_grad between backward and step", Site: site));
    }

    static void OutputActivation(Recording recording, LossCall loss, List<Deviation> all)
    {
        if (Graph.RealMaker(recording, loss.Prediction) is not { Results.Length: 1 } maker || !s_rectifiers.Contains(maker.Name)) return;
        var cause = (loss.Kind, maker.Name) switch
        {
            ("cross-entropy", "softmax") => Causes.SoftmaxBeforeCrossEntropy,
            ("bce-with-logits", "sigmoid") => Causes.SigmoidBeforeBceWithLogits,
            ("bce", "sigmoid") or ("nll", _) => null,
            ("kl-div", _) => null,
            _ => Causes.ActivationOnOutput,
        };
        if (cause is not null) all.Add(new(cause, new BypassOperation(recording.Moves.IndexOf(maker), Words(maker)), $"a {maker.Name} before the loss", Site: maker.Site));
    }

    static void Dimension(Recording recording, LossCall loss, List<Deviation> all)
    {
        foreach (var move in Graph.Ancestors(recording, loss.Value).Where(m => m.Name is "softmax" or "log_softmax" && m.Args is [_, { IsNumber: true }, ..]))
        {
            // Over the examples of the batch; with as many columns as rows both may be meant.
            if (move.Args[1].AsInt() != 0 || move.Shapes.FirstOrDefault() is not [var rows, var columns] || rows == columns || columns < 2) continue;
            all.Add(new(Causes.SoftmaxOverWrongDimension, new SetDimension(recording.Moves.IndexOf(move), Words(move), 1), $"a {move.Name} over the batch", Site: move.Site));
        }
    }

    static void Broadcast(Recording recording, LossCall loss, List<Deviation> all)
    {
        if (loss.Call is not null || loss.Kind == "custom" || recording.MakerOf(loss.Value) is not { } mean) return;
        var sub = Graph.Ancestors(recording, loss.Value).LastOrDefault(m => m.Name == "sub" && m.Tensors.GetValueOrDefault(1)?[0] is not null);
        if (sub is null || sub.Shapes is not [var a, var b] || Count(a) != Count(b) || a.SequenceEqual(b) || a.Length == b.Length) return;
        all.Add(new(Causes.BroadcastLoss, new UsePlainLoss(), $"[{string.Join(", ", a)}] minus [{string.Join(", ", b)}]", Site: sub.Site));
    }

    static void Cuts(Recording recording, LossCall loss, List<Deviation> all)
    {
        var above = Graph.Ancestors(recording, loss.Value);
        foreach (var move in above.Where(m => m.Name is "detach" or "detach_" && Graph.DependsOnParameters(recording, m.Tensors.GetValueOrDefault(0)?[0])))
            all.Add(new(Causes.DetachedGraph, new BypassOperation(recording.Moves.IndexOf(move), Words(move)), "a detach on the way to the loss", Site: move.Site));
        var hidden = above.FirstOrDefault(m => !m.Gradients && m.Tensors.Values.SelectMany(s => s).Any(s => s is Live { Tensor.RequiresGrad: true }));
        if (hidden is not null) all.Add(new(Causes.DetachedGraph, new RecordGradients(), "no gradients recorded in a part of the forward pass", Site: hidden.Site));
    }

    static void Forgotten(Recording recording, List<Deviation> all)
    {
        if (recording.Optimizers.Count == 0) return;
        var held = recording.Optimizers.SelectMany(o => o.Groups).SelectMany(g => g.Parameters).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        Tensor[] own = [.. recording.Networks.SelectMany(n => n.Parameters())];
        string[] missing = [.. own.Where(p => p.RequiresGrad && !held.Contains(p)).Select(p => recording.Names.GetValueOrDefault(p, "?"))];
        var site = recording.Moves.OfType<StepMove>().FirstOrDefault()?.Site;
        if (missing.Length > 0) all.Add(new(Causes.UnoptimizedParameters, new OptimizeAll(), $"{Text.DidYouMean.List(missing, 4)} in no optimizer", Site: site));
        string[] frozen = [.. own.Where(p => !p.RequiresGrad).Select(p => recording.Names.GetValueOrDefault(p, "?"))];
        if (frozen.Length > 0 && frozen.Length < own.Length) all.Add(new(Causes.FrozenParameters, new Unfreeze(), $"{Text.DidYouMean.List(frozen, 4)} frozen", Site: site));
    }

    /// <summary>All of batch norm and dropout as in evaluation; some of it alone is frozen on purpose.</summary>
    static void Mode(Recording recording, LossCall loss, List<Deviation> all)
    {
        OperatorMove[] moded = [.. Graph.Ancestors(recording, loss.Value).Where(m => m.Name is "batch_norm" && m.Args.Length > 5 || m.Name is "dropout" && m.Args.Length > 2)];
        if (moded.Length == 0 || moded.Any(m => m.Args[m.Name == "dropout" ? 2 : 5] is { IsFlag: true } training && training.AsBool())) return;
        all.Add(new("training-in-eval-mode", new UseTrainingMode(), "batch norm and dropout as in evaluation", Site: recording.Moves.OfType<BackwardMove>().FirstOrDefault()?.Site));
    }

    static string Words(OperatorMove move) =>
        move.Site is { } site ? string.Create(CultureInfo.InvariantCulture, $"{move.Name} ({Path.GetFileName(site.File)}:{site.Line})") : move.Name;

    static long Count(long[] shape) => shape.Aggregate(1L, (a, b) => a * b);
}
