namespace Pessimist.Torch.Nn;

static class Gradient
{
    /// <summary>Forgets the gradient, or fills it with zeros.</summary>
    public static void Clear(Tensor parameter, bool setToNone)
    {
        if (!parameter.HasGrad)
            return;
        if (setToNone)
        {
            parameter.Grad = null;
            return;
        }
        using var gradient = parameter.Grad;
        using var noGrad = Autograd.NoGrad();
        gradient?.ZeroInPlace();
    }
}
