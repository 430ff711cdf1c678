using System.Globalization;
using System.Text.RegularExpressions;
using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Resources;

/// <summary>PES802 out-of-memory</summary>
public sealed partial class OutOfMemory(OutOfMemory.Limits limits) : CrashCheck(About, CrashKind.Memory), IReads<ModelBuilt>, IReads<MemoryMeasured>, IReads<ParameterObserved>, IReads<OptimizerBuilt>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES802",
        Name = "out-of-memory",
        Level = Level.Error,
        Summary = "a training step needs more memory than there is",
        Docs = """
            ## Why it matters
            A step needs the weights, their gradients, the state of the optimizer (twice the weights for Adam), the activations kept for the backward pass
            and the batch. The finding says which of them is how large, and so what to scale back first.

            ## When it is a false alarm
            After the exception never. Before it, the sum is an estimate: a warning from nine tenths of the memory on.

            ## What to do
            One by one, the largest first: a smaller batch (activations shrink with it; accumulate gradients to keep its effect), narrower layers, half
            precision, checkpointing of activations, an optimizer with less state. When memory grows step by step, see growing-memory.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Of the memory, that a step is expected to take.</summary>
        [Origin(Origin.Convention, "a tenth is left for fragments and the framework")] public double Share { get; init; } = 0.9;
    }

    ModelBuilt? _model;
    MemoryMeasured? _first, _last;
    double _numbers;
    string? _optimizer;

    public void Read(ModelBuilt observation) => _model = observation;

    public void Read(MemoryMeasured observation)
    {
        _first ??= observation;
        _last = observation;
    }

    public void Read(ParameterObserved observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (observation.AliasOf is null) _numbers += observation.Shape.Aggregate(1.0, (a, b) => a * b);
    }

    public void Read(OptimizerBuilt observation) => _optimizer ??= observation?.Type;

    public override Verdict Conclude()
    {
        if (Crash is { } crash) return Found(Explained(crash));
        if (_model is not { } model) return NoCrash;
        if ((model.Capacity ?? _last?.Capacity) is not (> 0 and var capacity)) return NotEnoughEvidence("nobody knows how much memory there is");
        var share = model.Memory.Total / (double)capacity;
        return share < limits.Share ? Passed(string.Create(CultureInfo.InvariantCulture, $"a step takes about {Bytes(model.Memory.Total)} of {Bytes(capacity)}"))
            : Found(Finding(string.Create(CultureInfo.InvariantCulture, $"a training step takes about {Bytes(model.Memory.Total)}, and there are {Bytes(capacity)}"), EvidenceClass.Suspected) with
            {
                Evidence = [.. Parts(model), new("expected share of the memory", string.Create(CultureInfo.InvariantCulture, $"{share:0%}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Share:0%}"), "convention")],
                Fixes = [.. Savings(model)],
            });
    }

    Finding Explained(ExceptionRaised crash)
    {
        var asked = Asked(crash.Message);
        var grown = _first is { } first && _last is { } last && last.Step > first.Step && Used(last) > 1.5 * Used(first);
        var message = string.Create(CultureInfo.InvariantCulture, $"the memory is used up{(asked is { } bytes ? $": {Name(crash)} asked for {Bytes(bytes)} more" : $" in {Name(crash)}")}, at step {crash.Step}");
        var finding = Explain(message, null, _model is { } model ? Parts(model) : Weights());
        return finding with
        {
            Notes = [.. grown ? [string.Create(CultureInfo.InvariantCulture, $"memory grew from {Bytes(Used(_first!))} to {Bytes(Used(_last!))} since step {_first!.Step}: see growing-memory")] : Array.Empty<string>(),
                .. Blown(crash, asked) is { } blown ? [blown] : Array.Empty<string>()],
            Fixes = [.. _model is { } built ? Savings(built) : ["halve the batch size: activations shrink with it, and accumulated gradients keep its effect",
                "then, one by one: narrower layers, half precision, checkpointing of activations, an optimizer with less state"]],
        };
    }

    static double Used(MemoryMeasured memory) => memory.Allocated ?? memory.TensorBytes ?? memory.Resident;

    /// <summary>A result far larger than everything that went in: two tensors were broadcast against each other.</summary>
    static string? Blown(ExceptionRaised crash, double? asked)
    {
        if (asked is not { } bytes || crash.Inputs.Count < 2) return null;
        var given = crash.Inputs.Sum(i => i.Count()) * 4.0;
        return bytes > 100 * given ? $"the result is {bytes / given:0} times as large as what went in: {string.Join(" and ", crash.Inputs.Select(i => Shape(i.Shape)))} are broadcast against each other" : null;
    }

    static IEnumerable<Evidence> Parts(ModelBuilt model) =>
        new (string Name, long Bytes)[] { ("weights", model.Memory.Weights), ("gradients", model.Memory.Gradients), ("state of the optimizer", model.Memory.OptimizerState),
            ("activations", model.Memory.Activations), ("batch", model.Memory.Batch) }
            .OrderByDescending(p => p.Bytes).Select(p => new Evidence(p.Name, Bytes(p.Bytes)))
            .Concat(model.Layers.Where(l => l.ActivationBytes > 0).OrderByDescending(l => l.ActivationBytes).Take(3).Select(l => new Evidence($"activations of {l.Name} ({l.Kind})", Bytes(l.ActivationBytes))));

    IEnumerable<Evidence> Weights() => _numbers == 0 ? [] :
    [
        new("weights and their gradients", $"about {Bytes(_numbers * 8)}"),
        .. _optimizer is "Adam" or "AdamW" or "NAdam" or "RAdam" or "Adamax" ? [new Evidence($"state of {_optimizer}", $"about {Bytes(_numbers * 8)}")] : Array.Empty<Evidence>(),
    ];

    /// <summary>What to scale back, what saves most first.</summary>
    static IEnumerable<string> Savings(ModelBuilt model)
    {
        var m = model.Memory;
        var list = new List<(long Saves, string What)>
        {
            ((m.Activations + m.Batch) / 2, "half the batch size; accumulate two batches to keep its effect"),
            (m.Activations * 7 / 10, "checkpointing of activations, for about a third more time"),
            (m.Weights / 2 + m.Activations / 2, "half precision for activations and weights"),
        };
        if (m.OptimizerState > 0) list.Add((m.OptimizerState, "SGD without momentum, or an optimizer with less state"));
        if (model.Layers.MaxBy(l => l.Parameters) is { Parameters: > 0 } widest && m.Weights > m.Activations)
            list.Add(((m.Weights + m.Gradients + m.OptimizerState) * widest.Parameters / Math.Max(1, model.Parameters) / 2, $"half the width of {widest.Name} ({widest.Kind}), the largest layer"));
        return list.OrderByDescending(l => l.Saves).Where(l => l.Saves > 0).Select(l => $"{l.What}: saves about {Bytes(l.Saves)}");
    }

    /// <summary>From "Tried to allocate 2.00 GiB" or "you tried to allocate 1234 bytes"; null when it does not say.</summary>
    static double? Asked(string message)
    {
        var match = Allocation().Match(message);
        if (!match.Success || !double.TryParse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
        return number * match.Groups[2].Value.ToUpperInvariant() switch { "KIB" or "KB" => 1 << 10, "MIB" or "MB" => 1 << 20, "GIB" or "GB" => 1 << 30, "TIB" => 1L << 40, _ => 1 };
    }

    static string Bytes(double bytes) => Sizes.Text(bytes);

    [GeneratedRegex(@"tried to allocate (\d{1,20}(?:\.\d{1,6})?) ?([KMGT]iB|[KMG]B|bytes)", RegexOptions.IgnoreCase)]
    private static partial Regex Allocation();
}
