using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class WideDropout
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-wide-heavy-dropout",
        About = "600 units with half of them dropped; training accuracy is gathered on the fly, in train mode, and so lies below the test accuracy",
        Half = Half.Report,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(118);
        using var all = Scope.New();
        var (x, y) = Digits.Load(200, Digits.Count);
        var (tx, ty) = Digits.Load(0, 200);
        using var train = new TensorDataset(x.Flatten(1), y);
        using var test = new TensorDataset(tx.Flatten(1), ty);
        using var net = new Sequential(new Dropout(0.2), new Linear(64, 600), new ReLU(), new Dropout(0.5), new Linear(600, 10));
        using var optimizer = new AdamW(net.Parameters(), lr: 2e-3);
        var (seen, right) = (0L, 0L);
        var loader = new Loader(train, 40, seed: 118);
        for (var epoch = 0; epoch < 12; epoch++)
        {
            net.Train();
            (seen, right) = (0, 0);
            foreach (var (inputs, labels) in loader)
            {
                using var scope = Scope.New();
                optimizer.ZeroGrad();
                var logits = net.Forward(inputs);
                Loss.CrossEntropy(logits, labels).Backward();
                optimizer.Step();
                seen += labels.Numel;
                right += logits.ArgMax(1).Eq(labels).Sum().Item<long>();
            }
        }

        net.Eval();
        using var end = Scope.New();
        using var noGrad = Autograd.NoGrad();
        Outcome.AtLeast("training accuracy under dropout", (double)right / seen, 0.8);
        Outcome.AtLeast("test accuracy", net.Forward(test.Inputs).ArgMax(1).Eq(test.Targets).To(DType.Float32).Mean().Item<double>(), 0.94);
    }
}
