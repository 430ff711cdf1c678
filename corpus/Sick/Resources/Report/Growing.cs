using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Sick;

/// <summary>What is held too long, or is too large.</summary>
static class Growing
{
    public static CorpusProgram CachedBatches { get; } = Fault.Report(
        "cache-without-end", "augmented batches are cached under a key that never comes again", Cached, ["PES801"], harmless: true);

    public static CorpusProgram AllPairs { get; } = Fault.Report(
        "all-pairs-distances", "distances of each of three million points to each other, in one tensor", Pairs, ["PES802"]);

    static double Cached(bool mended)
    {
        Rng.Seed(711);
        var (past, next) = Series.Windows(Series.Waves(1000, 0.1, seed: 41), 32);
        using var net = new Mlp(32, 32, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.02, momentum: 0.9);
        var cache = new Dictionary<(int Epoch, int At), Tensor>();
        for (var epoch = 0; epoch < 20; epoch++)
            for (var at = 0; at < 800; at += 50)
            {
                using var scope = Scope.New();
                if (!cache.TryGetValue((epoch, at), out var x))
                {
                    x = past[at..(at + 50)] + 0.05 * Tensor.Randn([50, 32]);
                    if (!mended) cache[(epoch, at)] = x.Keep();
                }
                sgd.ZeroGrad();
                Loss.Mse(net.Forward(x), next[at..(at + 50)]).Backward();
                sgd.Step();
            }
        return Judge.SquaredError(net, past[800..], next[800..]);
    }

    static double Pairs(bool mended)
    {
        Rng.Seed(712);
        var count = mended ? 200 : 3_000_000;
        var points = Tensor.Randn([count, 2]);
        using var net = new Mlp(2, 16, 1);
        using var adam = new Adam(net.Parameters(), lr: 0.01);
        var last = 0f;
        for (var i = 0; i < 60; i++)
        {
            using var scope = Scope.New();
            var e = net.Forward(points);
            var far = (points.Unsqueeze(1) - points.Unsqueeze(0)).Square().Sum(2);
            var loss = ((e - e.T()).Abs() - far.Sqrt()).Square().Mean();
            adam.ZeroGrad();
            loss.Backward();
            adam.Step();
            last = loss.Item<float>();
        }
        return last;
    }
}
