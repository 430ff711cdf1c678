using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests.Models;

public sealed class ModelTests
{
    [Fact]
    public void LeNet_has_the_published_number_of_parameters()
    {
        using var net = new LeNet(10);
        net.ParameterCount.ShouldBe(61_706);
        net.NamedParameters().Select(p => p.Name).ShouldBe(
            ["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias", "fc3.weight", "fc3.bias"]);
    }

    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 32, 32)]
    [InlineData(1, 8, 8)]
    [InlineData(1, 9, 11)]
    [InlineData(2, 19, 40)]
    [InlineData(1, 20, 20)]
    [InlineData(1, 4, 4)]
    public void LeNet_takes_images_of_any_size(int channels, int height, int width)
    {
        using var scope = Scope.New();
        using var net = new LeNet(7, channels, height, width);
        net.Forward(Tensor.Randn([2, channels, height, width])).Shape.ShouldBe([2, 7]);
    }

    public static TheoryData<string, int> Starts
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var model in new[] { "lenet", "lenet8", "mlp", "linear" })
                foreach (var seed in Enumerable.Range(0, 3))
                    data.Add(model, seed);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Starts))]
    public void The_loss_starts_at_ln_K_and_every_parameter_gets_a_gradient(string model, int seed)
    {
        using var scope = Scope.New();
        Rng.Seed(seed);
        var size = model == "lenet" ? 28 : 8;
        using Module net = model switch
        {
            "mlp" => new Mlp(64, 128, 10),
            "linear" => new LinearModel(64, 10),
            _ => new LeNet(10, height: size, width: size),
        };
        var loss = Loss.CrossEntropy(net.Forward(Tensor.Randn([64, 1, size, size])), Tensor.RandInt(0, 10, [64]));
        loss.Item<double>().ShouldBe(Math.Log(10), 0.05);
        loss.Backward();
        foreach (var (name, parameter) in net.NamedParameters())
            parameter.Grad!.Abs().Max().Item<float>().ShouldBeGreaterThan(0, name);
    }

    [Fact]
    public void A_flag_that_harms_reaches_the_output_layer()
    {
        using var scope = Scope.New();
        Rng.Seed(0);
        using var net = new Mlp(64, 128, 10, init: InitScheme.Parse("normal:1"));
        Loss.CrossEntropy(net.Forward(Tensor.Randn([64, 64])), Tensor.RandInt(0, 10, [64])).Item<double>().ShouldBeGreaterThan(10);
        using var dead = new Mlp(64, 128, 10, init: InitScheme.Parse("zeros"));
        dead.Parameters().ShouldAllBe(p => p.ToArray<float>().All(x => x == 0));
    }

    [Theory]
    [InlineData("he", "he")]
    [InlineData("Glorot", "glorot")]
    [InlineData("pytorch", "pytorch")]
    [InlineData("zeros", "zeros")]
    [InlineData("normal:0.5", "normal:0.5")]
    [InlineData("constant:2", "constant:2")]
    public void Reads_and_prints_init_schemes(string text, string printed) => InitScheme.Parse(text).ToString().ShouldBe(printed);

    [Theory]
    [InlineData("hee", "init 'hee' is not known; it must be he, he-uniform, glorot, glorot-uniform, pytorch, zeros")]
    [InlineData("normal", "init 'normal' is not known")]
    [InlineData("normal:x", "'x' in init 'normal:x' is not a number")]
    [InlineData("normal:-1", "-1 is not valid")]
    public void Says_which_init_schemes_there_are(string text, string part) =>
        Should.Throw<TorchException>(() => InitScheme.Parse(text)).Message.ShouldContain(part);

    [Theory]
    [InlineData("mlp")]
    [InlineData("lenet")]
    public void Fits_a_small_problem_through_loader_and_Adam(string model)
    {
        using var outer = Scope.New();
        Rng.Seed(0);
        // The class is the quadrant that is lit.
        var labels = Tensor.RandInt(0, 4, [64]).ToArray<long>();
        var pixels = Tensor.Randn([64, 8, 8]).ToArray<float>();
        for (var i = 0; i < 64; i++)
            for (var p = 0; p < 16; p++)
                pixels[i * 64 + (labels[i] / 2 * 4 + p / 4) * 8 + labels[i] % 2 * 4 + p % 4] += 2;
        using var data = TensorDataset.From(pixels, [1, 8, 8], labels);
        using Module net = model == "mlp" ? new Mlp(64, 32, 4) : new LeNet(4, height: 8, width: 8);
        using var adam = new Adam(net.Parameters(), lr: 1e-2);
        var loader = new Loader(data, 16, seed: 1);
        var last = double.NaN;
        for (var epoch = 0; epoch < 15; epoch++)
            foreach (var (x, y) in loader)
            {
                using var scope = Scope.New();
                var loss = Loss.CrossEntropy(net.Forward(x), y);
                adam.ZeroGrad();
                loss.Backward();
                adam.Step();
                last = loss.Item<double>();
            }
        last.ShouldBeLessThan(0.1);
    }
}
