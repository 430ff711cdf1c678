using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class Accumulation
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-lenet-accumulated-gradients",
        About = "LeNet on digits; gradients of four small batches are added up before each step, each loss divided by four",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        const int AccumulationSteps = 4;
        Rng.Seed(21);
        var (x, y) = Digits.Load(0, 1280);
        var (vx, vy) = Digits.Load(1280, Digits.Count);
        using var train = new TensorDataset(x, y);
        using var valid = new TensorDataset(vx, vy);
        var loader = new Loader(train, 16, seed: 3);
        using var model = new LeNet(10, 1, 8, 8);
        using var optimizer = new AdamW(model.Parameters(), 3e-3, weightDecay: 1e-2);

        for (var epoch = 0; epoch < 6; epoch++)
        {
            model.Train();
            var batch = 0;
            optimizer.ZeroGrad();
            foreach (var (inputs, targets) in loader)
            {
                using (Scope.New())
                {
                    var loss = Loss.CrossEntropy(model.Forward(inputs), targets) / AccumulationSteps;
                    loss.Backward();
                }
                if (++batch % AccumulationSteps == 0)
                {
                    optimizer.Step();
                    optimizer.ZeroGrad();
                }
            }
        }

        model.Eval();
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var predicted = model.Forward(valid.Inputs).ArgMax(1);
        Outcome.AtLeast("validation accuracy", predicted.Eq(valid.Targets).To(DType.Float64).Mean().Item<double>(), 0.93);
    }
}
