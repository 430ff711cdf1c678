using System.Globalization;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

static class TrainLeNet
{
    /// <summary>Trains LeNet on handwritten digits of 8x8 pixels, a row of 64 pixels and a label for each; returns the share of wrong test digits.</summary>
    public static double Run(string file, int epochs)
    {
        Rng.Seed(42);
        int[][] rows = [.. File.ReadLines(file).Skip(1).Select(line => line.Split(',').Select(v => int.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
        new Random(42).Shuffle(rows);
        using var test = Digits(rows[..360]);
        using var train = Digits(rows[360..]);

        using var net = new LeNet(outputs: 10, channels: 1, height: 8, width: 8);
        using var adam = new Adam(net.Parameters(), lr: 1e-3);
        var loader = new Loader(train, batchSize: 32, seed: 42);
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            net.Train();
            var sum = 0.0;
            foreach (var (x, y) in loader) // [32, 1, 8, 8] and [32]
            {
                using var scope = Scope.New(); // frees the tensors of this step
                var loss = Loss.CrossEntropy(net.Forward(x), y);
                adam.ZeroGrad();
                loss.Backward();
                adam.Step();
                sum += loss.Item<double>();
            }

            Console.WriteLine($"epoch {epoch}: loss {sum / loader.Count:0.000}, test error {Error(net, test):0.0%}");
        }

        return Error(net, test);
    }

    static TensorDataset Digits(int[][] rows) => TensorDataset.From(
        [.. rows.SelectMany(row => row[..64].Select(pixel => pixel / 16f - 0.5f))], [1, 8, 8], [.. rows.Select(row => (long)row[64])]);

    static double Error(Module net, TensorDataset data)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        net.Eval();
        return net.Forward(data.Inputs).ArgMax(1).Ne(data.Targets).To(DType.Float32).Mean().Item<double>();
    }
}
