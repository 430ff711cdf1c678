namespace Pessimist.Engine.Testing;

/// <summary>A network is not what a test says of it. The message holds what was measured, what was expected, and what to do.</summary>
public sealed class NetworkAssertionException : Exception
{
    public NetworkAssertionException()
    {
    }

    public NetworkAssertionException(string message) : base(message)
    {
    }

    public NetworkAssertionException(string message, Exception innerException) : base(message, innerException)
    {
    }

    internal static NetworkAssertionException Of(string fact, string measured, string expected, string remedy, params string[] more) => new(
        $"""
        {fact}
          measured: {measured}
          expected: {expected}
        {string.Concat(more.Where(m => m.Length > 0).Select(m => $"  {m}\n"))}  remedy:   {remedy}
        """);
}
