using Pessimist.Experiments;

namespace Pessimist.Engine.Testing;

/// <summary>A subject of which somebody knows how low its loss can get.</summary>
sealed class KnownFloor(ISubject inner, double lowest) : ISubject
{
    public SubjectFacts Facts { get; } = inner.Facts with { FloorKnown = true, Floor = new BatchFloor(lowest, 0) };

    public int AtOnce => inner.AtOnce;

    public bool Supports(Intervention intervention) => inner.Supports(intervention);

    public Trial Run(TrialRequest request) => inner.Run(request);

    public DirectionProbe? Probe(Recipe recipe, int seed) => inner.Probe(recipe, seed);

    public GradientComparison? CompareGradients(int seed) => inner.CompareGradients(seed);
}
