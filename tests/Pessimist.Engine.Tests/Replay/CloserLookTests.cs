using Pessimist.Engine.Replay;
using Pessimist.Evaluation;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Tests.Replay;

/// <summary>Tests of the data of a program without loaders: what its batches were cut out of is known all the same.</summary>
public sealed class CloserLookTests
{
    [Fact]
    public void Labels_that_stand_a_row_lower_are_found_in_tensors_that_batches_are_sliced_from()
    {
        Look(() => Table(shift: 1)).OfType<LabelsTested>().Single().Dependence.Verdict.ShouldBe(LabelVerdict.ShiftedBy);
        Look(() => Table(shift: 0)).OfType<LabelsTested>().Single().Dependence.Verdict.ShouldBe(LabelVerdict.Depends);
    }

    [Fact]
    public void A_column_that_is_the_class_is_found_among_picked_rows()
    {
        Look(() => Table(shift: 0, renamed: true)).OfType<ColumnRenamed>().Single().Column.ShouldBe(4);
        Look(() => Table(shift: 0)).OfType<ColumnRenamed>().ShouldBeEmpty();
    }

    [Fact]
    public void A_convolution_that_sees_the_next_token_is_found_and_a_causal_one_is_not()
    {
        Future(causal: false).Outcome.ShouldBe(ExperimentOutcome.Confirmed);
        Future(causal: true).Outcome.ShouldBe(ExperimentOutcome.Refuted);
    }

    static ExperimentFinished Future(bool causal) => Look(() => Tokens(causal)).OfType<ExperimentFinished>().Single(e => e.Id == "future");

    static IReadOnlyList<Observation> Look(Action program) => (ReplaySubject.Of(program, out var why) ?? throw new InvalidOperationException(why)).LookCloser(sick: false);

    static void Table(int shift, bool renamed = false)
    {
        using var scope = Scope.New();
        Rng.Seed(3);
        var inputs = Tensor.Randn([400, 4]);
        var classes = inputs.Select(1, 0).Gt(0).To(DType.Int64) + inputs.Select(1, 1).Gt(0).To(DType.Int64);
        if (renamed) inputs = Tensor.Cat([inputs, (classes * 7 + 1).To(DType.Float32).Unsqueeze(1)], 1);
        var (x, y) = (inputs[..(400 - shift)], classes[shift..]);
        using var net = new Linear(renamed ? 5 : 4, 3);
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        for (var step = 0; step < 3; step++)
        {
            sgd.ZeroGrad();
            var rows = Tensor.Arange(20 * step, 20 * step + 20).To(DType.Int64);
            var loss = renamed ? Loss.CrossEntropy(net.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)) : Loss.CrossEntropy(net.Forward(x[..20]), y[..20]);
            loss.Backward();
            sgd.Step();
        }
    }

    sealed class Next(bool causal) : Module
    {
        public Embedding Table { get; } = new(6, 8);
        public Conv1d Mix { get; } = new(8, 6, 3, padding: causal ? 2 : 1);

        protected override Tensor Compute(Tensor input) => Mix.Forward(Table.Forward(input).Transpose(1, 2)).Narrow(2, 0, input.Size(1));
    }

    static void Tokens(bool causal)
    {
        using var scope = Scope.New();
        Rng.Seed(4);
        var rows = Tensor.RandInt(0, 6, [16, 13]);
        var (x, y) = (rows.Narrow(1, 0, 12), rows.Narrow(1, 1, 12));
        using var net = new Next(causal);
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        for (var step = 0; step < 3; step++)
        {
            sgd.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            sgd.Step();
        }
    }
}
