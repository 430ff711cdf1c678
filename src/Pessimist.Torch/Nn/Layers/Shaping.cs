using System.Runtime.CompilerServices;

namespace Pessimist.Torch.Nn;

/// <summary>Joins the axes from <paramref name="startDim"/> to <paramref name="endDim"/>; all but the batch by default.</summary>
public sealed class Flatten(int startDim = 1, int endDim = -1, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) =>
        IsUnseen && endDim == -1 && input.Rank == startDim + 1 ? input : input.Flatten(startDim, endDim); // one axis is flat as it is

    protected override string Options => $"start_dim={startDim}, end_dim={endDim}";
}

/// <summary>Hands its input on.</summary>
public sealed class Identity([CallerFilePath] string file = "", [CallerLineNumber] int line = 0) : Module(file, line)
{
    protected override Tensor Compute(Tensor input) => input;
}
