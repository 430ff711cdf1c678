using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests.Models;

public sealed class CatalogTests
{
    public static TheoryData<string> Names => [.. ModelCatalog.All.Select(m => m.Name)];

    /// <summary>Of a size that tests can afford.</summary>
    static int[] Small(ModelInfo model) => model.Input switch
    {
        InputKind.Table => [12],
        InputKind.Picture => [2, Math.Max(8, model.Smallest), Math.Max(8, model.Smallest)],
        _ => [9, 3],
    };

    static Tensor Examples(int count, int[] shape) => Tensor.Randn([count, .. shape.Select(s => (long)s)]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Starts_at_ln_K_and_every_parameter_gets_a_gradient(string name)
    {
        using var scope = Scope.New();
        Rng.Seed(1);
        var model = ModelCatalog.Find(name)!;
        var shape = Small(model);
        model.Takes(shape).ShouldBeTrue();
        using var net = model.Create(shape, 5, null);
        var output = net.Forward(Examples(8, shape));
        output.Shape.ShouldBe([8, 5]);
        var loss = Loss.CrossEntropy(output, Tensor.RandInt(0, 5, [8]));
        loss.Item<double>().ShouldBe(Math.Log(5), 0.15);
        loss.Backward();
        foreach (var (parameterName, parameter) in net.NamedParameters())
            (parameter.Grad?.Abs().Max().Item<float>() ?? 0).ShouldBeGreaterThan(0, parameterName);
        // What one example gives does not depend on its neighbours.
        net.Eval();
        using var quiet = Autograd.NoGrad();
        var x = Examples(3, shape);
        net.Forward(x)[1..2].AllClose(net.Forward(x[1..2]), 1e-4, 1e-5).ShouldBeTrue();
    }

    [Theory]
    [InlineData("resnet20")]
    [InlineData("lstm")]
    [InlineData("tcn")]
    [InlineData("wavenet")]
    [InlineData("transformer")]
    public void Learns_a_batch_by_heart(string name)
    {
        using var outer = Scope.New();
        Rng.Seed(2);
        var model = ModelCatalog.Find(name)!;
        var shape = Small(model);
        using var net = model.Create(shape, 3, null);
        using var adam = new Adam(net.Parameters(), lr: 3e-3);
        var (x, y) = (Examples(12, shape), Tensor.RandInt(0, 3, [12]));
        var loss = double.NaN;
        for (var step = 0; step < 150 && !(loss < 0.05); step++)
        {
            using var scope = Scope.New();
            adam.ZeroGrad();
            var error = Loss.CrossEntropy(net.Forward(x), y);
            error.Backward();
            adam.Step();
            loss = error.Item<double>();
        }
        loss.ShouldBeLessThan(0.05);
    }

    [Theory]
    [InlineData("resnet18", 11_689_512, "layer4.1.bn2.num_batches_tracked")]
    [InlineData("resnet34", 21_797_672, "layer3.5.conv2.weight")]
    [InlineData("resnet50", 25_557_032, "layer3.5.bn3.running_var")]
    public void ResNets_have_torchvisions_parameters(string name, long parameters, string last)
    {
        using var net = ModelCatalog.Find(name)!.Create([3, 224, 224], 1000, InitScheme.PyTorch);
        net.ParameterCount.ShouldBe(parameters);
        foreach (var key in (string[])["conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer2.0.downsample.0.weight", "layer2.0.downsample.1.bias", "layer4.0.bn1.weight", "fc.bias", last])
            net.StateDict().Keys.ShouldContain(key);
        net.StateDict()["conv1.weight"].Shape.ShouldBe([64, 3, 7, 7]);
    }

    [Fact]
    public void ResNet20_has_the_published_number_of_parameters()
    {
        using var net = new ResNet20(10);
        net.ParameterCount.ShouldBe(269_722);
        net.NamedParameters().Select(p => p.Name).Take(4).ShouldBe(["conv1.weight", "bn1.weight", "bn1.bias", "layer1.0.conv1.weight"]);
    }

    [Theory]
    [InlineData("tcn")]
    [InlineData("wavenet")]
    public void The_last_step_sees_the_first(string name)
    {
        using var scope = Scope.New();
        Rng.Seed(3);
        foreach (var steps in (int[])[1, 2, 17, 100])
        {
            using var net = ModelCatalog.Find(name)!.Create([steps, 2], 2, null);
            var x = Tensor.Randn([1, steps, 2]).RequireGrad();
            net.Forward(x).Abs().Sum().Backward();
            x.Grad!.Select(1, 0).Abs().Sum().Item<double>().ShouldBeGreaterThan(0, $"{steps} steps");
        }
    }

    [Fact]
    public void Sequences_of_different_lengths_do_not_depend_on_what_stands_after_their_end()
    {
        using var scope = Scope.New();
        Rng.Seed(4);
        var lengths = Tensor.From([3L, 6L]);
        var x = Tensor.Randn([2, 6, 2]);
        var other = x.MaskedFill(AttentionMask.Padding(lengths, 6).Unsqueeze(2), 9);
        using var lstm = new LstmModel(2, 8, 3);
        lstm.Forward(x, lengths).ContentEquals(lstm.Forward(other, lengths)).ShouldBeTrue();
        lstm.Forward(x, lengths)[..1].AllClose(lstm.Forward(x[..1].Slice(1, 0, 3)), 1e-4, 1e-6).ShouldBeTrue();
        using var transformer = new TransformerModel(2, 3, width: 8);
        transformer.Forward(x, lengths).AllClose(transformer.Forward(other, lengths), 1e-4, 1e-6).ShouldBeTrue();
        transformer.Forward(x, lengths)[..1].AllClose(transformer.Forward(x[..1].Slice(1, 0, 3)), 1e-4, 1e-5).ShouldBeTrue();
    }

    [Fact]
    public void Several_inputs_are_mapped_joined_and_learned_from()
    {
        using var outer = Scope.New();
        Rng.Seed(5);
        using var net = new MultiInput([new("picture", [1, 8, 8]), new("series", [5, 2]), new("table", [3])], 2, width: 4, hidden: 8);
        net.NamedChildren().Select(c => c.Name).ShouldBe(["branches.picture", "branches.series", "branches.table", "relu", "fc1", "fc2"]);
        Tensor[] inputs = [Tensor.Randn([16, 1, 8, 8]), Tensor.Randn([16, 5, 2]), Tensor.Randn([16, 3])];
        var packed = Tensor.Cat([.. inputs.Select(i => i.Flatten(1))], 1);
        net.Forward(inputs).ContentEquals(net.Forward(packed)).ShouldBeTrue();
        // Whether the first step of the series and the first column agree: no input alone says it.
        var y = (inputs[1].Select(2, 0).Select(1, 0) * inputs[2].Select(1, 0)).Gt(0.0).To(DType.Int64);
        using var adam = new Adam(net.Parameters(), lr: 1e-2);
        var loss = double.NaN;
        for (var step = 0; step < 200; step++)
        {
            using var scope = Scope.New();
            adam.ZeroGrad();
            var error = Loss.CrossEntropy(net.Forward(packed), y);
            error.Backward();
            adam.Step();
            loss = error.Item<double>();
        }
        loss.ShouldBeLessThan(0.1);
        Should.Throw<TorchException>(() => net.Forward(inputs[..2])).Message.ShouldContain("2 tensors were given for the 3 inputs picture, series, table");
        Should.Throw<TorchException>(() => net.Forward(packed.Slice(1, 0, 70))).Message.ShouldContain("take [batch, 77] together, not float32[16, 70]");
        Should.Throw<TorchException>(() => new MultiInput([new("a", [1]), new("a", [2])], 2)).Message.ShouldContain("two inputs are named a");
    }

    [Theory]
    [InlineData("lenet", true, 1, 28, 28)]
    [InlineData("lenet", false, 1, 3, 28)]
    [InlineData("lenet", false, 28, 28)]
    [InlineData("lstm", true, 10, 3)]
    [InlineData("lstm", false, 10)]
    [InlineData("mlp", true, 10, 3)]
    public void Knows_which_examples_it_takes(string name, bool takes, params int[] shape) => ModelCatalog.Find(name)!.Takes(shape).ShouldBe(takes);
}
