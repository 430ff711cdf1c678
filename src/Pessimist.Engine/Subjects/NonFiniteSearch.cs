using Pessimist.Experiments;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Subjects;

/// <summary>Finds where the first NaN or infinity of a forward pass comes from.</summary>
static class NonFiniteSearch
{
    /// <param name="step">The step whose loss is not finite; the network is as it was before it.</param>
    public static NonFiniteOrigin Find(Module network, BatchTensors batch, int step)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        if (!AllFinite(batch.Inputs)) return new(step, "input");
        if (batch.Targets.DType.IsFloatingPoint() && !AllFinite(batch.Targets)) return new(step, "target");
        foreach (var (name, parameter) in network.NamedParameters())
            if (!AllFinite(parameter))
                // The weights went bad in the step before.
                return new(Math.Max(0, step - 1), $"update of {name}");

        string? first = null;
        var hooks = network.NamedModules().Where(m => !m.Module.NamedChildren().Any())
            .Select(m => m.Module.AfterForward((_, _, output) =>
            {
                if (first is null && !AllFinite(output)) first = m.Name;
            })).ToArray();
        try
        {
            network.Forward(batch.Inputs);
        }
        finally
        {
            foreach (var hook in hooks) hook.Dispose();
        }

        return new(step, first is null ? "loss" : $"output of {first}");
    }

    static bool AllFinite(Tensor tensor) => tensor.IsFinite().All().Item<double>() != 0;
}
