using Pessimist.Experiments;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Subjects;

/// <summary>Records gradients and updates of every parameter over the first steps.</summary>
sealed class ParameterWatch : IDisposable
{
    /// <summary>Rows that stay equal by mathematics differ by rounding after some steps; relative to the largest weight.</summary>
    const double Rounding = 1e-4;

    readonly (string Name, Tensor Tensor)[] _parameters;
    readonly List<double>[] _gradients;
    readonly List<double>[] _updates;
    readonly bool[] _identical;
    readonly double _factor;
    Tensor[] _before = [];

    /// <param name="factor">Of the loss before the backward pass, to be taken out of the gradients.</param>
    public ParameterWatch(Module network, double factor) : this([.. network.NamedParameters()], factor)
    {
    }

    public ParameterWatch((string Name, Tensor Tensor)[] parameters, double factor)
    {
        _parameters = parameters;
        _gradients = [.. _parameters.Select(_ => new List<double>())];
        _updates = [.. _parameters.Select(_ => new List<double>())];
        _identical = [.. _parameters.Select(p => RowsEqual(p.Tensor, 0))];
        _factor = Math.Abs(factor);
    }

    /// <summary>2-norm of the gradient of the loss over all parameters, at the last step watched.</summary>
    public double DataGradient { get; private set; }

    /// <summary>2-norm of all weights, at the last step watched.</summary>
    public double WeightNorm { get; private set; }

    public void BeforeStep()
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        Free();
        double gradients = 0, weights = 0;
        for (var i = 0; i < _parameters.Length; i++)
        {
            var norm = Norm(_parameters[i].Tensor);
            weights += norm * norm;
            if (_parameters[i].Tensor.Grad is not { } gradient) continue;
            norm = Norm(gradient) / _factor;
            _gradients[i].Add(norm);
            gradients += norm * norm;
        }

        (DataGradient, WeightNorm) = (Math.Sqrt(gradients), Math.Sqrt(weights));
        _before = [.. _parameters.Select(p => p.Tensor.Clone().Keep())];
    }

    public void AfterStep()
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        for (var i = 0; i < _parameters.Length; i++)
        {
            var norm = Norm(_before[i]);
            _updates[i].Add(norm == 0 ? double.NaN : Norm(_parameters[i].Tensor - _before[i]) / norm);
        }
    }

    public IReadOnlyList<ParameterTrace> Finish()
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        return [.. _parameters.Select((p, i) => new ParameterTrace(p.Name, _gradients[i], _updates[i],
            _identical[i] && RowsEqual(p.Tensor, Rounding), p.Tensor.Rank >= 2))];
    }

    static bool RowsEqual(Tensor weight, double tolerance)
    {
        if (weight.Rank < 2 || weight.Size(0) < 2) return false;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var difference = (weight - weight.Narrow(0, 0, 1)).Abs().Max().Item<double>();
        return difference <= tolerance * weight.Abs().Max().Item<double>();
    }

    static double Norm(Tensor tensor) => tensor.Norm().Item<double>();

    void Free()
    {
        foreach (var tensor in _before) tensor.Dispose();
        _before = [];
    }

    public void Dispose() => Free();
}
