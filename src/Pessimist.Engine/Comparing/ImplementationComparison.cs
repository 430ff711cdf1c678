using Pessimist.Evaluation.References;
using Pessimist.Observations;

namespace Pessimist.Engine.Comparing;

/// <summary>Two implementations on one input, layer by layer.</summary>
public sealed record ImplementationComparison
{
    public required string A { get; init; }

    /// <summary>The reference.</summary>
    public required string B { get; init; }

    /// <summary>What both were given, in words.</summary>
    public required string Input { get; init; }

    /// <summary>By what layers were paired, in words.</summary>
    public required string Pairing { get; init; }

    public required ComparedWeights Weights { get; init; }

    /// <summary>In the order in which they end in the first.</summary>
    public required IReadOnlyList<ComparedTensor> Layers { get; init; }

    public IReadOnlyList<string> OnlyA { get; init; } = [];

    public IReadOnlyList<string> OnlyB { get; init; } = [];

    public ComparedTensor? First => Layers.FirstOrDefault(l => l.Differs);

    /// <summary>Null where nothing differs, and where no reason could be confirmed.</summary>
    public ConfirmedReason? Reason { get; init; }

    /// <summary>Weights of the first layer that differs which differ as well.</summary>
    public IReadOnlyList<ComparedTensor> FirstWeights => First is not { } first ? []
        : [.. Weights.Tensors.Where(t => t.Differs && t.Path.StartsWith(first.Path + ".", StringComparison.Ordinal))];

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Layers and weights.</summary>
    public bool Agrees => First is null && !Weights.Differs;

    /// <summary>As the check differs-from-reference reads it.</summary>
    public ReferenceCompared Observation => new()
    {
        Reference = B,
        Layers = [.. Layers.Select(l => new LayerDifference(l.Path, l.Closeness.MaxDifference, l.Tolerance * l.Closeness.Scale, l.Closeness.Note))],
        Reason = Reason?.Fact ?? "",
        Confirmation = Reason?.Confirmation ?? "",
        Help = Reason?.Help ?? "",
    };
}
