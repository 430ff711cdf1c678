using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>A loss written out by hand, recognized from its operations: <c>((out - y) ** 2).mean()</c> is a mean squared error.</summary>
/// <param name="Input">The prediction: the side that carries a gradient.</param>
readonly record struct LossFormula(string Kind, string Reduction, Tensor? Input, Tensor? Target)
{
    static readonly LossFormula Unknown = new("custom", "mean", null, null);

    public static LossFormula Of(Tensor value, Session session)
    {
        var flight = session.Flight;
        var at = flight.ValueMakerOf(value);
        if (at < 0) return Unknown;
        var reduction = "none";
        ref readonly var call = ref flight.Back(at);
        if (call.Kind.Name is "mean" or "sum" && call.A is { } inner)
        {
            reduction = call.Kind.Name;
            if ((at = flight.ValueMakerOf(inner, at)) < 0) return Unknown with { Reduction = reduction };
            call = ref flight.Back(at);
        }

        var kind = call.Kind.Name switch
        {
            "pow" when call.Number == 2 => "mse",
            "square" => "mse",
            "mul" when call.A is not null && ReferenceEquals(call.A, call.B) => "mse",
            "abs" => "l1",
            _ => null,
        };
        if (kind is null || call.A is not { } difference || flight.ValueMakerOf(difference, at) is not (>= 0 and var minus)) return Unknown with { Reduction = reduction };
        ref readonly var subtraction = ref flight.Back(minus);
        if (subtraction.Kind.Name != "sub" || subtraction is not { A: { IsDisposed: false } a, B: { IsDisposed: false } b } || a.RequiresGrad == b.RequiresGrad)
            return Unknown with { Reduction = reduction };
        return a.RequiresGrad ? new(kind, reduction, a, b) : new(kind, reduction, b, a);
    }
}
