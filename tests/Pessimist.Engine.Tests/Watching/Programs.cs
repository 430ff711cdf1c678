using System.Globalization;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Tests.Watching;

/// <summary>Training programs as users write them. Each returns all numbers that it ended with, as bits.</summary>
static class Programs
{
    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>
    {
        ["an MLP with dropout and Adam"] = () => Perceptron(),
        ["a LeNet with augmentation in the loader"] = LeNetWithAugmentation,
        ["gradient accumulation"] = Accumulation,
        ["a GAN with two optimizers"] = Gan,
        ["double backward"] = DoubleBackward,
        ["hooks of its own"] = OwnHooks,
        ["an LSTM with lengths"] = Recurrent,
        ["a Transformer with masks"] = Attention,
    };

    public static string Perceptron(int steps = 130, bool evaluate = true)
    {
        using var scope = Scope.New();
        Rng.Seed(1);
        using var net = new Sequential(new Linear(8, 16), new ReLU(), new Dropout(0.3), new Linear(16, 3));
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        var x = Tensor.Randn([32, 8]);
        var y = Tensor.RandInt(0, 3, [32]);
        var sum = 0.0;
        for (var i = 0; i < steps; i++)
        {
            using (Scope.New())
            {
                net.Train();
                adam.ZeroGrad();
                var loss = Loss.CrossEntropy(net.Forward(x), y);
                loss.Backward();
                adam.Step();
                sum += loss.Item<double>();
            }

            if (!evaluate || i % 20 != 19) continue;
            using (Scope.New())
            using (Autograd.NoGrad())
            {
                net.Eval();
                sum += net.Forward(x).ArgMax(1).Eq(y).Sum().Item<double>();
            }
        }

        return Bits(net, sum);
    }

    static string LeNetWithAugmentation()
    {
        using var scope = Scope.New();
        Rng.Seed(2);
        using var net = new LeNet(3, height: 8, width: 8);
        using var sgd = new SGD(net.Parameters(), lr: 0.05, momentum: 0.9);
        using var data = new TensorDataset(Tensor.Randn([40, 1, 8, 8]), Tensor.RandInt(0, 3, [40]));
        var loader = new Loader(data, batchSize: 8, transform: Flip);
        var scheduler = new Scheduler(sgd, new StepLR(2));
        var sum = 0.0;
        for (var epoch = 0; epoch < 3; epoch++)
        {
            foreach (var (images, labels) in loader)
            {
                using var step = Scope.New();
                sgd.ZeroGrad();
                var loss = Loss.CrossEntropy(net.Forward(images), labels);
                loss.Backward();
                GradientClip.ByNorm(net.Parameters(), 1);
                sgd.Step();
                sum += loss.Item<double>();
            }

            scheduler.Step();
        }

        return Bits(net, sum);

        static Batch Flip(Batch batch, Random random) => random.Next(2) == 0 ? batch : batch with { Inputs = batch.Inputs.Flip(3) };
    }

    static string Accumulation()
    {
        using var scope = Scope.New();
        Rng.Seed(3);
        using var net = new Mlp(4, 8, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        for (var i = 0; i < 20; i++)
        {
            sgd.ZeroGrad();
            for (var micro = 0; micro < 4; micro++)
            {
                using var step = Scope.New();
                (Loss.Mse(net.Forward(Tensor.Randn([5, 4])), Tensor.Randn([5, 1])) / 4).Backward();
            }

            sgd.Step();
        }

        return Bits(net, 0);
    }

    public static string Gan()
    {
        using var scope = Scope.New();
        Rng.Seed(4);
        using var generator = new Mlp(2, 8, 3);
        using var critic = new Mlp(3, 8, 1);
        using var adamG = new Adam(generator.Parameters(), lr: 1e-3);
        using var adamC = new Adam(critic.Parameters(), lr: 1e-3);
        for (var i = 0; i < 20; i++)
        {
            using var step = Scope.New();
            var fake = generator.Forward(Tensor.Randn([6, 2]));
            adamC.ZeroGrad();
            var real = Loss.BceWithLogits(critic.Forward(Tensor.Randn([6, 3])), Tensor.Ones([6, 1]));
            var forged = Loss.BceWithLogits(critic.Forward(fake.Detach()), Tensor.Zeros([6, 1]));
            (real + forged).Backward();
            adamC.Step();
            adamG.ZeroGrad();
            Loss.BceWithLogits(critic.Forward(fake), Tensor.Ones([6, 1])).Backward();
            adamG.Step();
        }

        return Bits(generator, critic.Parameters().Sum(p => p.Sum().Item<double>()));
    }

    static string DoubleBackward()
    {
        using var scope = Scope.New();
        Rng.Seed(5);
        using var net = new Sequential(new Linear(3, 8), new Tanh(), new Linear(8, 1));
        using var adam = new Adam(net.Parameters());
        for (var i = 0; i < 20; i++)
        {
            using var step = Scope.New();
            adam.ZeroGrad();
            var x = Tensor.Randn([6, 3]).RequireGrad();
            var slope = Autograd.Grad(net.Forward(x).Sum(), x, createGraph: true);
            ((slope.Norm(2, [1]) - 1).Pow(2)).Mean().Backward();
            adam.Step();
        }

        return Bits(net, 0);
    }

    static string OwnHooks()
    {
        using var scope = Scope.New();
        Rng.Seed(6);
        using var net = new Sequential(new Linear(3, 8), new BatchNorm1d(8), new ReLU(), new Linear(8, 2));
        using var noise = net[0].AfterForward((_, _, output) => output + 0.1 * Tensor.Randn([8]));
        using var rms = new RMSprop(net.Parameters());
        using var gradients = OutputGradients.Of(net);
        var sum = 0.0;
        for (var i = 0; i < 20; i++)
        {
            using var step = Scope.New();
            net.ZeroGrad(setToNone: false);
            var difference = net.Forward(Tensor.Randn([6, 3])) - Tensor.Randn([6, 2]);
            (difference * difference).Mean().Backward();
            sum += gradients.Read().Sum(g => g.Gradient.Sum().Item<double>());
            rms.Step();
        }

        return Bits(net, sum);
    }

    static string Recurrent()
    {
        using var scope = Scope.New();
        Rng.Seed(7);
        using var net = new LSTM(3, 8, layers: 2, dropout: 0.2);
        using var head = new Linear(8, 2);
        using var adam = new Adam([.. net.Parameters(), .. head.Parameters()], lr: 0.01);
        for (var i = 0; i < 20; i++)
        {
            using var step = Scope.New();
            adam.ZeroGrad();
            var (_, hidden, _) = net.Forward(Tensor.Randn([6, 5, 3]), null, Tensor.RandInt(1, 6, [6]));
            Loss.CrossEntropy(head.Forward(hidden[1]), Tensor.RandInt(0, 2, [6])).Backward();
            adam.Step();
        }

        return Bits(net, head.Weight.Sum().Item<double>());
    }

    static string Attention()
    {
        using var scope = Scope.New();
        Rng.Seed(8);
        using var net = new TransformerEncoder(2, 8, 2, 16);
        using var adam = new Adam(net.Parameters());
        for (var i = 0; i < 20; i++)
        {
            using var step = Scope.New();
            adam.ZeroGrad();
            var x = Tensor.Randn([4, 5, 8]);
            Loss.Mse(net.Forward(x, AttentionMask.Causal(5), AttentionMask.Padding(Tensor.RandInt(1, 6, [4]), 5)), x.Flip(1)).Backward();
            adam.Step();
        }

        return Bits(net, 0);
    }

    static string Bits(Module net, double sum)
    {
        using var scope = Scope.New();
        var weights = net.StateDict().SelectMany(s => s.Value.Detach().To(DType.Float64).ToArray<double>()).Append(sum).Append(Tensor.Rand([1]).Item<double>());
        return string.Join(' ', weights.Select(w => BitConverter.DoubleToInt64Bits(w).ToString("x16", CultureInfo.InvariantCulture))) + Convert.ToHexString(Rng.GetState());
    }
}
