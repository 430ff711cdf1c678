namespace Pessimist;

/// <summary>
/// A mistake the user can mend: the message gives the value found, what was expected and the place (file, row, column or option);
/// <see cref="Help"/> says what to do. It is shown without a stack trace.
/// </summary>
public sealed class PessimistException : Exception
{
    public PessimistException(string message, string? help = null, Exception? inner = null)
        : base(message, inner) => Help = help;

    /// <summary>The remedy, as an order ("install libpng16-16 …"), or null when the message says it all.</summary>
    public string? Help { get; }
}
