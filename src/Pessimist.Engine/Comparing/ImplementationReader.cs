using Pessimist.Text;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Scripting;
using Pessimist.Torch.Serialization;

namespace Pessimist.Engine.Comparing;

/// <summary>What a command line says of an implementation.</summary>
/// <param name="Word"><c>lenet:weights.safetensors</c>, <c>lenet</c>, or a file.</param>
/// <param name="Weights">A file of weights that was named apart; null where none was.</param>
public sealed record ImplementationWord(string Word, string? Weights = null);

/// <summary>Opens the two implementations that a command line names.</summary>
public static class ImplementationReader
{
    const string Kinds = "name a network with its weights (lenet:weights.safetensors), a TorchScript file (model.ts) or recorded activations (reference.npz)";
    const int DefaultOutputs = 10;

    /// <param name="input">The input given apart, for the size of a network; null takes a recording's.</param>
    /// <exception cref="PessimistException">A file or a name is wrong, or weights do not fit.</exception>
    public static (Implementation A, Implementation B) Open(ImplementationWord a, ImplementationWord b, Tensor? input)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        // A recording is opened first: it holds the input, and with it the sizes of a network beside it.
        var (networkA, networkB) = (Network(a), Network(b));
        Implementation? first = null, second = null;
        try
        {
            if (networkA is null) first = Recording(a);
            if (networkB is null) second = Recording(b);
            var given = input ?? first?.RecordedInput ?? second?.RecordedInput;
            first ??= Model(networkA!.Value, given, second);
            second ??= Model(networkB!.Value, given, first);
            return (first, second);
        }
        catch (TorchException e)
        {
            first?.Dispose();
            second?.Dispose();
            throw new PessimistException(e.Message, null, e);
        }
        catch
        {
            first?.Dispose();
            second?.Dispose();
            throw;
        }
    }

    /// <summary>The network that is named, with the file of its weights; null where the word is a file.</summary>
    static (ModelInfo Model, string? Weights, string Word)? Network(ImplementationWord word)
    {
        if (File.Exists(word.Word)) return null;
        var colon = word.Word.IndexOf(':', StringComparison.Ordinal);
        var (name, weights) = colon < 0 ? (word.Word, word.Weights) : (word.Word[..colon], word.Word[(colon + 1)..]);
        if (colon >= 0 && word.Weights is not null) throw new PessimistException($"weights of {name} are given twice: '{weights}' and '{word.Weights}'", "name them once");
        if (weights is { Length: 0 }) throw new PessimistException($"'{word.Word}' names no file of weights", $"write {name}:weights.safetensors");
        if (ModelCatalog.Find(name) is { } model) return (model, weights, word.Word);
        if (Directory.Exists(word.Word)) throw new PessimistException($"'{word.Word}' is a folder", Kinds);
        if (colon < 0 && (name.Contains('/', StringComparison.Ordinal) || name.Contains('.', StringComparison.Ordinal))) throw NoFile(name);
        throw new PessimistException($"there is no network '{name}'{DidYouMean.Suffix(name, ModelCatalog.All.Select(m => m.Name))}", $"{Kinds}; pessimist models lists the networks");
    }

    static PessimistException NoFile(string path)
    {
        var folder = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".";
        if (!Directory.Exists(folder)) return new PessimistException($"there is no file '{path}': the folder '{folder}' does not exist", "check the path");
        var names = Directory.EnumerateFiles(folder).Take(10_000).Select(f => folder == "." ? Path.GetFileName(f) : Path.Combine(folder, Path.GetFileName(f)));
        return new PessimistException($"there is no file '{path}'{DidYouMean.Suffix(path, names)}", "check the path, or the folder you are in");
    }

    static Implementation Recording(ImplementationWord word)
    {
        var path = word.Word;
        if (word.Weights is not null) throw new PessimistException($"'{path}' is a file and takes no weights beside it", $"{Kinds}");
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".npz" => RecordedImplementation.Read(path),
            ".npy" => throw new PessimistException($"'{path}' holds one array, and the outputs of all layers are needed", "record them in an .npz: docs/guides/compare.md has the lines of Python"),
            ".safetensors" => throw new PessimistException($"'{path}' holds weights, and not what computes with them", $"name the network before it, as lenet:{path}; pessimist models lists them"),
            // Whatever its name says, its content decides: a pickle is refused there.
            _ => new ModuleImplementation(path, ScriptModule.Load(path)),
        };
    }

    static ModuleImplementation Model((ModelInfo Model, string? Weights, string Word) named, Tensor? input, Implementation? other)
    {
        var (model, path, word) = named;
        IReadOnlyList<int> shape = input is null ? model.Typical : [.. input.Shape.Skip(1).Select(s => checked((int)s))];
        if (!model.Takes(shape)) throw new PessimistException($"{model.Name} does not take examples of [{string.Join(", ", shape)}]", $"give an input of [N, {string.Join(", ", model.Typical)}] or the like: the first axis counts the examples");
        if (path is not null && !File.Exists(path)) throw NoFile(path);
        if (path is null && !(other?.Weights.Count > 0)) throw new PessimistException($"{model.Name} needs weights: without them it starts from random ones, and nothing can be compared", $"name a safetensors file, as {model.Name}:weights.safetensors");
        using var scope = Scope.New();
        var state = Plain(path is null ? other!.Weights : Weights(path), model, shape);
        var network = Sized(model, shape, state);
        try
        {
            Refuse(network, state, path ?? $"the weights of {other!.Name}", word);
            network.LoadStateDict(state, strict: true);
            return new ModuleImplementation(word, network, shape);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    static Dictionary<string, Tensor> Weights(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".safetensors" => Safetensors.Read(path),
        ".npz" => Npz.Read(path),
        _ => throw new PessimistException($"weights are read from safetensors and .npz, and '{path}' is neither", "in Python: from safetensors.torch import save_file; save_file(model.state_dict(), \"weights.safetensors\")"),
    };

    /// <summary>Without the <c>module.</c> that DataParallel puts before every name, and with the counters that exporters leave out.</summary>
    static Dictionary<string, Tensor> Plain(IReadOnlyDictionary<string, Tensor> state, ModelInfo model, IReadOnlyList<int> shape)
    {
        const string Wrapper = "module.";
        var plain = state.Keys.All(k => k.StartsWith(Wrapper, StringComparison.Ordinal))
            ? state.ToDictionary(w => w.Key[Wrapper.Length..], w => w.Value, StringComparer.Ordinal)
            : state.ToDictionary(w => w.Key, w => w.Value, StringComparer.Ordinal);
        using var network = model.Create(shape, DefaultOutputs, null);
        foreach (var (name, value) in network.StateDict())
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal)) plain.TryAdd(name, value.Clone());
        return plain;
    }

    /// <summary>As many outputs, and hidden units, as the weights have.</summary>
    static Module Sized(ModelInfo model, IReadOnlyList<int> shape, Dictionary<string, Tensor> state)
    {
        var length = shape.Aggregate(1, (product, size) => checked(product * size));
        if (model.Name == "mlp" && state.TryGetValue("layers.1.weight", out var hidden) && state.TryGetValue("layers.3.weight", out var last) && hidden.Rank == 2 && last.Rank == 2)
            return new Mlp(length, (int)hidden.Shape[0], (int)last.Shape[0]);
        using var tried = model.Create(shape, DefaultOutputs, null);
        var name = tried.NamedParameters().Last().Name;
        return model.Create(shape, state.TryGetValue(name, out var bias) && bias.Rank >= 1 ? (int)bias.Shape[0] : DefaultOutputs, null);
    }

    /// <summary>Says of all weights that do not fit what they are, where that can be shown.</summary>
    static void Refuse(Module network, Dictionary<string, Tensor> state, string file, string word)
    {
        var own = network.StateDict();
        var problems = new List<string>();
        foreach (var (name, tensor) in own)
        {
            if (!state.TryGetValue(name, out var given)) problems.Add($"{name} {tensor.Describe()} is missing{DidYouMean.Suffix(name, state.Keys.Where(k => !own.ContainsKey(k)))}");
            else if (!given.Shape.AsSpan().SequenceEqual(tensor.Shape))
                problems.Add($"{name} is {given.Describe()}, and {tensor.Describe()} is needed{(given.Shape.Order().SequenceEqual(tensor.Shape.Order()) ? ": the same sizes in another order, as a transposed weight has them" : "")}");
        }

        problems.AddRange(state.Where(s => !own.ContainsKey(s.Key)).Select(s => $"{s.Key} {s.Value.Describe()} has no place in it"));
        if (problems.Count == 0) return;
        const int Shown = 6;
        throw new PessimistException($"{file} does not fit {word}:\n  {string.Join("\n  ", problems.Take(Shown))}{(problems.Count > Shown ? FormattableString.Invariant($"\n  and {problems.Count - Shown} more") : "")}",
            "name the network that the weights belong to; where only an order differs, transpose the weights when they are converted");
    }
}
