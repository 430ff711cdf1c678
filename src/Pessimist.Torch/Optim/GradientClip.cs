using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Optim;

/// <summary>Bounds on gradients, between backward and step.</summary>
public static class GradientClip
{
    /// <summary>Scales all gradients together so that their joint <paramref name="p"/>-norm is at most <paramref name="limit"/> (Pascanu and others 2013).</summary>
    /// <returns>The norm before; NaN or infinite when a gradient is, and then the gradients are not made finite by it.</returns>
    public static double ByNorm(IEnumerable<Tensor> parameters, double limit, double p = 2)
    {
        Require.NotNegative(limit);
        ArgumentNullException.ThrowIfNull(parameters);
        Tensor[] all = [.. parameters];
        Watcher.Current?.Clipping(all, limit, false);
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var gradients = Gradients(all);
        if (gradients.Length == 0)
        {
            Watcher.Current?.Clipped(limit, 0);
            return 0;
        }
        double[] norms = [.. Foreach.Norm(gradients, p).Select(n => n.Item<double>())];
        var norm = double.IsPositiveInfinity(p) ? norms.Aggregate(Math.Max) : Math.Pow(norms.Sum(n => Math.Pow(n, p)), 1 / p);
        // As in PyTorch: the 1e-6 keeps the quotient finite when all gradients are zero.
        var scale = limit / (norm + 1e-6);
        if (!(scale >= 1))
            Foreach.MulInPlace(gradients, scale);
        Watcher.Current?.Clipped(limit, norm);
        return norm;
    }

    /// <summary>Cuts every component to [-<paramref name="limit"/>, <paramref name="limit"/>].</summary>
    public static void ByValue(IEnumerable<Tensor> parameters, double limit)
    {
        Require.NotNegative(limit);
        ArgumentNullException.ThrowIfNull(parameters);
        Tensor[] all = [.. parameters];
        Watcher.Current?.Clipping(all, limit, true);
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        foreach (var gradient in Gradients(all))
            gradient.ClampInPlace(-limit, limit);
        Watcher.Current?.Clipped(limit, double.NaN);
    }

    static Tensor[] Gradients(Tensor[] parameters) => [.. parameters.Select(p => p.Grad).OfType<Tensor>()];
}
