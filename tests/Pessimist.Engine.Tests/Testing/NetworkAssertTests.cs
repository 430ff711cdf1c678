using Pessimist.Engine.Testing;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Tests.Testing;

public sealed class NetworkAssertTests
{
    /// <summary>Networks that look odd and are right.</summary>
    public static TheoryData<string> Healthy => ["mlp", "lenet", "batch norm", "dropout", "tied weights", "frozen body", "attention", "ids", "residual from zero", "last layer zero", "softmax head", "shared activations"];

    [Theory]
    [MemberData(nameof(Healthy))]
    public void A_healthy_network_can_overfit_one_batch(string name) => With(name, (net, step) => NetworkAssert.CanOverfitOneBatch(net, step));

    [Theory]
    [MemberData(nameof(Healthy))]
    public void Every_parameter_of_a_healthy_network_learns(string name) => With(name, (net, step) => NetworkAssert.EveryParameterLearns(net, step));

    [Theory]
    [MemberData(nameof(Healthy))]
    public void A_healthy_network_does_not_mix_the_batch_axis(string name) => With(name, (net, step) => NetworkAssert.BatchAxisIsNotMixed(net, step.Inputs), output: true);

    [Theory]
    [MemberData(nameof(Healthy))]
    public void A_healthy_network_has_no_dead_units(string name) => With(name, (net, step) => NetworkAssert.NoDeadUnits(net, step.Inputs));

    [Theory]
    [InlineData("mlp")]
    [InlineData("lenet")]
    [InlineData("batch norm")]
    [InlineData("attention")]
    public void The_first_loss_of_a_healthy_network_is_that_of_knowing_nothing(string name) => With(name, (net, step) => NetworkAssert.InitialLossIsAsExpected(net, step));

    [Fact]
    public void An_assertion_leaves_the_network_as_it_was()
    {
        using var outer = Scope.New();
        var (net, step) = Make("batch norm");
        using var own = net;
        net.NamedModules().ElementAt(2).Module.Eval();
        foreach (var parameter in net.Parameters().Take(1)) parameter.RequiresGrad = false;
        step.LossOf(net.Forward(step.Inputs)).Backward();
        var before = Everything(net);
        var random = Rng.GetState();

        NetworkAssert.CanOverfitOneBatch(net, step);
        NetworkAssert.EveryParameterLearns(net, step);
        NetworkAssert.BatchAxisIsNotMixed(net, step.Inputs);
        NetworkAssert.NoDeadUnits(net, step.Inputs);
        // With all experiments, float64 and other starts among them.
        Should.Throw<NetworkAssertionException>(() => NetworkAssert.CanOverfitOneBatch(net, step with { Optimizer = p => new Adam(p, lr: 1e-9) }));

        Everything(net).ShouldBe(before);
        Rng.GetState().ShouldBe(random);
    }

    static string[] Everything(Module net) =>
    [
        .. net.NamedParameters().Concat(net.NamedBuffers()).Select(n => $"{n.Item1} {n.Item2.DType} {n.Item2.RequiresGrad} {string.Join(' ', n.Item2.Detach().To(DType.Float64).ToArray<double>())} {(n.Item2.Grad is { } g ? string.Join(' ', g.To(DType.Float64).ToArray<double>()) : "no gradient")}"),
        .. net.NamedModules().Select(m => $"{m.Name} {m.Module.Training}"),
    ];

    [Fact]
    public void A_tiny_learning_rate_is_named_with_its_value_the_expectation_and_the_remedy()
    {
        var message = Fails("mlp", (net, step) => NetworkAssert.CanOverfitOneBatch(net, step with { Optimizer = p => new Adam(p, lr: 1e-9) }));
        message.ShouldContain("does not learn a batch of 32 examples by heart");
        message.ShouldContain("measured: loss ");
        message.ShouldContain("expected: a loss near 0");
        message.ShouldContain("learning-rate-too-low, confirmed: ");
        message.ShouldContain("remedy:   use lr ");
    }

    [Fact]
    public void A_loss_that_is_climbed_is_confirmed() =>
        Fails("mlp", (net, step) => NetworkAssert.CanOverfitOneBatch(net, step with { Loss = (y, t) => -Loss.CrossEntropy(y, t) })).ShouldContain("loss-sign-flipped, confirmed");

    [Fact]
    public void A_loss_of_ones_own_needs_to_say_how_low_it_can_get()
    {
        static Tensor Own(Tensor output, Tensor target) => (Functional.LogSoftmax(output, 1).Gather(1, target.Unsqueeze(1)) - 1).Mean() * -1;
        Fails("mlp", (net, step) => NetworkAssert.CanOverfitOneBatch(net, step with { Loss = Own })).ShouldContain("LowestLoss");
        With("mlp", (net, step) => NetworkAssert.CanOverfitOneBatch(net, step with { Loss = Own, LowestLoss = 1 }));
    }

    [Fact]
    public void A_program_can_be_asserted_as_a_whole()
    {
        Action Program(double lr) => () =>
        {
            using var outer = Scope.New();
            Rng.Seed(1);
            var (net, step) = Make("mlp");
            using var own = net;
            using var sgd = new SGD(net.Parameters(), lr: lr, momentum: 0.9);
            for (var i = 0; i < 3; i++)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(step.Inputs), step.Targets).Backward();
                sgd.Step();
            }
        };

        NetworkAssert.CanOverfitOneBatch(Program(0.05));
        NetworkAssert.EveryParameterLearns(Program(0.05));
        Should.Throw<NetworkAssertionException>(() => NetworkAssert.CanOverfitOneBatch(Program(1e-9))).Message.ShouldContain("learning-rate-too-low");
    }

    [Fact]
    public void A_layer_that_is_not_called_does_not_learn() =>
        Fails(new Forgetful(), (net, step) => NetworkAssert.EveryParameterLearns(net, step)).ShouldContain("no gradient reaches 'unused.weight', 'unused.bias'");

    [Fact]
    public void A_layer_that_need_not_learn_can_be_named()
    {
        With(new Forgetful(), (net, step) => NetworkAssert.EveryParameterLearns(net, step, "unused."));
    }

    [Fact]
    public void A_network_of_zeros_does_not_learn()
    {
        var net = new Mlp(4, 16, 3);
        foreach (var parameter in net.Parameters()) Init.Zeros(parameter);
        Fails(net, (n, step) => NetworkAssert.EveryParameterLearns(n, step)).ShouldContain("is 0 in all of 5 steps");
    }

    [Fact]
    public void Parameters_that_the_optimizer_does_not_hold_do_not_learn() =>
        Fails("mlp", (net, step) => NetworkAssert.EveryParameterLearns(net, step with { Optimizer = p => new Adam(p.Take(2), lr: 1e-3) })).ShouldContain("in no optimizer");

    [Fact]
    public void A_network_that_is_frozen_altogether_cannot_learn()
    {
        var net = new Mlp(4, 16, 3);
        net.RequiresGrad(false);
        Fails(net, (n, step) => NetworkAssert.EveryParameterLearns(n, step)).ShouldContain("all parameters are frozen");
    }

    [Fact]
    public void A_reshape_where_a_permute_belongs_mixes_the_batch()
    {
        var message = Fails(new Mixing(), (net, step) => NetworkAssert.BatchAxisIsNotMixed(net, step.Inputs));
        message.ShouldContain("depends on other examples");
        message.ShouldContain("expected: 0 on the inputs of other examples");
        message.ShouldContain("remedy:   look for view");
    }

    [Fact]
    public void Ids_that_are_mixed_are_told_too() => Fails("mixed ids", (net, step) => NetworkAssert.BatchAxisIsNotMixed(net, step.Inputs)).ShouldContain("depends on other examples");

    [Fact]
    public void An_output_that_lost_its_batch_axis_is_told() =>
        Fails(new Sequential(new Flattening(), new Linear(4, 3)), (net, step) => NetworkAssert.BatchAxisIsNotMixed(net, step.Inputs.Reshape(32, 2, 2)[..8])).ShouldContain("first axis");

    [Fact]
    public void Biases_that_are_far_below_zero_kill_units()
    {
        var net = new Mlp(4, 16, 3);
        Init.Constant(net.NamedParameters().Single(p => p.Name == "layers.1.bias").Parameter, -50);
        var message = Fails(net, (n, step) => NetworkAssert.NoDeadUnits(n, step.Inputs));
        message.ShouldContain("16 of 16 units of layers.2 are 0 for all 32 examples");
        message.ShouldContain("expected: at most 50% of a layer's units");
    }

    [Fact]
    public void Raw_inputs_make_the_first_loss_large() =>
        Fails("mlp", (net, step) => NetworkAssert.InitialLossIsAsExpected(net, step with { Inputs = step.Inputs * 300 + 500 })).ShouldContain("(ln 3), within a factor of 2");

    [Fact]
    public void Training_with_one_seed_gives_one_network() => NetworkAssert.TrainsTheSameWithTheSameSeed(() => new Mlp(4, 8, 2));

    [Fact]
    public void Random_numbers_of_another_generator_give_another_network()
    {
        var calls = 0;
        Should.Throw<NetworkAssertionException>(() => NetworkAssert.TrainsTheSameWithTheSameSeed(() =>
        {
            var net = new Mlp(4, 8, 2);
            Init.Constant(net.Parameters()[0], ++calls);
            return net;
        })).Message.ShouldContain("1 of 4 tensors differ; layers.1.weight by up to 1e0");
    }

    [Fact]
    public void Mistakes_of_the_test_itself_are_told() =>
        Should.Throw<PessimistException>(() => NetworkAssert.NoDeadUnits(new Mlp(4, 8, 2), Tensor.Randn([3, 4]))).Message.ShouldContain("fewer than 16");

    static void With(string name, Action<Module, LearningStep> assert, bool output = false)
    {
        using var scope = Scope.New();
        Rng.Seed(7);
        var (net, step) = Make(name);
        using (net) assert(output && name == "softmax head" ? new Sequential(net, new Softmax(1)) : net, step);
    }

    static void With(Module net, Action<Module, LearningStep> assert)
    {
        using var scope = Scope.New();
        using (net) assert(net, Table());
    }

    static string Fails(string name, Action<Module, LearningStep> assert) => Should.Throw<NetworkAssertionException>(() => With(name, assert)).Message;

    static string Fails(Module net, Action<Module, LearningStep> assert) => Should.Throw<NetworkAssertionException>(() => With(net, assert)).Message;

    static LearningStep Table(int count = 32)
    {
        Rng.Seed(7);
        return new(Tensor.Randn([count, 4]), Tensor.RandInt(0, 3, [count]));
    }

    static LearningStep Autoencoder()
    {
        var x = Tensor.Randn([16, 8]) * 0.5;
        return new(x, x);
    }

    static LearningStep Sequences() => new(Tensor.Randn([16, 6, 8]), Tensor.RandInt(0, 3, [16]));

    static (Module, LearningStep) Make(string name) => name switch
    {
        "lenet" => (new LeNet(10), new(Tensor.Randn([16, 1, 28, 28]), Tensor.RandInt(0, 10, [16]))),
        "batch norm" => (new Sequential(new Linear(4, 32), new BatchNorm1d(32), new ReLU(), new Linear(32, 3)), Table()),
        "dropout" => (new Sequential(new Linear(4, 128), new ReLU(), new Dropout(0.5), new Linear(128, 3)), Table(16)),
        "tied weights" => (new Tied(), Autoencoder()),
        "frozen body" => (Frozen(), Table(16)),
        "attention" => (new TransformerModel(8, 3), Sequences()),
        "ids" => (new Sequential(new Embedding(50, 16), new Flatten(), new Linear(64, 32), new ReLU(), new Linear(32, 3)), new(Tensor.RandInt(0, 50, [16, 4]), Tensor.RandInt(0, 3, [16]))),
        "mixed ids" => (new Sequential(new Embedding(50, 16), new Mixing(false), new Flatten(), new Linear(64, 3)), new(Tensor.RandInt(0, 50, [16, 4]), Tensor.RandInt(0, 3, [16]))),
        "residual from zero" => (new FromZero(), Table()),
        "last layer zero" => (LastZero(), Table()),
        "softmax head" => (new Mlp(4, 64, 3), Table()),
        "shared activations" => (new Shared(), Table()),
        _ => (new Mlp(4, 64, 3), Table()),
    };

    static Sequential Frozen()
    {
        var body = new Linear(4, 64);
        body.RequiresGrad(false);
        return new Sequential(body, new ReLU(), new Linear(64, 3));
    }

    static Mlp LastZero()
    {
        var net = new Mlp(4, 64, 3);
        foreach (var (_, parameter) in net.NamedParameters().Where(p => p.Name.StartsWith("fc2", StringComparison.Ordinal))) Init.Zeros(parameter);
        return net;
    }

    sealed class Tied : Module
    {
        public Tensor Weight { get; } = Parameter(Tensor.Randn([64, 8]) * 0.2);

        protected override Tensor Compute(Tensor input) => input.MatMul(Weight.Transpose(0, 1)).Tanh().MatMul(Weight);

        static Tensor Parameter(Tensor tensor)
        {
            tensor.RequiresGrad = true;
            return tensor.Keep();
        }
    }

    /// <summary>A branch whose gain is 0 at first: no gradient gets into it in the first step.</summary>
    sealed class FromZero : Module
    {
        public Linear Inner { get; } = new(4, 32);
        public Linear Skip { get; } = new(4, 32);
        public Linear Head { get; } = new(32, 3);
        public Tensor Gain { get; } = Zero();

        protected override Tensor Compute(Tensor input) => Head.Forward(Skip.Forward(input).Tanh() + Inner.Forward(input).Tanh() * Gain);

        static Tensor Zero()
        {
            var gain = Tensor.Zeros([1]);
            gain.RequiresGrad = true;
            return gain.Keep();
        }
    }

    sealed class Shared : Module
    {
        public Linear Fc1 { get; } = new(4, 64);
        public Linear Fc2 { get; } = new(64, 64);
        public Linear Fc3 { get; } = new(64, 3);
        public ReLU Relu { get; } = new();

        protected override Tensor Compute(Tensor input) => Fc3.Forward(Relu.Forward(Fc2.Forward(Functional.Relu(Relu.Forward(Fc1.Forward(input))))));
    }

    sealed class Forgetful : Module
    {
        public Linear Fc1 { get; } = new(4, 32);
        public Linear Unused { get; } = new(32, 32);
        public Linear Fc2 { get; } = new(32, 3);

        protected override Tensor Compute(Tensor input) => Fc2.Forward(Fc1.Forward(input).Tanh());
    }

    sealed class Mixing(bool alone = true) : Module
    {
        protected override Tensor Compute(Tensor input) => alone ? input.Reshape(input.Size(1), input.Size(0)).Transpose(0, 1) : input.Reshape(input.Size(1), input.Size(0), -1).Transpose(0, 1);
    }

    sealed class Flattening : Module
    {
        protected override Tensor Compute(Tensor input) => input.Reshape(-1, 4)[..4];
    }
}
