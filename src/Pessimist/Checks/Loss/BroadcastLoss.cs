using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Loss;

/// <summary>PES306 broadcast-loss</summary>
public sealed class BroadcastLoss() : LossCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES306",
        Name = "broadcast-loss",
        Level = Level.Error,
        Summary = "every prediction is compared with every target: their shapes broadcast",
        Explains = [.. Consequences.OfCause, "PES311"],
        Docs = """
            ## Why it matters
            A prediction of shape [N, 1] and a target of shape [N] are not N pairs: broadcasting makes N times N differences. The best that the network
            can do is then to predict the mean of the targets for everybody, and it does.

            It is proved by the shapes: both hold N values, and what the loss compares holds N times N.

            ## When it is a false alarm
            Distance matrices and contrastive losses broadcast on purpose. They give both sides an axis of size 1 ([N, 1] and [1, N]), or compare
            something other than a prediction with the target, and stay silent.

            ## What to do
            Give both the same shape: `prediction.squeeze(1)` or `target.unsqueeze(1)`.
            """,
    };

    protected override bool Concerns(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss.Kind is "mse" or "l1" or "smooth-l1" or "huber" or "bce" or "bce-with-logits" or "gaussian-nll" or "poisson-nll";
    }

    protected override bool? Shows(LossObserved loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss is { Input: { } input, Target: { } target } ? Multiplies(input.Shape, target.Shape) : null;
    }

    public override Verdict Conclude()
    {
        // One batch is enough: the last one of an epoch may hold a single example, which does not broadcast.
        if (Tallies.All.FirstOrDefault(t => t.Yes > 0) is { } guilty)
            return Found(guilty.Example.Input!.Shape, guilty.Example.Target!.Shape, guilty.Site, guilty.Example.MadeIn, guilty.Train > 0 ? Level.Error : Level.Warning);

        foreach (var trace in Graph.Traces)
            for (var i = 0; i < trace.Operations.Count; i++)
                if (Difference(trace, i) is { } pair)
                    return Found(pair.Prediction.Shape, pair.Target.Shape, trace.Operations[i].Site, null, Level.Error);
        return Graph.Traces.Count > 0 && !Tallies.All.Any() ? Passed("no prediction broadcasts against a target") : Innocent("a loss of pairs", "predictions and targets have the same shapes");
    }

    Verdict Found(IReadOnlyList<long> prediction, IReadOnlyList<long> target, Site? site, string? module, Level level)
    {
        var compared = Broadcast(prediction, target)!;
        return Found(Finding($"a prediction of shape {Text(prediction)} is compared with a target of shape {Text(target)}, which makes {Text(compared)} pairs", EvidenceClass.Proved, level) with
        {
            Location = At(site, module),
            Evidence =
            [
                new("pairs that are compared", Count(compared).ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{Count(target)}, one a target"), "definition"),
            ],
            Notes = ["the best that this loss allows is the mean of the targets, for every example"],
            Fixes = [prediction.Count > target.Count ? "give both the same shape: prediction.squeeze(-1), or target.unsqueeze(-1)" : "give both the same shape: target.squeeze(-1), or prediction.unsqueeze(-1)"],
        });
    }

    /// <summary>A hand-written loss: prediction minus (or times) target, of shapes that broadcast by accident.</summary>
    static (TensorFacts Prediction, TensorFacts Target)? Difference(OperationTrace trace, int position)
    {
        if (trace.NameAt(position) is not ("sub" or "rsub" or "mul") || trace.Operations[position] is not { Inputs: [var a, var b, ..], Outputs: [{ RequiresGrad: true }, ..] } operation) return null;
        if (operation.Phase == Phase.Evaluate || !Multiplies(a.Shape, b.Shape)) return null;
        foreach (var (prediction, target) in new[] { (a, b), (b, a) })
        {
            var (source, maker) = trace.SourceOf(target, position);
            if (maker is not null || trace.RoleOf(source) != "target") continue;
            // An axis of size 1 that the program itself put in just before is meant: all pairs are wanted.
            if (trace.MakerOf(prediction, position) is { } made && trace.NameAt(made) is "unsqueeze" or "index" or "getitem") continue;
            if (trace.DependsOnParameter(prediction, position)) return (prediction, target);
        }

        return null;
    }

    /// <summary>Both hold the same N values, up to axes of size 1, and broadcasting them makes more. Axes of size 1 on both sides are meant.</summary>
    internal static bool Multiplies(IReadOnlyList<long> a, IReadOnlyList<long> b)
    {
        if (a.Count == b.Count || !a.Where(s => s != 1).SequenceEqual(b.Where(s => s != 1))) return false;
        return Broadcast(a, b) is { } both && Count(both) > Count(a);
    }

    static long[]? Broadcast(IReadOnlyList<long> a, IReadOnlyList<long> b)
    {
        var result = new long[Math.Max(a.Count, b.Count)];
        for (var i = 1; i <= result.Length; i++)
        {
            long x = i <= a.Count ? a[^i] : 1, y = i <= b.Count ? b[^i] : 1;
            if (x != y && x != 1 && y != 1) return null;
            result[^i] = Math.Max(x, y);
        }

        return result;
    }

    static long Count(IReadOnlyList<long> shape) => shape.Aggregate(1L, (product, size) => product * size);

    static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape.Select(s => s.ToString(CultureInfo.InvariantCulture)))}]";
}
