namespace Pessimist.Engine.Replay;

/// <summary>The loss of a recorded step: the framework's own call, or a hand-written mean squared error.</summary>
/// <param name="Kind">As in <c>LossObserved</c>; <c>custom</c> when only the value is known.</param>
/// <param name="Value">The task's own loss, without sign, factors and penalties put on it later.</param>
/// <param name="Call">Null for a hand-written one.</param>
sealed record LossCall(string Kind, Source Value, Source? Prediction, Source? Target, OperatorMove? Call)
{
    /// <summary>Name of the operator, kind, and position of the reduction among its arguments.</summary>
    static readonly Dictionary<string, (string Kind, int Reduction)> s_known = new(StringComparer.Ordinal)
    {
        ["cross_entropy_loss"] = ("cross-entropy", 3),
        ["nll_loss_nd"] = ("nll", 3),
        ["nll_loss"] = ("nll", 3),
        ["nll_loss2d"] = ("nll", 3),
        ["binary_cross_entropy"] = ("bce", 3),
        ["binary_cross_entropy_with_logits"] = ("bce-with-logits", 4),
        ["mse_loss"] = ("mse", 2),
        ["l1_loss"] = ("l1", 2),
        ["huber_loss"] = ("huber", 2),
        ["smooth_l1_loss"] = ("smooth-l1", 2),
        ["kl_div"] = ("kl-div", 2),
    };

    public bool IsClassification => Kind is "cross-entropy" or "nll" or "bce" or "bce-with-logits";

    /// <summary>Where the reduction stands among the arguments of <see cref="Call"/>.</summary>
    public int? ReductionAt => Call is null ? null : s_known[Call.Name].Reduction;

    public double LabelSmoothing => Call is { Name: "cross_entropy_loss", Args.Length: > 5 } && Call.Args[5].IsNumber ? Call.Args[5].AsDouble() : 0;

    /// <summary>The loss that the first backward pass of a step starts from.</summary>
    public static LossCall Of(Recording recording)
    {
        var root = recording.Moves.OfType<BackwardMove>().Select(m => m.Loss).FirstOrDefault() ?? new Made(-1);
        var above = Graph.Ancestors(recording, root);
        var calls = above.Where(m => s_known.ContainsKey(m.Name)).ToArray();
        if (calls is [.., var call] && calls.Select(c => c.Name).Distinct().Count() == 1)
            return new LossCall(s_known[call.Name].Kind, new Made(call.Results[0]), call.Tensors.GetValueOrDefault(0)?[0], call.Tensors.GetValueOrDefault(1)?[0], call);
        if (calls.Length == 0 && SquaredError(recording, above) is { } squared) return squared;
        return new LossCall("custom", root, null, null, null);
    }

    /// <summary><c>((out - y) ** 2).mean()</c> in its usual spellings.</summary>
    static LossCall? SquaredError(Recording recording, IReadOnlyList<OperatorMove> above)
    {
        foreach (var mean in above.Where(m => m.Name == "mean" && m.Results.Length == 1))
        {
            if (recording.MakerOf(mean.Tensors.GetValueOrDefault(0)?[0]) is not { } square) continue;
            var squares = square.Name is "square" || square.Name == "pow" && square.Args is [_, { IsNumber: true } two, ..] && two.AsDouble() == 2
                || square.Name == "mul" && square.Tensors.GetValueOrDefault(0)?[0] is { } left && left == square.Tensors.GetValueOrDefault(1)?[0];
            if (!squares || recording.MakerOf(square.Tensors[0][0]) is not { Name: "sub" } sub) continue;
            Source? a = sub.Tensors.GetValueOrDefault(0)?[0], b = sub.Tensors.GetValueOrDefault(1)?[0];
            if (a is null || b is null) continue;
            bool learnedA = Graph.DependsOnParameters(recording, a), learnedB = Graph.DependsOnParameters(recording, b);
            if (learnedA == learnedB) continue;
            return new LossCall("mse", new Made(mean.Results[0]), learnedA ? a : b, learnedA ? b : a, null);
        }

        return null;
    }
}
