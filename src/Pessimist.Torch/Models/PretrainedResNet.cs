using System.Globalization;
using Pessimist.Torch.Serialization;

namespace Pessimist.Torch.Models;

/// <summary>A residual network with weights of torchvision, whose last layer is new: transfer learning for pictures of which there are few.</summary>
/// <remarks>The weights come from a safetensors file that the user has; nothing is downloaded, and no pickle is opened.</remarks>
public static class PretrainedResNet
{
    /// <summary>Mean and standard deviation of ImageNet's pixels from 0 to 1, per channel, which torchvision's weights expect to be normalized away.</summary>
    static readonly float[] s_mean = [0.485f, 0.456f, 0.406f], s_std = [0.229f, 0.224f, 0.225f];

    /// <summary>The smallest side that five halvings leave something of.</summary>
    public const int SmallestSide = 32;

    /// <summary>Reads the weights; the last layer is drawn anew for the outputs at hand, everything else is frozen, and in evaluation mode.</summary>
    /// <param name="path">ResNet-18, 34 or 50 under torchvision's names, which tell which one it is.</param>
    /// <param name="name">As in <see cref="ModelCatalog"/>: <c>resnet18</c>.</param>
    /// <exception cref="TorchException">The file cannot be read, or holds another network.</exception>
    public static ResNet Read(string path, int outputs, out string name)
    {
        using var scope = Scope.New();
        var state = Safetensors.Read(path);
        name = NameOf(state) ?? throw new TorchException(
            $"'{path}' holds no ResNet-18, 34 or 50 under torchvision's names: {state.Count.ToString(CultureInfo.InvariantCulture)} tensors, such as '{state.Keys.Order(StringComparer.Ordinal).FirstOrDefault()}'. "
            + "Save one with save_file(torchvision.models.resnet18(weights='DEFAULT').state_dict(), 'resnet18.safetensors') of the Python package safetensors");
        var net = name switch { "resnet50" => ResNet.Of50(outputs), "resnet34" => ResNet.Of34(outputs), _ => ResNet.Of18(outputs) };
        try
        {
            var fresh = net.Fc.StateDict();
            foreach (var (own, tensor) in fresh) state[$"fc.{own}"] = tensor;
            net.LoadStateDict(state);
        }
        catch (TorchException e)
        {
            net.Dispose();
            throw new TorchException($"'{path}' does not fit {name}: {e.Message}", e);
        }

        Freeze(net);
        return net;
    }

    /// <summary>Stops the gradients of all but the last layer, and keeps the statistics of batch norm as they are.</summary>
    public static void Freeze(ResNet net)
    {
        ArgumentNullException.ThrowIfNull(net);
        net.Eval();
        net.RequiresGrad(false);
        net.Fc.RequiresGrad(true);
    }

    /// <summary>Pixels from 0 to 1, [N, 1 | 3 | 4, H, W], as the weights want them: [N, 3, H, W]. Grey is repeated, alpha is left out.</summary>
    public static Tensor Normalize(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Rank != 4 || pixels.Size(1) is not (1 or 3 or 4)) throw new TorchException($"pictures are [N, channels, height, width] with 1, 3 or 4 channels, not {pixels.Describe()}");
        var colour = pixels.Size(1) == 1 ? pixels.Expand(pixels.Size(0), 3, pixels.Size(2), pixels.Size(3)) : pixels.Narrow(1, 0, 3);
        var (mean, std) = (Tensor.From<float>(s_mean, 1, 3, 1, 1).To(pixels.Device), Tensor.From<float>(s_std, 1, 3, 1, 1).To(pixels.Device));
        return (colour - mean) / std;
    }

    /// <summary>What stands before the last layer: [N, 3, H, W] to [N, features].</summary>
    public static Tensor Features(ResNet net, Tensor pictures)
    {
        ArgumentNullException.ThrowIfNull(net);
        Tensor? features = null;
        using var hook = net.Fc.BeforeForward((_, input) =>
        {
            features = input;
            return null;
        });
        net.Forward(pictures);
        return features!;
    }

    static string? NameOf(Dictionary<string, Tensor> state) => !state.ContainsKey("conv1.weight") || !state.ContainsKey("layer4.1.conv2.weight") || !state.ContainsKey("layer1.0.bn1.running_mean") ? null
        : state.ContainsKey("layer1.0.conv3.weight") ? state.ContainsKey("layer3.5.conv3.weight") && !state.ContainsKey("layer3.6.conv3.weight") ? "resnet50" : null
        : state.ContainsKey("layer3.5.conv1.weight") ? "resnet34"
        : state.ContainsKey("layer3.2.conv1.weight") ? null : "resnet18";
}
