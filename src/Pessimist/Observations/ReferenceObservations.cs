using Pessimist.Evaluation.References;

namespace Pessimist.Observations;

/// <summary>The network against another implementation of it, with the same weights and the same input.</summary>
public sealed record ReferenceCompared : Observation
{
    /// <summary>The reference, e.g. <c>torchvision resnet18</c>.</summary>
    public required string Reference { get; init; }

    /// <summary>What was compared: <c>output</c>, <c>gradient</c> or <c>weights after a step</c>.</summary>
    public string Compared { get; init; } = "output";

    /// <summary>In the order in which they run.</summary>
    public required IReadOnlyList<LayerDifference> Layers { get; init; }

    /// <summary>Where the first layer that differs was constructed.</summary>
    public Site? Site { get; init; }

    /// <summary>Why the first layer that differs does so, as far as a computation confirmed it; else empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What was computed to confirm the reason, and what difference is left.</summary>
    public string Confirmation { get; init; } = "";

    /// <summary>What to do about the reason.</summary>
    public string Help { get; init; } = "";
}

/// <summary>The program against a result that is known for this model on this benchmark.</summary>
public sealed record KnownResultCompared : Observation
{
    /// <summary>E.g. <c>LeNet-5 on MNIST</c>.</summary>
    public required string Name { get; init; }
    public required string Metric { get; init; }
    public bool HigherIsBetter { get; init; } = true;

    /// <summary>What others reach: from the worst to the best run.</summary>
    public required double KnownLow { get; init; }
    public required double KnownHigh { get; init; }

    /// <summary>Where it is known from.</summary>
    public string Source { get; init; } = "";

    /// <summary>What was measured, with its interval.</summary>
    public required double Value { get; init; }
    public required double Low { get; init; }
    public required double High { get; init; }

    /// <summary>Examples that it was measured on.</summary>
    public long Count { get; init; }
}
