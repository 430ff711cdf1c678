using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class EmaEarlyStopping
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "quadratic-classes-ema-early-stopping",
        About = "MLP with dropout on eight classes; an exponential average of the weights is evaluated, and training stops when it no longer gets better",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(20);
        var (x, y) = Data.Tables.Quadratic(3000, 10, 8, seed: 20);
        using var data = new TensorDataset(x, y);
        using var train = data.Subset([.. Enumerable.Range(0, 2400)]);
        using var valid = data.Subset([.. Enumerable.Range(2400, 600)]);
        using var model = new Mlp(10, 128, 8, depth: 2, dropout: 0.1);
        using var average = new Mlp(10, 128, 8, depth: 2, dropout: 0.1);
        average.LoadStateDict(model.StateDict());
        average.RequiresGrad(false);
        average.Eval();

        using var optimizer = new Adam(model.Parameters(), lr: 3e-3);
        var loader = new Loader(train, 100, seed: 20);
        double best = double.PositiveInfinity, accuracy = 0;
        for (int epoch = 0, patience = 3; epoch < 25 && patience > 0; epoch++)
        {
            model.Train();
            foreach (var (inputs, targets) in loader)
            {
                using var scope = Scope.New();
                optimizer.ZeroGrad();
                Loss.CrossEntropy(model.Forward(inputs), targets).Backward();
                optimizer.Step();
                using var noGrad = Autograd.NoGrad();
                foreach (var (mine, theirs) in average.Parameters().Zip(model.Parameters()))
                    mine.LerpInPlace(theirs, 0.05);
            }

            using var end = Scope.New();
            using var quiet = Autograd.NoGrad();
            var logits = average.Forward(valid.Inputs);
            var loss = Loss.CrossEntropy(logits, valid.Targets).Item<double>();
            if (loss < best - 1e-3)
                (best, accuracy, patience) = (loss, logits.ArgMax(1).Eq(valid.Targets).To(DType.Float32).Mean().Item<double>(), 3);
            else
                patience--;
        }
        Outcome.AtLeast("validation accuracy of the averaged weights", accuracy, 0.75);
    }
}
