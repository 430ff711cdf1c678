namespace Pessimist.Torch;

/// <summary>A failure of libtorch or a wrong use of it; the message names the operator, the shapes and the dtypes.</summary>
public class TorchException : Exception
{
    public TorchException()
    {
    }

    public TorchException(string message)
        : base(message)
    {
    }

    public TorchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The operator that failed, such as <c>aten::mm</c>; null where no operator was involved.</summary>
    public string? Operator { get; init; }
}

/// <summary>libtorch or the shim is not there; the message says how to get it.</summary>
public sealed class TorchNotFoundException : TorchException
{
    public TorchNotFoundException()
    {
    }

    public TorchNotFoundException(string message)
        : base(message)
    {
    }

    public TorchNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
