namespace Pessimist.Torch.Nn;

/// <summary>The source line that constructed a module, so that a finding can point at it.</summary>
public sealed record CallSite(string File, int Line)
{
    public override string ToString() => $"{Path.GetFileName(File)}:{Line}";
}
