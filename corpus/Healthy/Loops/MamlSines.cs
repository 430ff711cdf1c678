using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class MamlSines
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "sines-maml",
        About = "MAML: weights from which one inner gradient step fits a new sine wave; the outer gradient goes through the inner one",
        Half = Half.Tune,
        Run = Run,
    };

    const double InnerRate = 0.05;

    static Tensor Net(Tensor x, Tensor[] w)
    {
        var h = Functional.Tanh(Functional.Linear(x, w[0], w[1]));
        h = Functional.Tanh(Functional.Linear(h, w[2], w[3]));
        return Functional.Linear(h, w[4], w[5]);
    }

    static (Tensor X, Tensor Y) Sample(double amplitude, double phase)
    {
        var x = Tensor.Rand([10, 1]) * 6 - 3;
        return (x, amplitude * (x + phase).Sin());
    }

    static Tensor[] Adapt(Tensor[] weights, Tensor x, Tensor y, bool forTraining)
    {
        var gradients = Autograd.Grad([Loss.Mse(Net(x, weights), y)], weights, createGraph: forTraining);
        return [.. weights.Zip(gradients, (w, g) => w - InnerRate * g)];
    }

    static void Run()
    {
        Rng.Seed(24);
        using var all = Scope.New();
        var random = new Random(24);
        Tensor[] weights =
        [
            Init.Normal(Init.Parameter(32, 1)), Init.Normal(Init.Parameter(32)),
            Init.GlorotNormal(Init.Parameter(32, 32)), Init.Zeros(Init.Parameter(32)),
            Init.GlorotNormal(Init.Parameter(1, 32)), Init.Zeros(Init.Parameter(1)),
        ];
        using var outer = new Adam(weights, lr: 4e-3);
        for (var i = 0; i < 300; i++)
        {
            using var step = Scope.New();
            outer.ZeroGrad();
            for (var task = 0; task < 5; task++)
            {
                var (a, p) = (random.Between(0.5, 2), random.Between(0, Math.PI));
                var (x, y) = Sample(a, p);
                var adapted = Adapt(weights, x, y, forTraining: true);
                var (queryX, queryY) = Sample(a, p);
                (Loss.Mse(Net(queryX, adapted), queryY) / 5).Backward();
            }
            outer.Step();
        }

        double before = 0, after = 0;
        for (var task = 0; task < 40; task++)
        {
            using var step = Scope.New();
            var (a, p) = (random.Between(0.5, 2), random.Between(0, Math.PI));
            var (x, y) = Sample(a, p);
            var (queryX, queryY) = Sample(a, p);
            before += Loss.Mse(Net(queryX, weights), queryY).Item<double>() / 40;
            after += Loss.Mse(Net(queryX, Adapt(weights, x, y, forTraining: false)), queryY).Item<double>() / 40;
        }
        Outcome.AtMost("error after one inner step, as a share of that before", after / before, 0.6);
        foreach (var w in weights) w.Dispose();
    }
}
