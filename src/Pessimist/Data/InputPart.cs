namespace Pessimist.Data;

/// <summary>One of several inputs of an example.</summary>
/// <param name="Shape">[features], [channels, height, width] or [steps, features].</param>
/// <param name="Bytes">Its numbers came as 0..255.</param>
public sealed record InputPart(string Name, IReadOnlyList<int> Shape, bool Bytes = false)
{
    /// <summary>Numbers of one example.</summary>
    public int Length { get; } = Shape.Aggregate(1, (a, b) => checked(a * b));
}
