using Pessimist.Tests;
using Pessimist.Engine.Watching;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using static Pessimist.Engine.Tests.Watching.Watched;

namespace Pessimist.Engine.Tests.Watching;

public sealed class ProbeFailureTests
{
    [Fact]
    public void An_exception_is_recorded_with_operation_module_shapes_and_the_programs_own_stack()
    {
        var line = 0;
        var run = Watched.Run(() =>
        {
            var net = new Sequential(new Linear(3, 4), new ReLU(), new Linear(5, 2));
            line = Here(); net.Forward(Tensor.Randn([2, 3]));
        }, out var result);
        result.Error.ShouldBeOfType<TorchException>();
        var raised = run.All<ExceptionRaised>().ShouldHaveSingleItem();
        (raised.Operation, raised.Module).ShouldBe(("linear", "2"));
        raised.Inputs.Select(i => i.Shape).ShouldBe([[2L, 4L], [2L, 5L], [2L]]);
        raised.Inputs[1].Role.ShouldBe("parameter 2.weight");
        raised.Stack[0].Line.ShouldBe(line);
        run.All<ProgramEnded>().Single().ExitCode.ShouldBe(1);
    }

    [Fact]
    public void A_refused_loss_tells_what_it_was_given()
    {
        var run = Watched.Run(() => Loss.Mse(new Linear(3, 1).Forward(Tensor.Randn([4, 3])), Tensor.Randn([4])), out _);
        var raised = run.All<ExceptionRaised>().Single();
        raised.Operation.ShouldBe("mse_loss");
        raised.Inputs.Select(i => i.Shape).ShouldBe([[4L, 1L], [4L]]);
    }

    [Fact]
    public void What_the_program_catches_is_no_failure()
    {
        var run = Watched.Run(() =>
        {
            var net = new Linear(3, 1);
            Should.Throw<TorchException>(() => net.Forward(Tensor.Randn([2, 4])));
            net.Forward(Tensor.Randn([2, 3])).Sum().Backward();
        }, out var result);
        result.Error.ShouldBeNull();
        run.All<ExceptionRaised>().ShouldBeEmpty();
    }

    [Fact]
    public void A_logarithm_of_zero_in_a_loss_is_found_as_the_first_operation()
    {
        var line = 0;
        var run = Watched.Run(() => Train(net =>
        {
            var p = Functional.Relu(net.Forward(Tensor.Randn([4, 3])));
            line = Here(); return -(p * 0).Log().Mean();
        }));
        var found = run.All<NonFiniteFound>().ShouldHaveSingleItem();
        (found.Place, found.Operation, found.Step, found.Spread, found.Site?.Line).ShouldBe((NonFinitePlace.Loss, "log", 0, true, line));
        found.Inputs[0].Min.ShouldBe(0);
    }

    [Fact]
    public void The_slope_of_a_root_at_zero_is_found_behind_a_gradient_that_is_not_finite()
    {
        var run = Watched.Run(() => Train(net => (net.Forward(Tensor.Randn([4, 3])) * 0).Sqrt().Sum()));
        var found = run.All<NonFiniteFound>().ShouldHaveSingleItem();
        (found.Place, found.Operation, found.Parameter).ShouldBe((NonFinitePlace.Backward, "sqrt", "weight"));
    }

    [Fact]
    public void A_mask_of_negative_infinities_does_not_spread()
    {
        var run = Watched.Run(() => Train(net =>
        {
            var scores = net.Forward(Tensor.Randn([4, 3]));
            return Functional.Softmax(scores.MaskedFill(Tensor.Ones([4, 4], DType.Bool).Triu(1), double.NegativeInfinity), 1).Pow(2).Sum();
        }));
        run.All<NonFiniteFound>().ShouldAllBe(f => !f.Spread);
        run.All<NonFiniteFound>().ShouldHaveSingleItem().Operation.ShouldBe("masked_fill");
    }

    [Fact]
    public void What_lies_in_memory_that_nothing_was_written_to_is_not_looked_at()
    {
        var run = Watched.Run(() => Train(net => net.Forward(Tensor.Empty([4, 3]).FillInPlace(2)).Add(Tensor.Zeros([4, 4]).EmptyLike().ZeroInPlace()).Pow(2).Sum()));
        var operations = run.All<OperationSeen>();
        operations.ShouldNotContain(o => o.Operation.StartsWith("empty"));
        operations.ShouldContain(o => o.Operation == "fill");
    }

    [Fact]
    public void A_second_run_finds_the_step_and_the_operation()
    {
        var found = Probe.FindNonFinite(() =>
        {
            using var scope = Scope.New();
            Rng.Seed(1);
            var steps = 0;
            Train(net =>
            {
                var out1 = net.Forward(Tensor.Randn([4, 3]));
                return steps++ < 40 ? out1.Pow(2).Mean() : (out1 * 0).Sqrt().Sum();
            }, 60);
        });
        (found!.Step, found.Operation, found.Place).ShouldBe((40, "sqrt", NonFinitePlace.Backward));
        Probe.FindNonFinite(() => Programs.Perceptron(steps: 20)).ShouldBeNull();
    }

    [Fact]
    public void Losses_kept_with_their_graphs_show_in_memory()
    {
        Garbage.Settle();
        List<Tensor> losses = [];
        var line = 0;
        var run = Watched.Run(() =>
        {
            var net = new Linear(3, 2);
            var sgd = new SGD(net.Parameters());
            for (var i = 0; i < 40; i++)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                line = Here(); var loss = Loss.CrossEntropy(net.Forward(Tensor.Randn([4, 3])), Tensor.RandInt(0, 2, [4]));
                loss.Backward();
                sgd.Step();
                losses.Add(loss.Keep());
            }
        });
        var memory = run.All<MemoryMeasured>().ToArray();
        memory[^1].Tensors!.Value.ShouldBeGreaterThan(memory[0].Tensors!.Value + 20);
        memory[^1].Holders.ShouldHaveSingleItem().ShouldSatisfyAllConditions(h => h.What.ShouldBe("results of cross_entropy_loss"), h => h.Site!.Line.ShouldBe(line));
        losses.ForEach(l => l.Dispose());
    }

    static void Train(Func<Module, Tensor> lossOf, int steps = 3)
    {
        var net = new Linear(3, 4);
        var sgd = new SGD(net.Parameters(), lr: 0.01);
        for (var i = 0; i < steps; i++)
        {
            using var scope = Scope.New();
            sgd.ZeroGrad();
            lossOf(net).Backward();
            sgd.Step();
        }
    }
}
