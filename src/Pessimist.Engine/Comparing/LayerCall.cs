using Pessimist.Torch;

namespace Pessimist.Engine.Comparing;

/// <summary>What one layer put out when an implementation was run.</summary>
/// <param name="Path">As <c>layer1.0.conv1</c>; <see cref="Whole"/> for the network itself; <c>relu#2</c> for the second call of <c>relu</c>.</param>
public sealed record LayerCall(string Path, Tensor Output)
{
    /// <summary>Path of the network itself, whose output is the result.</summary>
    public const string Whole = "output";

    /// <summary>The layer's class, as <c>BatchNorm2d</c>; null where it is not known.</summary>
    public string? Type { get; init; }

    /// <summary>What it was called with; null where only outputs were recorded.</summary>
    public Tensor? Input { get; init; }

    /// <summary>Calls the layer once more, with another input and some of its own parameters (by their short names) replaced; null where it cannot be run.</summary>
    public Func<Tensor, IReadOnlyDictionary<string, Tensor>, Tensor>? Again { get; init; }

    /// <summary>The path without the number of the call.</summary>
    public string Module => Path.IndexOf('#', StringComparison.Ordinal) is var at and >= 0 ? Path[..at] : Path;
}
