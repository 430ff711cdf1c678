namespace Pessimist.Advice;

/// <summary>
/// The playbook's ordered lists (P4.1 to P4.4, P4.6), cheapest first inside each, without what the run already does.
/// Order of work: underfitting, overfitting, distribution shift, re-balance.
/// </summary>
public static class Playbook
{
    public static IReadOnlyList<Suggestion> Underfitting(Situation s) => Without(
        s.Model switch
        {
            "linear" => new Suggestion("use a bigger model: one hidden layer", "a linear model cannot bend", Cost.Minutes, $"{s.Command} --model mlp"),
            "mlp" when s.Pictures => new Suggestion("use a bigger model, closer to the state of the art for pictures: LeNet", "a fully connected network does not know that neighbouring pixels belong together", Cost.Minutes, $"{s.Command} --model lenet"),
            "mlp" => new Suggestion("make the model bigger: more units, then more layers", "the training error itself is above the goal: capacity comes first", Cost.Minutes),
            "lenet" => new Suggestion("use a bigger model: from LeNet to a residual network", "the training error itself is above the goal: capacity comes first", Cost.Hours, $"{s.Command} --model resnet20"),
            "lstm" or "tcn" => new Suggestion("use a bigger model: attention, or convolutions after WaveNet", "the training error itself is above the goal: capacity comes first", Cost.Minutes, $"{s.Command} --model transformer"),
            _ => new Suggestion("make the model bigger: more units, then more layers", "the training error itself is above the goal: capacity comes first", Cost.Hours),
        },
        s.Regularized ? new Suggestion("reduce the regularization", FormattableString.Invariant($"weight decay is {s.WeightDecay:G3}, and it holds the training error up"), Cost.Minutes, $"{s.Command} --weight-decay 0") : null,
        new Suggestion("look at the training errors", "errors with one cause in common show what the model cannot see", Cost.Hours),
        s.Tuned ? null : new Suggestion("tune the hyperparameters, the learning rate first", "a wrong learning rate looks like too small a model", Cost.Minutes, $"{s.Command} --budget 10m"),
        new Suggestion("add features", "what is not in the inputs cannot be learned from them", Cost.Days));

    public static IReadOnlyList<Suggestion> Overfitting(Situation s) => Without(
        s.AllTrainingData ? null : new Suggestion("train on all the training data", "only a subset was used so far", Cost.Minutes, $"{s.Command} --budget 10m"),
        s.TransferFrom is { } how ? new Suggestion("start from a network that was trained on many pictures (transfer learning)", $"there are few pictures, and features of others serve them. {how}", Cost.Minutes, $"{s.Command} --weights resnet18.safetensors") : null,
        new Suggestion("collect more training data", FormattableString.Invariant($"there are {s.TrainCount} training examples; more of them is the surest cure"), Cost.Days),
        s.Model == "lenet" ? new Suggestion("add normalization layers (batch norm)", "they regularize and speed up training", Cost.Hours) : null,
        s.Pictures ? new Suggestion("augment the data: small shifts and rotations", "new pictures for free, as long as the label stays true", Cost.Hours) : null,
        s.Regularized ? null : new Suggestion("add regularization: weight decay, then dropout", "there is none so far", Cost.Minutes, $"{s.Command} --weight-decay 1e-3"),
        new Suggestion("look at the validation errors", "groups of errors say which data to collect", Cost.Hours),
        s is { Model: "mlp", Pictures: true } ? new Suggestion("use an architecture that fits the input: LeNet for pictures", "sharing weights over positions needs fewer examples", Cost.Minutes, $"{s.Command} --model lenet") : null,
        s.Tuned ? null : new Suggestion("tune the hyperparameters", "weight decay and width decide how far the training set is learned by heart", Cost.Minutes, $"{s.Command} --budget 10m"));

    public static IReadOnlyList<Suggestion> Shift(Situation s) => Without(
        new Suggestion("look at the test-validation errors and collect training data like them", "the test data differ from the training data", Cost.Days),
        new Suggestion("look at the test-validation errors and synthesize training data like them", "cheaper than collecting, when the difference can be described", Cost.Days),
        new Suggestion("adapt the model to the test distribution (correlation alignment, fine-tuning)", "works with few or no labels", Cost.Days));

    public static IReadOnlyList<Suggestion> Rebalance(Situation s) => Without(
        new Suggestion("draw a new validation set, or a larger one", "the validation error is better than the test error: choices were fitted to the validation set", Cost.Hours, $"{s.Command} --seed 1"));

    static List<Suggestion> Without(params Suggestion?[] suggestions) => [.. suggestions.OfType<Suggestion>()];
}
