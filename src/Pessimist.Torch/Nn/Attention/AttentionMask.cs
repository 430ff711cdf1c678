namespace Pessimist.Torch.Nn;

/// <summary>Masks of attention: true where it must not look.</summary>
public static class AttentionMask
{
    /// <summary>bool [T, T]: no step sees a later one.</summary>
    public static Tensor Causal(long steps, Device? device = null) => Tensor.Ones([steps, steps], DType.Bool, device).Triu(1);

    /// <summary>bool [N, T]: what stands after the end of each sequence.</summary>
    /// <param name="lengths">int64 [N].</param>
    public static Tensor Padding(Tensor lengths, long steps)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        return Tensor.Arange(steps, DType.Int64, lengths.Device).Unsqueeze(0).Ge(lengths.Unsqueeze(1));
    }
}
