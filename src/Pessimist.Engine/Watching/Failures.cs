using Pessimist.Engine.Watching.Lines;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Remembers the last thing that failed, in case the program does not catch it.</summary>
sealed class Failures(Session session)
{
    const long MostMeasured = 1 << 22;

    Exception? _error;
    string? _operation;
    string? _module;
    IReadOnlyList<TensorFacts> _inputs = [];

    /// <summary>What failed last, when nothing went well since.</summary>
    public Exception? Last => _error;

    public void Operator(Operator op, ReadOnlySpan<Value> args, TorchException error)
    {
        Clear();
        (_error, _operation, _module) = (error, OperatorKind.Of(op).Name, session.Module?.Path);
        using var scope = Scope.New();
        List<TensorFacts> inputs = [];
        foreach (ref readonly var arg in args)
        {
            if (arg.TryTensor(out var tensor)) Add(tensor);
            else if (arg.TryTensors(out var list))
                foreach (var item in list.Take(8))
                    Add(item);
        }

        _inputs = inputs;

        void Add(Tensor? tensor)
        {
            if (tensor is not { IsDisposed: false }) return;
            var role = session.Networks.Find(tensor) is { } note ? $"parameter {note.FullName}" : null;
            // What was refused may be a matter of its values.
            using var noGrad = Autograd.NoGrad();
            inputs.Add(role is null && tensor.Numel is > 0 and <= MostMeasured ? Facts.Measure(tensor) : Facts.Outline(tensor, role));
        }
    }

    /// <summary>Called for the innermost module first.</summary>
    public void Module(string? path, Tensor input, Exception error)
    {
        if (_error is not null && (ReferenceEquals(_error, error) || ReferenceEquals(_error, error.InnerException) || ReferenceEquals(_error, error.GetBaseException()))) return;
        Clear();
        (_error, _module, _operation) = (error, path, (error as TorchException)?.Operator is { } name ? name[(name.LastIndexOf(':') + 1)..] : null);
        if (!input.IsDisposed) _inputs = [Facts.Outline(input)];
    }

    public void Backward(Tensor loss, Exception error)
    {
        Clear();
        (_error, _operation) = (error, "backward");
        if (!loss.IsDisposed) _inputs = [Facts.Outline(loss)];
    }

    public void Clear()
    {
        if (_error is null) return;
        (_error, _operation, _module, _inputs) = (null, null, null, []);
    }

    public void Record(Exception error)
    {
        var inner = error.GetBaseException();
        var known = _error is not null && (ReferenceEquals(_error.GetBaseException(), inner) || ReferenceEquals(_error, error));
        session.Recording.Add(new ExceptionRaised
        {
            Type = error.GetType().Name,
            Message = error.Message,
            Step = session.Step,
            Operation = known ? _operation : (error as TorchException)?.Operator is { } name ? name[(name.LastIndexOf(':') + 1)..] : null,
            Module = known ? _module : null,
            Inputs = known ? _inputs : [],
            Stack = CallStack.Of(error),
        });
    }
}
