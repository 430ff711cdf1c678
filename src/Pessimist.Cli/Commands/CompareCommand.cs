using System.CommandLine;
using System.Globalization;
using Pessimist.Cli.Parsing;
using Pessimist.Cli.Terminal;
using Pessimist.Engine.Comparing;
using Pessimist.Text;
using Pessimist.Torch;
using Pessimist.Torch.Serialization;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist compare</c>: two implementations on one input, layer by layer.</summary>
sealed class CompareCommand : ToolCommand
{
    const int DefaultExamples = 8;

    /// <summary>Of large examples, whose layers would fill the memory.</summary>
    const int FewExamples = 2;

    const int LargeExample = 50_000;
    const int DefaultSeed = 42;
    const long MostNumbers = 1 << 26;

    readonly Screen _screen;
    readonly Argument<string> _a = new("A") { Description = "yours: a network with its weights (lenet:weights.safetensors), a TorchScript file (mine.ts), or recorded activations (mine.npz)" };
    readonly Argument<string> _b = new("B") { Description = "the reference, one of the same kinds" };
    readonly Option<string?> _input = Valued<string?>("--input", "FILE", "what both are given: .npy, or .npz with the array 'input'; by default the input that a recording holds, else drawn at random", text => text);
    readonly Option<int[]?> _shape = Valued<int[]?>("--shape", "SHAPE", "draw an input of this shape at random, as 8x1x28x28 (examples first)", Shape);
    readonly Option<int?> _seed = Valued<int?>("--seed", "N", "of the random input (default 42)", text => Values.Whole(text, 0, "a whole number of at least 0"));
    readonly Option<string?> _weightsA = Valued<string?>("--weights-a", "FILE", "weights of A, as safetensors or .npz", text => text);
    readonly Option<string?> _weightsB = Valued<string?>("--weights-b", "FILE", "weights of B", text => text);
    readonly Option<bool> _json = Flag("--json", "JSON for scripts");

    public CompareCommand(Screen screen) : base("compare", "run two implementations on the same input, layer by layer: names the first layer that differs, and why")
    {
        _screen = screen;
        Arguments.Add(_a);
        Arguments.Add(_b);
        Groups = [new OptionGroup("Input", [_input, _shape, _seed]), new OptionGroup("Weights", [_weightsA, _weightsB]), new OptionGroup("Output", [_json])];
        Examples =
        [
            new("pessimist compare lenet:mine.safetensors reference.npz", "a network in C# against what a PyTorch program recorded (docs/guides/compare.md)"),
            new("pessimist compare lenet model.ts --shape 8x1x28x28", "a network in C# against TorchScript, with the weights of that file"),
            new("pessimist compare mine.npz reference.npz", "two recordings of the same input"),
            new("pessimist compare lenet reference.npz", "with the weights that the recording holds: is the code the same?"),
            new("pessimist compare resnet18:a.safetensors resnet18:b.safetensors --shape 4x3x224x224", "two sets of weights in one network"),
        ];
        AddGroups();
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        Torch.Torch.Require();
        using var scope = Scope.New();
        var (words, input) = Input(parsed);
        var (a, b) = ImplementationReader.Open(new ImplementationWord(parsed.GetRequiredValue(_a), parsed.GetValue(_weightsA)), new ImplementationWord(parsed.GetRequiredValue(_b), parsed.GetValue(_weightsB)), input);
        using (a)
        using (b)
        {
            if (input is null && a.RecordedInput is null && b.RecordedInput is null && (a.TypicalShape ?? b.TypicalShape) is { } typical)
                (words, input) = Drawn([typical.Aggregate(1L, (product, size) => product * size) > LargeExample ? FewExamples : DefaultExamples, .. typical.Select(s => (long)s)], parsed.GetValue(_seed) ?? DefaultSeed);
            var comparison = Refusing(() => ImplementationComparer.Compare(a, b, input, words));
            var report = new ComparisonText(comparison, CommonOptions.From(parsed).Verbose);
            _screen.Out.Write(parsed.GetValue(_json) ? ComparisonJson.Render(comparison) : report.Render());
            if (!CommonOptions.From(parsed).Quiet && !parsed.GetValue(_json)) _screen.Error.WriteLine(report.Next());
            return comparison.Agrees ? ExitCodes.Ok : ExitCodes.Findings;
        }
    }

    /// <summary>An operator that fails says what is wrong with what the user gave.</summary>
    static T Refusing<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (TorchException e) when (e is not TorchNotFoundException)
        {
            throw new PessimistException(e.Message, null, e);
        }
    }

    (string Words, Tensor? Input) Input(ParseResult parsed)
    {
        var (file, shape) = (parsed.GetValue(_input), parsed.GetValue(_shape) is { Length: > 0 } given ? given : null);
        if (file is not null && shape is not null) throw new PessimistException("--input and --shape say both what goes in", "leave one of them out");
        if (shape is not null) return Drawn([.. shape.Select(s => (long)s)], parsed.GetValue(_seed) ?? DefaultSeed);
        if (file is null) return ("the input that was recorded", null);
        if (!File.Exists(file)) throw new PessimistException($"--input: there is no file '{file}'", "check the path");
        return ($"the input in {file}", Refusing(() => Read(file)));
    }

    static Tensor Read(string file)
    {
        if (Path.GetExtension(file).Equals(".npy", StringComparison.OrdinalIgnoreCase)) return Npy.Read(file);
        if (!Path.GetExtension(file).Equals(".npz", StringComparison.OrdinalIgnoreCase)) throw new PessimistException($"--input takes .npy and .npz, and '{file}' is neither", "in Python: np.save(\"input.npy\", x)");
        var arrays = Npz.Read(file);
        if (arrays.TryGetValue("input", out var input)) return input;
        return arrays.Count == 1 ? arrays.Values.Single() : throw new PessimistException($"'{file}' has no array 'input', only {DidYouMean.List(arrays.Keys)}", "save the input under that name");
    }

    static (string, Tensor) Drawn(long[] shape, int seed)
    {
        Rng.Seed(seed);
        return (FormattableString.Invariant($"[{string.Join(", ", shape)}] drawn from a normal distribution, seed {seed}"), Tensor.Randn(shape));
    }

    static int[] Shape(string text)
    {
        var parts = text.Split('x', 'X', ',');
        var sizes = parts.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : 0).ToArray();
        if (sizes.Length is < 2 or > 5 || sizes.Contains(0)) throw Values.Unexpected(text, "two to five sizes, examples first, such as 8x20 or 8x1x28x28");
        if (sizes.Aggregate(1L, (product, size) => Math.Min(product * size, long.MaxValue / int.MaxValue)) > MostNumbers) throw Values.Unexpected(text, "a shape of at most 67108864 numbers");
        return sizes;
    }
}
