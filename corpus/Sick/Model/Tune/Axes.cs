using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>Sequences whose axes are not where the network expects them.</summary>
static class Axes
{
    public static CorpusProgram BatchFirst { get; } = Fault.Tune(
        "batch-first-into-time-first", "a recurrent layer for [T, N, F] is given [N, T, F]: it remembers over the examples", Swapped, ["PES213", "PES205"]); // a recurrence over the batch mixes examples

    /// <summary>Elman's network over the first axis: [T, N, F] to [T, N, H].</summary>
    sealed class Recurrent(int features, int width) : Module
    {
        public Linear Input { get; } = new(features, width);
        public Linear Hidden { get; } = new(width, width);

        protected override Tensor Compute(Tensor input)
        {
            var state = Tensor.Zeros([input.Size(1), Hidden.OutFeatures]);
            var states = new List<Tensor>();
            foreach (var x in input.Unbind(0))
            {
                state = Functional.Tanh(Input.Forward(x) + Hidden.Forward(state));
                states.Add(state);
            }
            return Tensor.Stack([.. states]);
        }
    }

    static double Swapped(bool mended)
    {
        Rng.Seed(261);
        const int Count = 500, Length = 8;
        var x = Tensor.Randn([Count, Length, 1]);
        var y = x.Sum([1, 2]).Gt(0).To(DType.Int64); // whether the sum over time is positive
        using var recurrent = new Recurrent(1, 16);
        using var head = new Linear(16, 2);
        using var adam = new Adam([.. recurrent.Parameters(), .. head.Parameters()], lr: 0.01);
        Tensor Scores(Tensor rows) // [N, T, 1]
        {
            var states = mended ? recurrent.Forward(rows.Transpose(0, 1)).Transpose(0, 1) : recurrent.Forward(rows);
            return head.Forward(states.Select(1, Length - 1));
        }

        for (var step = 0; step < 150; step++)
        {
            using var scope = Scope.New();
            var rows = Tensor.RandInt(0, 400, [20]);
            adam.ZeroGrad();
            Loss.CrossEntropy(Scores(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            adam.Step();
        }
        using var quiet = Autograd.NoGrad();
        return Judge.ErrorRate(Scores(x[400..]), y[400..]);
    }
}
