using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using static Pessimist.Engine.Tests.Watching.Watched;

namespace Pessimist.Engine.Tests.Watching;

public sealed class ProbeTraceTests
{
    [Fact]
    public void Operations_of_the_first_step_are_joined_by_the_numbers_of_their_tensors()
    {
        var line = 0;
        var run = Train(() => new Sequential(new Linear(3, 4), new ReLU(), new Linear(4, 2)), (net, x, y) =>
        {
            line = Here(); var p = Functional.Softmax(net.Forward(x), -1);
            return Loss.CrossEntropy(p, y);
        });
        var trace = run.Trace();
        trace = [.. trace.SkipWhile(o => o.Operation != "randn")];
        trace.Select(o => o.Operation).ShouldBe(["randn", "randint", "linear", "relu", "linear", "softmax", "cross_entropy_loss"]);
        trace[3].Inputs[0].Id.ShouldBe(trace[2].Outputs[0].Id);
        trace[5].Inputs[0].Id.ShouldBe(trace[4].Outputs[0].Id);
        trace[2].Inputs.Select(i => i.Role).ShouldBe(["input 0", "parameter 0.weight", "parameter 0.bias"]);
        trace[6].Inputs[1].Role.ShouldBe("target");
        (trace[2].Inputs[1].Leaf, trace[2].Outputs[0].Leaf).ShouldBe((true, false));
        (trace[2].Module, trace[3].Module, trace[5].Module).ShouldBe(("0", "1", null));
        trace[5].Dimension.ShouldBe(1);
        trace[5].Site!.Line.ShouldBe(line);
        var loss = run.All<LossObserved>().First();
        (loss.MadeBy, loss.MadeIn, loss.MadeAt?.Line).ShouldBe(("softmax", null, line));
        loss.Prediction!.RowsSumToOne.ShouldBe(1);
        loss.ReachesParameters.ShouldBe(true);
    }

    [Fact]
    public void A_squared_error_written_by_hand_is_recognized()
    {
        var run = Train(() => new Linear(3, 1), (net, x, y) => (net.Forward(x) - y.To(DType.Float32)).Pow(2).Mean());
        var loss = run.All<LossObserved>().First();
        (loss.Kind, loss.Reduction, loss.MadeBy).ShouldBe(("mse", "mean", "linear"));
        loss.Input!.Shape.ShouldBe([4, 1]);
        loss.Target!.Shape.ShouldBe([4]);
    }

    [Fact]
    public void A_loss_of_its_own_kind_is_custom_and_has_a_value()
    {
        var run = Train(() => new Sequential(new Linear(3, 2), new Softmax(1)), (net, x, y) => -net.Forward(x).Gather(1, y.Unsqueeze(1)).Log().Mean());
        var loss = run.All<LossObserved>().First();
        (loss.Kind, loss.Phase, loss.ReachesParameters).ShouldBe(("custom", Phase.Train, true));
        loss.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_loss_cut_off_from_the_network_reaches_no_parameter()
    {
        var run = Train(() => new Linear(3, 2), (net, x, y) => Loss.CrossEntropy(net.Forward(x).Detach(), y).Clone().RequireGrad());
        run.All<LossObserved>().First().ReachesParameters.ShouldBe(false);
        run.All<PassObserved>().First().Phase.ShouldBe(Phase.Train);
    }

    [Fact]
    public void In_place_operations_and_integers_that_wrap_are_seen()
    {
        var run = Train(() => new Linear(3, 2), (net, x, y) =>
        {
            var bytes = Tensor.From(new byte[] { 100, 200, 250, 10 }, 4);
            return Loss.CrossEntropy(net.Forward(x).MulInPlace(2), y) + (bytes + bytes).To(DType.Float32).Mean() * 0;
        });
        run.Trace().First(o => o.Operation == "add").Settings["wrapped"].ShouldBe(0.5);
        var inPlace = run.Trace().Single(o => o.InPlace && o.Operation == "mul");
        inPlace.Outputs[0].Id.ShouldBe(inPlace.Inputs[0].Id);
        inPlace.Settings["scalar"].ShouldBe(2);
    }

    [Fact]
    public void The_first_evaluation_is_traced_to_the_number_that_is_read_out()
    {
        var run = Watched.Run(() =>
        {
            var net = new Linear(3, 2);
            var sgd = new SGD(net.Parameters());
            for (var i = 0; i < 20; i++)
            {
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(Tensor.Randn([4, 3])), Tensor.RandInt(0, 2, [4])).Backward();
                sgd.Step();
            }

            using var quiet = Autograd.NoGrad();
            for (var i = 0; i < 4; i++) net.Forward(Tensor.Randn([4, 3])).ArgMax(0).Eq(Tensor.Zeros([2], DType.Int64)).Sum().Item<long>();
        });
        var trace = run.Trace(20, Phase.Evaluate);
        trace.Select(o => o.Operation).Where(o => o is not ("randn" or "zeros")).ShouldBe(["linear", "argmax", "eq", "sum", "item", "linear", "argmax", "eq", "sum", "item"]);
        trace.First(o => o.Operation == "argmax").Dimension.ShouldBe(0);
        trace.ShouldAllBe(o => !o.GradientsOn);
        run.All<MetricReported>().First().Examples.ShouldBe(2);
    }

    [Fact]
    public void A_layer_kept_in_a_dictionary_is_found_and_not_registered()
    {
        var run = Watched.Run(() =>
        {
            var net = new Hiding();
            var sgd = new SGD(net.Parameters());
            Loss.CrossEntropy(net.Forward(Tensor.Randn([4, 3])), Tensor.RandInt(0, 2, [4])).Backward();
            sgd.Step();
        });
        run.All<ModuleBuilt>().Single(m => !m.Registered).Name.ShouldBe("layers.hidden");
        var parameter = run.All<ParameterObserved>().First(p => !p.Registered);
        (parameter.Name, parameter.Optimizers!.Count).ShouldBe(("layers.hidden.weight", 0));
        parameter.GradientNorm!.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void One_module_under_two_names_is_an_alias()
    {
        var run = Watched.Run(() =>
        {
            var shared = new Linear(3, 3);
            var net = new Sequential(shared, new ReLU(), shared);
            net.Forward(Tensor.Randn([2, 3])).Sum().Backward();
            new SGD(net.Parameters()).Step();
        });
        run.All<ModuleBuilt>().Single(m => m.Name == "2").AliasOf.ShouldBe("0");
        run.All<ParameterObserved>().Single(p => p.Name == "2.weight").AliasOf.ShouldBe("0.weight");
    }

    [Fact]
    public void Units_that_are_never_active_are_counted_over_batches()
    {
        var run = Watched.Run(() =>
        {
            var net = new Sequential(new Linear(3, 5), new ReLU(), new Linear(5, 2));
            using (Autograd.NoGrad()) ((Linear)net[0]).Bias![0..2].FillInPlace(-1000);
            var sgd = new SGD(net.Parameters());
            for (var i = 0; i < 6; i++)
            {
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(Tensor.Randn([32, 3])), Tensor.RandInt(0, 2, [32])).Backward();
                sgd.Step();
            }
        });
        var relu = run.All<ActivationsMeasured>().Last().Modules.Single(m => m.Type == "ReLU");
        (relu.NeverActive, relu.Units, relu.Batches).ShouldBe((2, 5, 6));
        var measured = run.All<ParametersMeasured>().First().Parameters.Single(p => p.Name == "0.weight");
        measured.ZeroGradients!.Value.ShouldBe(0.4, 1e-6);
        measured.Changed.ShouldBe(true);
        measured.Update!.Value.ShouldBe(measured.Gradient!.Value * 1e-3, 1e-6);
    }

    static Runs.Run Train(Func<Module> make, Func<Module, Tensor, Tensor, Tensor> lossOf) => Watched.Run(() =>
    {
        var net = make();
        var sgd = new SGD(net.Parameters());
        for (var i = 0; i < 3; i++)
        {
            sgd.ZeroGrad();
            lossOf(net, Tensor.Randn([4, 3]), Tensor.RandInt(0, 2, [4])).Backward();
            sgd.Step();
        }
    });

    sealed class Hiding : Module
    {
        readonly Dictionary<string, Module> _layers = new() { ["hidden"] = new Linear(3, 4) };

        public Linear Last { get; } = new(4, 2);

        protected override Tensor Compute(Tensor input) => Last.Forward(_layers["hidden"].Forward(input));
    }
}
