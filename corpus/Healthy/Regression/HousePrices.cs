using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Regression;

static class HousePrices
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "house-prices",
        About = "MLP with the Huber loss on prices around a million; columns and prices are standardized, the error is told in money",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(8);
        using var all = Scope.New();
        const int N = 900, Train = 700;
        var (columns, prices) = Data.Tables.Houses(N, seed: 8);
        var x = Data.Tables.Standardize(Tensor.From(columns), Train);
        var mean = prices.Take(Train).Average();
        var std = Math.Sqrt(prices.Take(Train).Average(p => (p - mean) * (p - mean)));
        var y = Tensor.From([.. prices.Select(p => (float)((p - mean) / std))], N, 1);

        using var train = new TensorDataset(x[..Train].Contiguous(), y[..Train].Contiguous());
        using var test = new TensorDataset(x[Train..].Contiguous(), y[Train..].Contiguous());
        using var net = new Mlp(5, 48, 1, depth: 2);
        using var optimizer = new RMSprop(net.Parameters(), lr: 2e-3);
        foreach (var _ in Enumerable.Range(0, 20))
        {
            foreach (var (inputs, targets) in new Loader(train, 35, seed: _))
            {
                using var scope = Scope.New();
                optimizer.ZeroGrad();
                Loss.Huber(net.Forward(inputs), targets).Backward();
                optimizer.Step();
            }
        }

        net.Eval();
        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var off = (net.Forward(test.Inputs) - test.Targets).Abs().Mean().Item<double>() * std;
        Outcome.AtMost("mean absolute error in money", off, 0.35 * std);
    }
}
