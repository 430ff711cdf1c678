using System.Globalization;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES215 shape-mismatch</summary>
public sealed class ShapeMismatch() : CrashCheck(About, CrashKind.Shape)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES215",
        Name = "shape-mismatch",
        Level = Level.Error,
        Summary = "the program ended at an operation whose shapes do not fit",
        Docs = """
            ## Why it matters
            The message of the framework names matrices, not layers. Here are the module, both shapes, and the likely mistake where the shapes leave
            no doubt: a missing flatten, channels last, swapped sizes, a missing batch axis, a stray axis.

            ## When it is a false alarm
            Never: the program raised the exception. Programs that try shapes and catch the exception are not looked at.

            ## What to do
            Print the shapes before the line, or read them in the finding; mend the size of the layer or the axes of the tensor.
            """,
    };

    protected override bool Concerns(ExceptionRaised crash) => !OutputWidthWrong.IsAbout(crash) && !SequenceAxisSwapped.IsAbout(crash);

    public override Verdict Conclude()
    {
        if (Crash is not { } crash) return NoCrash;
        var (message, mistake) = Linear(crash) ?? Convolution(crash) ?? Rank(crash) ?? Normalization(crash) ?? Recurrent(crash) ?? Loss(crash) ?? Reshape(crash) ?? Index(crash) ?? Pair(crash)
            ?? ($"{Name(crash)} was given shapes that do not fit", null);
        return Found(Explain(message, mistake));
    }

    (string, string?)? Linear(ExceptionRaised crash)
    {
        if (!crash.Message.Contains("cannot be multiplied", StringComparison.Ordinal) && !(OperationNames.Canonical(crash.Operation ?? "") == "linear" && crash.Message.Contains("size mismatch", StringComparison.Ordinal)))
            return null;
        var at = crash.Message.IndexOf("shapes cannot", StringComparison.Ordinal);
        var shapes = ShapeMessage.Shapes(at < 0 ? crash.Message : crash.Message[at..]);
        if (shapes is not [{ Length: 2 } left, { Length: 2 } right, ..]) return null;
        var isLayer = Module?.Type == "Linear" || OperationNames.Canonical(crash.Operation ?? "") == "linear";
        if (!isLayer) return ($"{Name(crash)} cannot multiply {Shape(left)} by {Shape(right)}: {left[1]} columns and {right[0]} rows", null);
        long given = left[1], takes = right[0], makes = right[1];
        var input = crash.Inputs.Count > 0 ? crash.Inputs[0].Shape : [.. left];
        var message = $"{Name(crash)} takes {N(takes)} features and is given {N(given)}, in a tensor of shape {Shape(input)}";
        var flat = input.Skip(1).Aggregate(1L, (a, b) => a * b);
        var axes = Enumerable.Range(1, Math.Max(0, input.Count - 2)).Where(i => input[i] == takes).ToArray();
        string? mistake =
            input.Count > 2 && flat == takes ? $"flatten the tensor before {Name(crash)}: {Times(input.Skip(1))} = {N(takes)} features"
            : axes.Length == 1 && input.Count > 2 ? $"the {N(takes)} features are axis {axes[0]}; a linear layer works on the last axis, so transpose before it"
            : input.Count == 2 && input[0] == takes && input[1] != takes && input[1] == 1 ? "the axes are swapped: examples come first, features last"
            : makes == given && takes != given ? $"the sizes look swapped: Linear({N(given)}, {N(takes)}) takes {N(given)} features"
            : input.Count > 2 && input.Count >= 4 ? $"flatten the tensor before {Name(crash)}, and let it take {N(flat)} features ({Times(input.Skip(1))})"
            : input.Count == 2 ? $"let {Name(crash)} take {N(given)} features, or mend the size of what comes before it" : null;
        return (message, mistake);
    }

    (string, string?)? Convolution(ExceptionRaised crash)
    {
        if (!crash.Message.Contains("channels, but got", StringComparison.Ordinal)) return null;
        var shapes = ShapeMessage.Shapes(crash.Message);
        if (shapes is not [{ Length: > 2 } weight, { Length: > 2 } seen, ..]) return null;
        var numbers = ShapeMessage.Numbers(crash.Message);
        var groups = numbers.Length > 0 && numbers[0] > 0 ? numbers[0] : 1;
        var takes = weight[1] * groups;
        var input = crash.Inputs.Count > 0 ? crash.Inputs[0].Shape : seen;
        var given = seen[1];
        var message = $"{Name(crash)} takes {N(takes)} {(takes == 1 ? "channel" : "channels")} and is given {N(given)}, in a tensor of shape {Shape(input)}";
        string? mistake =
            seen[^1] == takes && seen[1] != takes && seen.Length == weight.Length ? "the channels come last; a convolution expects them second: " + (seen.Length == 4 ? "permute(0, 3, 1, 2)" : "transpose(1, 2)")
            : takes == 1 && input.Count == weight.Length - 1 ? "the axis of channels is missing: unsqueeze(1)"
            : (takes, given) is (1, 3) or (3, 1) ? (given == 3 ? "the pictures are in colour: let the first convolution take 3 channels, or make them grey" : "the pictures are grey: let the first convolution take 1 channel")
            : Module?.Settings.GetValueOrDefault("out_channels") is { } makes && makes == given && takes != given ? "in_channels and out_channels look swapped"
            : $"let {Name(crash)} take {N(given)} channels, or mend what comes before it";
        return (message, mistake);
    }

    (string, string?)? Rank(ExceptionRaised crash)
    {
        var isRank = crash.Message.Contains("(unbatched) or", StringComparison.Ordinal) || crash.Message.Contains("input (got", StringComparison.Ordinal)
            || crash.Message.Contains("input must have", StringComparison.Ordinal) || crash.Message.Contains("takes an input of", StringComparison.Ordinal);
        if (!isRank) return null;
        var input = crash.Inputs.Count > 0 ? crash.Inputs[0].Shape : ShapeMessage.Shapes(crash.Message) is [var first, ..] ? first : null;
        if (input is null) return ($"{Name(crash)} was given a tensor with the wrong number of axes", null);
        var axes = Module?.Type switch { "Conv2d" or "BatchNorm2d" or "MaxPool2d" or "AvgPool2d" => 4, "Conv1d" => 3, "Conv3d" or "BatchNorm3d" => 5, _ => OperationNames.Canonical(crash.Operation ?? "") == "conv" ? Conv(crash) : 0 };
        var wants = axes > 0 ? $"{N(axes)} axes (batch, channels{string.Concat(Enumerable.Repeat(", position", axes - 2))})" : "another number of axes";
        string? mistake =
            axes > 0 && input.Count == axes + 1 && input.Any(s => s == 1) ? "a stray axis of size 1: squeeze it"
            : axes == 4 && input.Count == 2 ? "the pictures are flat: reshape them to [batch, channels, height, width]"
            : axes > 0 && input.Count == axes - 1 ? "an axis is missing: unsqueeze(1) for channels, unsqueeze(0) for the batch"
            : Module?.Type == "BatchNorm1d" && input.Count == 4 ? "use BatchNorm2d for pictures" : null;
        return ($"{Name(crash)} takes {wants} and is given {input.Count}, in a tensor of shape {Shape(input)}", mistake);
    }

    static int Conv(ExceptionRaised crash) => (crash.Operation ?? "") switch { "conv1d" => 3, "conv2d" => 4, "conv3d" => 5, _ => 0 };

    static (string, string?)? Normalization(ExceptionRaised crash)
    {
        if (crash.Message.Contains("running_mean should contain", StringComparison.Ordinal) && ShapeMessage.Numbers(crash.Message) is [.., var given, var takes])
            return ($"{Name(crash)} normalizes {N(takes)} channels and is given {N(given)}", $"give it the number of channels before it: {N(given)}");
        if (!crash.Message.Contains("normalized_shape=", StringComparison.Ordinal) || ShapeMessage.Shapes(crash.Message) is not [var shape, .., var input]) return null;
        return ($"{Name(crash)} normalizes over {Shape(shape)} and is given a tensor of shape {Shape(input)}",
            shape.Length == 1 && input.SkipLast(1).Skip(1).Contains(shape[0]) ? $"the {N(shape[0])} features are not the last axis; transpose before it" : $"normalize over {N(input[^1])}, the last axis");
    }

    static (string, string?)? Recurrent(ExceptionRaised crash)
    {
        if (crash.Message.Contains("must be equal to input_size", StringComparison.Ordinal) && ShapeMessage.Numbers(crash.Message) is [.., var takes, var given])
        {
            var input = crash.Inputs.Count > 0 ? crash.Inputs[0].Shape : null;
            return ($"{Name(crash)} takes {N(takes)} features and is given {N(given)}{(input is null ? "" : $", in a tensor of shape {Shape(input)}")}",
                input is { Count: 3 } && input.Take(2).Count(s => s == takes) == 1 ? "the features must be the last axis: transpose before it" : null);
        }

        return null;
    }

    static (string, string?)? Loss(ExceptionRaised crash)
    {
        if (crash.Message.Contains("scalar outputs", StringComparison.Ordinal))
            return ("the backward pass starts from a tensor of more than one value", "reduce the loss to one number: mean() or sum(), or reduction='mean'");
        if (crash.Message.Contains("to match target batch_size", StringComparison.Ordinal) && ShapeMessage.Numbers(crash.Message) is [var rows, var targets, ..])
            return ($"the loss is given {N(rows)} predictions and {N(targets)} targets",
                targets > 0 && rows % targets == 0 && rows > targets
                    ? $"each example makes {N(rows / targets)} rows: a view or reshape counts the batch wrongly, or the steps of a sequence are not reduced to one" : null);
        if (crash.Message.Contains("multi-target not supported", StringComparison.Ordinal) || crash.Message.Contains("expected floating point type for target with class probabilities", StringComparison.OrdinalIgnoreCase)
            || crash.Message.Contains("takes class ids of shape", StringComparison.Ordinal))
        {
            var target = ShapeMessage.LossPair(crash)?.Target;
            return ($"cross-entropy takes one class id an example and is given {(target is null ? "more than that" : $"a target of shape {Shape(target)}")}",
                target is [_, 1] ? "squeeze the target: target.squeeze(1)" : target is [_, > 1] ? "the targets look one-hot: use argmax(1) to get class ids, or floating-point numbers for probabilities" : null);
        }

        if (ShapeMessage.LossPair(crash) is not { } pair) return null;
        var same = pair.Prediction.Where(s => s != 1).SequenceEqual(pair.Target.Where(s => s != 1));
        return ($"the loss compares a prediction of shape {Shape(pair.Prediction)} with a target of shape {Shape(pair.Target)}",
            same ? (pair.Prediction.Count > pair.Target.Count ? "give both the same shape: prediction.squeeze(-1), or target.unsqueeze(-1)" : "give both the same shape: target.squeeze(-1)") : null);
    }

    static (string, string?)? Reshape(ExceptionRaised crash)
    {
        if (!crash.Message.Contains("invalid for input of size", StringComparison.Ordinal)) return null;
        var numbers = ShapeMessage.Numbers(crash.Message);
        if (ShapeMessage.Shapes(crash.Message) is not [var shape, ..] || numbers.Length == 0) return null;
        var input = crash.Inputs.Count > 0 ? crash.Inputs[0].Shape : null;
        var each = input is { Count: > 1 } ? input.Skip(1).Aggregate(1L, (a, b) => a * b) : (long?)null;
        return ($"{N(numbers[^1])} values{(input is null ? "" : $" of shape {Shape(input)}")} cannot take the shape {Shape(shape)}",
            each is { } size && shape is [-1, _] ? $"each example holds {N(size)} values: use flatten(1)"
            : input is { Count: > 0 } && shape.Length > 0 && shape[0] > 1 && shape[0] != input[0] ? "the size of the batch is written down; the last batch may be smaller: use -1 or x.shape[0]" : null);
    }

    (string, string?)? Index(ExceptionRaised crash)
    {
        if (crash.Message.Contains("index out of range in self", StringComparison.Ordinal))
        {
            var rows = Module?.Settings.GetValueOrDefault("num_embeddings");
            var largest = crash.Inputs.FirstOrDefault(i => !OperationNames.IsFloating(i.DType))?.Max;
            return ($"{Name(crash)} was given an id that it has no row for" + (rows is > 0 ? string.Create(CultureInfo.InvariantCulture, $": it has {rows} rows{(largest is null ? "" : $", and the largest id is {largest}")}") : ""),
                largest is { } max ? $"make the embedding {N((long)max + 1)} rows large, or look at how the ids are made" : "count the ids, with those for padding and unknown words");
        }

        if (!crash.Message.Contains("imension out of range", StringComparison.Ordinal) || ShapeMessage.Numbers(crash.Message) is not [.., var wanted]) return null;
        var input = crash.Inputs.Count > 0 ? crash.Inputs[0].Shape : null;
        return ($"{Name(crash)} works along axis {N(wanted)} and is given a tensor {(input is null ? "with fewer axes" : $"of shape {Shape(input)}")}",
            input is { Count: 1 } ? "the batch axis is missing: a squeeze took it away, or a single example was given; unsqueeze(0)" : null);
    }

    static (string, string?)? Pair(ExceptionRaised crash)
    {
        var shapes = crash.Inputs.Where(i => i.Shape.Count > 0).Select(i => i.Shape).Take(2).ToArray();
        if (shapes.Length < 2)
        {
            var numbers = ShapeMessage.Numbers(crash.Message);
            return crash.Message.Contains("must match the size of tensor", StringComparison.Ordinal) && numbers is [var a, var b, var axis]
                ? ($"{Name(crash)} joins tensors of size {N(a)} and {N(b)} along axis {N(axis)}", null) : null;
        }

        return ($"{Name(crash)} joins tensors of shape {Shape(shapes[0])} and {Shape(shapes[1])}",
            shapes[0].Count == shapes[1].Count && shapes[0].Order().SequenceEqual(shapes[1].Order()) ? "the axes of one of them are in another order: transpose it" : null);
    }

    static string N(long number) => number.ToString(CultureInfo.InvariantCulture);
}
