namespace Pessimist.Torch.Nn;

/// <summary>Marks a tensor of a <see cref="Module"/> that is state but no parameter: it is saved and loaded, and no optimizer touches it.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class BufferAttribute : Attribute;
