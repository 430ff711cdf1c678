using Pessimist.Torch.Models;
using Pessimist.Torch.Serialization;

namespace Pessimist.Torch.Tests.Models;

public sealed class PretrainedResNetTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pessimist-weights-");

    public void Dispose() => _folder.Delete(recursive: true);

    string At(string name) => Path.Combine(_folder.FullName, name);

    [Fact]
    public void All_but_the_last_layer_comes_from_the_file_and_is_frozen()
    {
        using var scope = Scope.New();
        using var trained = ResNet.Of18(1000);
        Safetensors.Write(At("any-name.safetensors"), trained.StateDict());
        using var net = PretrainedResNet.Read(At("any-name.safetensors"), 3, out var name);
        name.ShouldBe("resnet18");
        net.Fc.Weight.Shape.ShouldBe([3, 512]);
        net.NamedParameters().Where(p => p.Parameter.RequiresGrad).Select(p => p.Name).ShouldBe(["fc.weight", "fc.bias"]);
        net.Training.ShouldBeFalse();
        net.Layer4.StateDict().First().Value.ToArray<float>().ShouldBe(trained.Layer4.StateDict().First().Value.ToArray<float>());

        trained.Eval();
        var x = PretrainedResNet.Normalize(Tensor.Rand([2, 1, 32, 32]));
        var features = PretrainedResNet.Features(net, x);
        features.Shape.ShouldBe([2, 512]);
        net.Fc.Forward(features).Sub(net.Forward(x)).Abs().Max().Item<double>().ShouldBe(0, 1e-5);
    }

    [Fact]
    public void Pixels_are_normalized_as_on_ImageNet()
    {
        using var scope = Scope.New();
        PretrainedResNet.Normalize(Tensor.Full([1, 3, 1, 1], 0.5)).ToArray<float>().ShouldBe([(0.5f - 0.485f) / 0.229f, (0.5f - 0.456f) / 0.224f, (0.5f - 0.406f) / 0.225f], 1e-5);
        PretrainedResNet.Normalize(Tensor.Rand([2, 4, 5, 5])).Shape.ShouldBe([2, 3, 5, 5]);
        Should.Throw<TorchException>(() => PretrainedResNet.Normalize(Tensor.Rand([2, 2, 5, 5]))).Message.ShouldContain("1, 3 or 4 channels");
    }

    [Fact]
    public void Another_network_is_refused_with_the_command_that_saves_one()
    {
        using var scope = Scope.New();
        using var lenet = new LeNet(10);
        Safetensors.Write(At("lenet.safetensors"), lenet.StateDict());
        var error = Should.Throw<TorchException>(() => PretrainedResNet.Read(At("lenet.safetensors"), 3, out _));
        error.Message.ShouldContain("holds no ResNet-18, 34 or 50");
        error.Message.ShouldContain("save_file(");
        File.WriteAllText(At("weights.pth"), "PK");
        Should.Throw<TorchException>(() => PretrainedResNet.Read(At("weights.pth"), 3, out _));
    }

    [Fact]
    public void A_tensor_that_is_missing_is_named()
    {
        using var scope = Scope.New();
        using var trained = ResNet.Of18(10);
        Safetensors.Write(At("cut.safetensors"), trained.StateDict().Where(t => t.Key != "layer2.0.bn1.weight"));
        Should.Throw<TorchException>(() => PretrainedResNet.Read(At("cut.safetensors"), 3, out _)).Message.ShouldContain("missing: layer2.0.bn1.weight");
    }
}
