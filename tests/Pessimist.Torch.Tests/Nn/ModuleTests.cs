using System.Globalization;
using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

public sealed class ModuleTests
{
    sealed class Block(int width) : Module
    {
        public Linear Fc1 { get; } = new(width, width);
        public BatchNorm1d BN { get; } = new(width);
        public Tensor LearnedScale { get; } = Init.Ones(Init.Parameter(width));
        Tensor? _cache;

        protected override Tensor Compute(Tensor input) => _cache = BN.Forward(Fc1.Forward(input)) * LearnedScale;

        public bool HasCache => _cache is not null;
    }

    sealed class Net(Linear head) : Module
    {
        readonly Block[] _blocks = [new(3), new(3)];
        public Tensor Doubled => head.Weight * 2;

        protected override Tensor Compute(Tensor input) => head.Forward(_blocks.Aggregate(input, (x, block) => block.Forward(x)));
    }

    [Theory]
    [InlineData("Fc1", "fc1")]
    [InlineData("RunningMean", "running_mean")]
    [InlineData("NumBatchesTracked", "num_batches_tracked")]
    [InlineData("LSTMCell", "lstm_cell")]
    [InlineData("BN1", "bn1")]
    [InlineData("layer", "layer")]
    public void Names_follow_Python(string name, string expected) => ModuleLayout.ToSnakeCase(name).ShouldBe(expected);

    [Fact]
    public void Finds_parameters_buffers_and_children_without_registration()
    {
        using var scope = Scope.New();
        using var net = new Net(new Linear(3, 2));
        net.Forward(Tensor.Ones([4, 3]));
        string[] block = ["learned_scale", "fc1.weight", "fc1.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var", "bn.num_batches_tracked"];
        net.StateDict().Keys.ShouldBe(
            [.. block.Select(n => $"blocks.0.{n}"), .. block.Select(n => $"blocks.1.{n}"), "head.weight", "head.bias"], ignoreOrder: true);
        net.NamedParameters().Select(p => p.Name).ShouldBe(net.StateDict().Keys.Where(k => !k.Contains("running") && !k.Contains("num_")), ignoreOrder: true);
        net.NamedModules().Select(m => m.Name).ShouldBe(
            ["", "blocks.0", "blocks.0.fc1", "blocks.0.bn", "blocks.1", "blocks.1.fc1", "blocks.1.bn", "head"], ignoreOrder: true);
    }

    [Fact]
    public void A_shared_layer_counts_once_and_is_saved_under_both_names()
    {
        using var scope = Scope.New();
        var shared = new Linear(2, 2);
        using var net = new Sequential(shared, new ReLU(), shared);
        net.ParameterCount.ShouldBe(6);
        net.StateDict().Keys.ShouldBe(["0.weight", "0.bias", "2.weight", "2.bias"]);
    }

    [Fact]
    public void Parameters_outlive_the_scope_they_are_made_in_and_end_with_the_module()
    {
        Linear layer;
        using (Scope.New())
            layer = new Linear(2, 2);
        layer.Weight.IsDisposed.ShouldBeFalse();
        layer.Weight.RequiresGrad.ShouldBeTrue();
        layer.Dispose();
        layer.Weight.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public void Loading_names_everything_that_does_not_fit_and_changes_nothing()
    {
        using var scope = Scope.New();
        using var net = new Sequential(new Linear(3, 2), new Linear(2, 1));
        var before = net.StateDict()["0.weight"].ToArray<float>();
        var state = new Dictionary<string, Tensor>
        {
            ["0.weight"] = Tensor.Zeros([2, 3]), ["0.bias"] = Tensor.Zeros([3]), ["1.weight"] = Tensor.Zeros([1, 2]), ["2.weight"] = Tensor.Zeros([7]),
        };
        var message = Should.Throw<TorchException>(() => net.LoadStateDict(state)).Message;
        message.ShouldContain("missing: 1.bias float32[1]");
        message.ShouldContain("unexpected: 2.weight float32[7]");
        message.ShouldContain("another shape: 0.bias is float32[3] in the file and float32[2] in the network");
        net.StateDict()["0.weight"].ToArray<float>().ShouldBe(before);
        Should.Throw<TorchException>(() => net.LoadStateDict(state, strict: false)).Message.ShouldNotContain("missing");
        state["0.bias"] = Tensor.Zeros([2]);
        net.LoadStateDict(state, strict: false);
        net.StateDict()["0.weight"].ToArray<float>().ShouldAllBe(x => x == 0);
    }

    [Fact]
    public void Train_and_eval_reach_every_child()
    {
        using var scope = Scope.New();
        using var net = new Sequential(new Dropout(0.5), new Sequential(new BatchNorm1d(2)));
        net.Training.ShouldBeTrue();
        net.Eval();
        net.NamedModules().ShouldAllBe(m => !m.Module.Training);
        net.Train();
        net.NamedModules().ShouldAllBe(m => m.Module.Training);
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_is_the_identity_in_eval()
    {
        using var scope = Scope.New();
        Rng.Seed(0);
        using var dropout = new Dropout(0.25);
        var x = Tensor.Ones([4000]);
        var dropped = dropout.Forward(x).ToArray<float>();
        dropped.Distinct().Order().ShouldBe([0f, 1 / 0.75f]);
        dropped.Average().ShouldBe(1, 0.05);
        dropout.Eval();
        dropout.Forward(x).ToArray<float>().ShouldAllBe(v => v == 1);
        Should.Throw<TorchException>(() => new Dropout(1.5)).Message.ShouldContain("dropout probability 1.5 is not valid");
    }

    [Fact]
    public void Hooks_see_and_replace_inputs_and_outputs_until_disposed()
    {
        using var scope = Scope.New();
        using var net = new Sequential(new Identity(), new Identity());
        List<string> calls = [];
        var hooks = new List<IDisposable>();
        foreach (var (name, module) in net.NamedModules())
        {
            hooks.Add(module.BeforeForward((_, x) => { calls.Add($"before {name}"); return null; }));
            hooks.Add(module.AfterForward((_, _, y) => calls.Add($"after {name}")));
        }
        hooks.Add(net[0].AfterForward((_, _, y) => y * 3));
        hooks.Add(net[1].BeforeForward((_, x) => x + 1));
        net.Forward(Tensor.Ones([1])).Item<float>().ShouldBe(4);
        calls.ShouldBe(["before ", "before 0", "after 0", "before 1", "after 1", "after "]);
        hooks.ForEach(h => h.Dispose());
        net.Forward(Tensor.Ones([1])).Item<float>().ShouldBe(1);
        calls.Count.ShouldBe(6);
    }

    [Fact]
    public void Output_gradients_are_there_after_backward_and_only_while_asked_for()
    {
        using var scope = Scope.New();
        using var net = new Sequential(new Linear(2, 3), new ReLU(), new Linear(3, 1));
        var watch = OutputGradients.Of(net);
        net.Forward(Tensor.Ones([4, 2])).Sum().Backward();
        var seen = watch.Read().ToDictionary(g => g.Name, g => g.Gradient.Shape);
        seen["2"].ShouldBe([4, 1]);
        seen["1"].ShouldBe([4, 3]);
        seen["0"].ShouldBe([4, 3]);
        watch.Dispose();
        net.Forward(Tensor.Ones([4, 2])).Sum().Backward();
        watch.Read().ShouldBeEmpty();
    }

    [Fact]
    public void To_keeps_the_tensor_objects_and_leaves_integers_alone()
    {
        using var scope = Scope.New();
        using var net = new BatchNorm1d(2);
        var weight = net.Weight!;
        net.To(DType.Float64);
        net.Weight.ShouldBeSameAs(weight);
        weight.DType.ShouldBe(DType.Float64);
        weight.IsLeaf.ShouldBeTrue();
        net.NumBatchesTracked!.DType.ShouldBe(DType.Int64);
        var y = net.Forward(Tensor.Randn([4, 2], DType.Float64));
        y.Square().Sum().Backward();
        weight.Grad!.DType.ShouldBe(DType.Float64);
    }

    [Fact]
    public void Zero_grad_forgets_or_zeroes()
    {
        using var scope = Scope.New();
        using var layer = new Linear(2, 1);
        layer.Forward(Tensor.Ones([1, 2])).Sum().Backward();
        layer.ZeroGrad(setToNone: false);
        layer.Weight.Grad!.ToArray<float>().ShouldAllBe(g => g == 0);
        layer.ZeroGrad();
        layer.Weight.HasGrad.ShouldBeFalse();
    }

    [Fact]
    public void A_layer_knows_the_line_that_made_it()
    {
        using var scope = Scope.New();
        using var layer = new Linear(2, 1);
        layer.CreatedAt!.ToString().ShouldStartWith("ModuleTests.cs:");
        using var net = new Sequential(layer);
        net.CreatedAt.ShouldBeNull();
    }

    [Fact]
    public void Prints_and_reads_numbers_alike_in_every_culture()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new("ru-RU");
            new LeakyReLU(0.2).ToString().ShouldBe("LeakyReLU(negative_slope=0.2)");
            InitScheme.Parse("normal:0.5").ToString().ShouldBe("normal:0.5");
            Should.Throw<TorchException>(() => new Dropout(-0.5)).Message.ShouldContain("dropout probability -0.5 is not valid");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void A_failure_names_the_layer_its_line_and_its_input_once()
    {
        using var scope = Scope.New();
        using var net = new Sequential(new Linear(4, 3), new Sequential(new Linear(5, 2)));
        var error = Should.Throw<TorchException>(() => net.Forward(Tensor.Zeros([2, 4])));
        error.Message.ShouldStartWith("Linear(in_features=5, out_features=2, bias=True), made at ModuleTests.cs:");
        error.Message.ShouldContain("failed on float32[2, 3]: aten::linear failed");
        error.Message.ShouldNotContain("Sequential");
        error.Operator.ShouldBe("aten::linear");
    }

    [Fact]
    public void Batch_norm_refuses_a_batch_of_one_while_training()
    {
        using var scope = Scope.New();
        using var norm = new BatchNorm1d(3);
        Should.Throw<TorchException>(() => norm.Forward(Tensor.Zeros([1, 3]))).Message.ShouldContain("one value per channel has no variance");
        norm.Eval();
        norm.Forward(Tensor.Zeros([1, 3])).Shape.ShouldBe([1, 3]);
    }

    [Fact]
    public void Batch_norm_refuses_other_shapes_and_sizes_must_be_positive()
    {
        using var scope = Scope.New();
        using var norm = new BatchNorm2d(3);
        Should.Throw<TorchException>(() => norm.Forward(Tensor.Zeros([2, 3]))).Message.ShouldContain("an input of 4 axes, not 2");
        Should.Throw<TorchException>(() => new Linear(0, 3)).Message.ShouldContain("inFeatures 0 is not valid; it must be positive");
    }
}
