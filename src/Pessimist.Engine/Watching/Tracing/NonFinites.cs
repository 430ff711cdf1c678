using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Watching;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>
/// Finds where the first NaN or infinity came from, at the moment when a loss or a gradient shows it: the tensors of the step are still there,
/// and the flight recorder knows how they were made.
/// </summary>
sealed class NonFinites(Session session, OperationSites operations)
{
    bool _found;
    bool _masked;

    /// <summary>What was found; null as long as all is finite.</summary>
    public NonFiniteFound? Found { get; private set; }

    public void Loss(Tensor root)
    {
        if (_found) return;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        Tell(FromLoss(root));
    }

    /// <summary>A backward pass from a finite loss left a gradient that is not finite.</summary>
    public void Gradient(Tensor root)
    {
        if (_found) return;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var parameter = session.Networks.All.SelectMany(session.Networks.ParametersOf)
            .FirstOrDefault(p => !p.Tensor.IsDisposed && p.Tensor.Grad is { } gradient && !AllFinite(gradient));
        if (parameter.Note is null) return;
        var found = new NonFiniteFound { Step = session.Step, Place = NonFinitePlace.Backward, Parameter = parameter.Note.FullName };
        Tell(Singular(root) is >= 0 and var back ? At(found, back) : found);
    }

    /// <summary>A traced operation made one, and the loss is finite all the same: a mask.</summary>
    public void Masked(OperationSeen operation)
    {
        if (_found || _masked) return;
        _masked = true;
        session.Recording.Add(new NonFiniteFound
        {
            Step = operation.Step,
            Place = NonFinitePlace.Forward,
            Operation = operation.Operation,
            Module = operation.Module,
            Inputs = operation.Inputs,
            Output = operation.Outputs.Count > 0 ? operation.Outputs[0] : null,
            Spread = false,
            Site = operation.Site,
        });
    }

    void Tell(NonFiniteFound found)
    {
        _found = true;
        Found = found;
        session.Recording.Add(found);
        if (session.Options.CheckFrom is not null) throw new StopProgramException();
    }

    /// <summary>Walks from the loss to what made it, along what is not finite, to the first operation whose inputs are.</summary>
    NonFiniteFound FromLoss(Tensor root)
    {
        var flight = session.Flight;
        var found = new NonFiniteFound { Step = session.Step, Place = NonFinitePlace.Loss };
        var tensor = root;
        var before = -1;
        while (true)
        {
            if (session.Networks.Find(tensor) is { } parameter) return found with { Place = NonFinitePlace.Weights, Parameter = parameter.FullName };
            var maker = flight.MakerOf(tensor, before);
            // It came from outside of the step: as an input, or by ways that no operation shows.
            if (maker < 0) return before < 0 ? found : found with { Place = NonFinitePlace.Input, Output = Facts.Measure(tensor) };
            var call = flight.Back(maker);
            Tensor?[] inputs = [call.A, call.B, call.C];
            if (inputs.Any(t => t is { IsDisposed: true })) return found with { Place = PlaceOf(call) };
            var bad = inputs.FirstOrDefault(t => t is not null && !IsClean(t, call.Kind));
            if (bad is null) return At(found with { Place = PlaceOf(call) }, maker);
            (tensor, before) = (bad, maker);
        }
    }

    NonFiniteFound At(NonFiniteFound found, int back)
    {
        ref readonly var call = ref session.Flight.Back(back);
        Tensor?[] inputs = [call.A, call.B, call.C];
        return found with
        {
            Operation = call.Kind.Name,
            Module = call.Module?.FullPath,
            Inputs = [.. inputs.OfType<Tensor>().Where(t => !t.IsDisposed).Select(t => Facts.Measure(t, session.Networks.Find(t) is { } p ? $"parameter {p.FullName}" : null))],
            Output = call.Output is { IsDisposed: false } output ? Facts.Measure(output) : null,
            Site = operations.Of(back),
        };
    }

    /// <summary>The last operation behind the loss whose derivative is not finite where it was used, or whose own output is not; -1 when there is none.</summary>
    int Singular(Tensor root)
    {
        var ancestors = Ancestry.Of(root, session);
        var flight = session.Flight;
        for (var i = 0; i < flight.Count; i++)
        {
            ref readonly var call = ref flight.Back(i);
            if (call.Output is not { IsDisposed: false } output || !ancestors.Contains(Session.IdentityOf(output)) || !output.DType.IsFloatingPoint()) continue;
            var singular = call.Kind.Name switch
            {
                // 0 of these has an infinite slope: it is where their output is 0.
                "sqrt" or "norm" or "linalg_vector_norm" or "std" => HasZero(output),
                "pow" when call.Number is > 0 and < 1 => HasZero(output),
                _ => !AllFinite(output),
            };
            if (singular) return i;
        }

        return -1;
    }

    static NonFinitePlace PlaceOf(in Call call) => call.Kind.Loss is not null || call.Module is null ? NonFinitePlace.Loss : NonFinitePlace.Forward;

    /// <summary>Finite; or a mask of negative infinities where masks belong.</summary>
    static bool IsClean(Tensor tensor, OperatorKind kind)
    {
        if (!tensor.DType.IsFloatingPoint() || AllFinite(tensor)) return true;
        return kind.Name is "softmax" or "log_softmax" or "logsumexp" or "max" or "amax" or "cross_entropy_loss" &&
            tensor.IsNaN().LogicalOr(tensor.Eq(double.PositiveInfinity)).Any().Item<double>() == 0;
    }

    static bool AllFinite(Tensor tensor) => !tensor.DType.IsFloatingPoint() || tensor.IsFinite().All().Item<double>() != 0;

    static bool HasZero(Tensor tensor) => tensor.Eq(0).Any().Item<double>() != 0;
}
