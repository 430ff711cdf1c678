using Pessimist.Engine.Watching.Structure;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Watching;

/// <summary>Measures weights, gradients and updates around sampled optimizer steps.</summary>
sealed class Parameters(Session session)
{
    /// <summary>Elements above which no copy of the weights is made to measure the update.</summary>
    const long MostCopied = 1 << 26;

    (NamedParameter Parameter, double Weight, double? Gradient, long NonFinite, double? Zeros)[] _before = [];
    Tensor[] _copies = [];

    public void BeforeStep(Optimizer optimizer)
    {
        Free();
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var parameters = optimizer.Groups.SelectMany(g => g.Parameters).Where(p => !p.IsDisposed)
            .Select(p => (Note: session.Networks.OwnerOf(p), Tensor: p)).Where(p => p.Note is not null)
            .Select(p => new NamedParameter(p.Note!, p.Tensor)).ToArray();
        if (parameters.Length == 0) return;
        Tensor[] tensors = [.. parameters.Select(p => p.Tensor)];
        var weights = Norms(tensors);
        var gradients = tensors.Select(t => t.Grad).ToArray();
        var gradientNorms = Norms([.. gradients.OfType<Tensor>()]);
        var next = 0;
        _before = [.. parameters.Select((p, i) => gradients[i] is { } g ? Gradient(p, weights[i], g, gradientNorms[next++]) : (p, weights[i], null, 0, null))];
        if (tensors.Sum(t => t.Numel) <= MostCopied) _copies = [.. tensors.Select(t => t.Detach().Clone().Keep())];
    }

    public void AfterStep(int? optimizer, long step)
    {
        if (_before.Length == 0) return;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var updates = _copies.Length == 0 ? [] : Norms([.. _copies.Select((c, i) => _before[i].Parameter.Tensor - c)]);
        session.Recording.Add(new ParametersMeasured
        {
            Step = step,
            Optimizer = optimizer,
            Parameters =
            [
                .. _before.Select((b, i) => new ParameterMeasure(
                    b.Parameter.Note.FullName, b.Weight, b.Gradient, updates.Length > i ? updates[i] : null, b.NonFinite,
                    // The square of a tiny change vanishes, the change does not.
                    updates.Length > i ? updates[i] != 0 || !_copies[i].ContentEquals(b.Parameter.Tensor) : null, b.Zeros)),
            ],
        });
        Free();
    }

    /// <summary>Records the parameters of the networks that were trained, as they are before the first step.</summary>
    public void Record(bool all)
    {
        foreach (var network in session.Networks.All)
        {
            if (network.ParametersRecorded || !all && !network.Trained || network.Root is not { } root) continue;
            network.ParametersRecorded = true;
            using var scope = Scope.New();
            using var noGrad = Autograd.NoGrad();
            var names = new Dictionary<Tensor, ParameterNote>(ReferenceEqualityComparer.Instance);
            foreach (var (note, tensor) in session.Networks.ParametersOf(network))
            {
                names[tensor] = note;
                if (!tensor.IsDisposed) session.Recording.Add(Observe(note, tensor, null));
            }

            foreach (var (name, tensor) in Networks.Aliases(root))
                if (names.TryGetValue(tensor, out var first) && !tensor.IsDisposed)
                    session.Recording.Add(Observe(new ParameterNote(network, name), tensor, first));
        }
    }

    static ParameterObserved Observe(ParameterNote note, Tensor tensor, ParameterNote? first)
    {
        var gradient = tensor.Grad;
        var norm = gradient?.Norm().Item<double>();
        return new ParameterObserved
        {
            Name = note.Name,
            Shape = tensor.Shape,
            WeightNorm = tensor.Norm().Item<double>(),
            WeightStd = tensor.Numel > 0 ? tensor.To(DType.Float64).Std(correction: 0).Item<double>() : 0,
            GradientNorm = norm,
            GradientNonFinite = norm is { } g && !double.IsFinite(g) ? NonFinite(gradient!) : 0,
            UnitsIdentical = tensor.Rank >= 2 && tensor.Size(0) > 1 && tensor.ContentEquals(tensor.Narrow(0, 0, 1).Expand(tensor.Shape)),
            RequiresGradient = tensor.RequiresGrad,
            Model = note.Network.Number,
            Optimizers = [.. (first ?? note).Optimizers.Order()],
            AliasOf = first?.Name,
            Registered = note.Registered,
            DType = tensor.DType.Name(),
            Device = tensor.Device is { Type: not DeviceType.Cpu } device ? device.ToString() : null,
            Site = (first ?? note).Site,
        };
    }

    /// <summary>2-norm of all gradients together; 0 when there are none.</summary>
    public double GradientNorm()
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var norms = Norms([.. session.Networks.All.SelectMany(session.Networks.ParametersOf).Where(p => !p.Tensor.IsDisposed && p.Tensor.HasGrad).Select(p => p.Tensor.Grad!)]);
        return Math.Sqrt(norms.Sum(n => n * n));
    }

    /// <summary>No parameter of any network holds a gradient.</summary>
    public bool NoGradients()
    {
        foreach (var network in session.Networks.All)
            foreach (var (_, tensor) in session.Networks.ParametersOf(network))
                if (!tensor.IsDisposed && tensor.HasGrad)
                    return false;
        return true;
    }

    public void Free()
    {
        foreach (var copy in _copies) copy.Dispose();
        (_copies, _before) = ([], []);
    }

    static (NamedParameter, double, double?, long, double?) Gradient(NamedParameter parameter, double weight, Tensor gradient, double norm) =>
        (parameter, weight, norm, double.IsFinite(norm) ? 0 : NonFinite(gradient),
            gradient.Numel == 0 ? null : 1 - gradient.CountNonzero().Item<double>() / gradient.Numel);

    static long NonFinite(Tensor tensor) => tensor.Numel - tensor.IsFinite().Sum().Item<long>();

    static double[] Norms(Tensor[] tensors) =>
        // One call for all, and one copy.
        tensors.Length == 0 ? [] : Tensor.Stack([.. Foreach.Norm(tensors).Select(n => n.To(Device.Cpu, DType.Float64))]).ToArray<double>();
}
