using Pessimist.Experiments;

namespace Pessimist.Cli.Parsing;

/// <summary>Reads <c>--set</c>, <c>--insert</c> and <c>--drop</c>.</summary>
static class Changes
{
    static readonly (string Word, Func<Intervention> Make)[] s_inserts =
    [
        ("zero_grad", () => new ZeroGradients()),
        ("train", () => new UseTrainingMode()),
        ("normalization", () => new NormalizeInputs()),
        ("float64", () => new UseFloat64()),
        ("unfreeze", () => new Unfreeze()),
        ("all-parameters", () => new OptimizeAll()),
        ("default-initialization", () => new UseDefaultInitialization()),
    ];

    static readonly (string Word, Func<Intervention> Make)[] s_drops =
    [
        ("dropout", () => new SetDropout(0)),
        ("weight_decay", () => new SetWeightDecay(0)),
        ("batch_norm", () => new LeaveOutBatchNorm()),
        ("broadcasting", () => new UsePlainLoss()),
        ("inputs", () => new ZeroInputs()),
        .. new[] { "softmax", "log_softmax", "sigmoid", "tanh", "relu", "detach" }.Select(name => (name, (Func<Intervention>)(() => new BypassOperation(0, name)))),
    ];

    public static string SetWords => "lr=X, weight_decay=X, dropout=X, loss_factor=X (-1 turns its sign)";

    public static string InsertWords => string.Join(", ", s_inserts.Select(i => i.Word));

    public static string DropWords => string.Join(", ", s_drops.Select(d => d.Word));

    public static Intervention Set(string text)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0) throw Values.Unexpected(text, "a setting and its value, such as lr=1e-4");
        var value = text[(at + 1)..];
        return Values.Choice<Func<Intervention>>(text[..at],
        [
            ("lr", () => new SetLearningRate(Values.Number(value, v => v > 0, "a learning rate above 0, such as lr=1e-4"))),
            ("weight_decay", () => new SetWeightDecay(Values.Number(value, v => v >= 0, "a rate of at least 0, such as weight_decay=1e-4"))),
            ("dropout", () => new SetDropout(Values.Number(value, v => v is >= 0 and < 1, "a rate from 0 to below 1, such as dropout=0.1"))),
            ("loss_factor", () => new ScaleLoss(Values.Number(value, v => v != 0, "a number other than 0, such as loss_factor=-1"))),
        ])();
    }

    public static Intervention Insert(string text) => Values.Choice(text, s_inserts)();

    public static Intervention Drop(string text) => Values.Choice(text, s_drops)();
}
