using Pessimist.Data;
using Pessimist.Evaluation;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.KnownResultsBench;

/// <summary>MNIST and Fashion-MNIST: all 60,000 training examples, the 10,000 test examples once at the end, no augmentation, no choice by the test set.</summary>
static class Pictures
{
    const int Side = 28;

    public static Measured Run(string task, string model, string folder, int epochs, int batch, double rate, int seed, Limit limit, string published)
    {
        Rng.Seed(seed);
        var (train, test) = Load(folder);
        var rows = model is "lstm" or "tcn";
        using Module network = model switch
        {
            "logistic" => new LinearModel(Side * Side, 10),
            "mlp" => new Mlp(Side * Side, 300, 10),
            "lenet" => new LeNet(10),
            "lstm" => new LstmModel(Side, 128, 10),
            _ => new Tcn(Side, Side, 10, channels: 64, kernelSize: 5),
        };
        using var adam = new Adam(network.Parameters(), rate);
        long[] shape = rows ? [-1, Side, Side] : [-1, 1, Side, Side];
        var random = new Random(seed);
        var order = Enumerable.Range(0, train.Count).Select(i => (long)i).ToArray();
        var done = 0;
        for (var epoch = 0; epoch < epochs && !limit.Over; epoch++)
        {
            random.Shuffle(order);
            var sum = 0.0;
            for (var at = 0; at + batch <= order.Length; at += batch)
            {
                using var scope = Scope.New();
                var index = Tensor.From(order[at..(at + batch)]);
                adam.ZeroGrad();
                var loss = Loss.CrossEntropy(network.Forward(train.Inputs.IndexSelect(0, index).Reshape(shape)), train.Labels.IndexSelect(0, index));
                loss.Backward();
                adam.Step();
                sum += loss.Item<float>();
            }

            done++;
            Console.Error.WriteLine(FormattableString.Invariant($"{task}: epoch {done} of {epochs}, training loss {sum * batch / order.Length:0.0000}, {limit.Seconds:0} s"));
        }

        var wrong = Wrong(network, test, shape);
        var error = Wilson.Interval(wrong, test.Count);
        return new Measured(task, FormattableString.Invariant($"{Words(model)}, {network.ParameterCount:N0} parameters, Adam {rate}, batch {batch}, {done} epochs"), "test error", (double)wrong / test.Count, error.Low, error.High,
            test.Count, seed, limit.Seconds, done, epochs, done == epochs, published);
    }

    static string Words(string model) => model switch
    {
        "logistic" => "softmax regression",
        "mlp" => "one hidden layer of 300 units, ReLU",
        "lenet" => "LeNet-5 with ReLU and max pooling",
        "lstm" => "LSTM 128 over the 28 rows",
        _ => "TCN over the 28 rows, 64 channels, windows of 5",
    };

    static int Wrong(Module network, (Tensor Inputs, Tensor Labels, int Count) test, long[] shape)
    {
        const int Piece = 1000;
        network.Eval();
        using var noGrad = Autograd.NoGrad();
        var wrong = 0;
        for (var at = 0; at < test.Count; at += Piece)
        {
            using var scope = Scope.New();
            var guessed = network.Forward(test.Inputs.Narrow(0, at, Piece).Reshape(shape)).ArgMax(1);
            wrong += (int)guessed.Ne(test.Labels.Narrow(0, at, Piece)).To(DType.Int64).Sum().Item<long>();
        }

        return wrong;
    }

    static ((Tensor Inputs, Tensor Labels, int Count) Train, (Tensor Inputs, Tensor Labels, int Count) Test) Load(string folder)
    {
        var raw = DataReader.Read(folder);
        var prepared = PreparedData.From(raw, new PrepareOptions { Split = new SplitOptions { Validation = 0.01 } });
        if (prepared.Encoded.Count != 70_000 || !prepared.Split.TestWasGiven) throw new PessimistException($"'{folder}' does not hold 60,000 training and 10,000 test examples");
        // Nothing is chosen, so the held-out validation examples are trained on as well.
        (Tensor, Tensor, int) Part(int[] rows)
        {
            var data = prepared.Normalizer.Apply(prepared.Encoded.Subset(rows));
            return (Tensor.From(data.Inputs, data.Count, data.InputLength), Tensor.From(data.Classes.Select(c => (long)c).ToArray()), data.Count);
        }

        return (Part([.. prepared.Split.Train, .. prepared.Split.Validation]), Part(prepared.Split.Test));
    }
}
