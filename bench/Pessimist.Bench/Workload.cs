using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Bench;

/// <summary>A network and a batch; bench/networks.py has the same.</summary>
sealed record Workload(Module Net, Tensor Inputs, Tensor Classes)
{
    public static Workload Of(string model, int batch)
    {
        (Module net, long[] shape) = model switch
        {
            "mlp" => ((Module)new Mlp(64, 128, 10), (long[])[batch, 64]),
            "lenet" => (new LeNet(10), [batch, 1, 28, 28]),
            "resnet20" => (new ResNet20(10), [batch, 3, 32, 32]),
            "lstm" => (new LstmModel(32, 128, 10), [batch, 50, 32]),
            "transformer" => (new TransformerModel(32, 10, width: 128, layers: 4, heads: 4), [batch, 64, 32]),
            _ => throw new ArgumentException($"there is no network '{model}'"),
        };
        return new(net, Tensor.Randn(shape), Tensor.RandInt(0, 10, [batch]));
    }

    /// <summary>Gradients forgotten, forward, cross-entropy, backward, Adam.</summary>
    public Action Training()
    {
        var adam = new Adam(Net.Parameters());
        return () =>
        {
            using var scope = Scope.New();
            adam.ZeroGrad();
            Loss.CrossEntropy(Net.Forward(Inputs), Classes).Backward();
            adam.Step();
        };
    }

    /// <summary>Forward alone, with nothing recorded.</summary>
    public Action Inference()
    {
        Net.Eval();
        return () =>
        {
            using var scope = Scope.New();
            using var inference = Autograd.Inference();
            Net.Forward(Inputs);
        };
    }
}
