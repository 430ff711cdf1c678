using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Recognizes the accuracy of a batch when the program reads it out: the sum or mean of answers that equal labels.</summary>
sealed class Metrics(Session session)
{
    public void Item(Tensor tensor, double value, Pass pass)
    {
        var flight = session.Flight;
        if (!pass.Records || flight.MakerOf(tensor) is not (>= 0 and var at)) return;
        ref readonly var reduction = ref flight.Back(at);
        if (reduction.Kind.Name is not ("sum" or "mean" or "count_nonzero") || reduction.A is not { } counted || flight.ValueMakerOf(counted, at) is not (>= 0 and var equal)) return;
        ref readonly var comparison = ref flight.Back(equal);
        if (comparison.Kind.Name != "eq" || comparison.Output is not { IsDisposed: false, Numel: > 0 and var answers }) return;
        var mean = reduction.Kind.Name == "mean";
        session.Recording.Add(new MetricReported
        {
            Name = "accuracy",
            Value = mean ? value : value / answers,
            Step = session.Step,
            Counted = mean ? value * answers : value,
            DividedBy = mean ? answers : null,
            Examples = answers,
            Batches = 1,
            Site = session.Sites.Of(HashCode.Combine(5), session.Sampling.Turn),
        });
    }
}
