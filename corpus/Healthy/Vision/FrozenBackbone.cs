using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class FrozenBackbone
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-frozen-backbone",
        About = "conv net learns digits 0 to 4; then its body is frozen, in eval mode for its batch norm, and a new head learns 5 to 9",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(31);
        using var all = Scope.New();
        using var backbone = new Sequential(
            new Conv2d(1, 16, 3, padding: 1), new BatchNorm2d(16), new ReLU(), new MaxPool2d(2),
            new Conv2d(16, 24, 3, padding: 1), new BatchNorm2d(24), new ReLU(), new MaxPool2d(2),
            new Flatten()); // [N, 96]
        using var firstHead = new Linear(96, 5);
        using var secondHead = new Linear(96, 5);

        var (x, y) = Digits.Only(0, 4, 0, 1200);
        using (var pretrain = new Adam([.. backbone.Parameters(), .. firstHead.Parameters()], 3e-3))
            Fit(images => firstHead.Forward(backbone.Forward(images)), pretrain, x, y, epochs: 4);

        backbone.RequiresGrad(false);
        backbone.Eval();
        var (x2, y2) = Digits.Only(5, 9, 0, 1200);
        using (var finetune = new SGD(secondHead.Parameters(), lr: 0.1, momentum: 0.9))
            Fit(images => secondHead.Forward(backbone.Forward(images)), finetune, x2, y2, epochs: 6);

        using var noGrad = Autograd.NoGrad();
        var (tx, ty) = Digits.Only(5, 9, 1200, Digits.Count);
        var accuracy = secondHead.Forward(backbone.Forward(tx)).ArgMax(1).Eq(ty).To(DType.Float32).Mean().Item<double>();
        Outcome.AtLeast("test accuracy of the new head", accuracy, 0.9);
    }

    static void Fit(Func<Tensor, Tensor> model, Optimizer optimizer, Tensor x, Tensor y, int epochs)
    {
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var rows in Tensor.RandPerm(x.Size(0)).Split(32))
            {
                using var step = Scope.New();
                optimizer.ZeroGrad();
                Loss.CrossEntropy(model(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
                optimizer.Step();
            }
    }
}
