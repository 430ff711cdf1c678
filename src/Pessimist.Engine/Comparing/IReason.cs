namespace Pessimist.Engine.Comparing;

/// <summary>A reason that was confirmed by computing: with it taken away both implementations agree.</summary>
/// <param name="Name">Permanent, in words with hyphens.</param>
/// <param name="Fact">What differs.</param>
/// <param name="Confirmation">What was computed, and what difference is left.</param>
/// <param name="Help">What to do.</param>
public sealed record ConfirmedReason(string Name, string Fact, string Confirmation, string Help);

/// <summary>One kind of mistake that makes a layer differ.</summary>
public interface IReason
{
    /// <summary>Permanent, in words with hyphens.</summary>
    string Name { get; }

    /// <summary>Null unless a computation shows that this is it.</summary>
    ConfirmedReason? Confirm(Difference difference);
}
