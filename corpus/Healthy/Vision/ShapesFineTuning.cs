using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class ShapesFineTuning
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "shapes-fine-tuning-frozen-norm",
        About = "a body that tells discs from squares is fine-tuned to tell crosses from rings: its batch norm stays in eval mode, its stem is frozen, the head learns ten times faster",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Classifier(Module stem, Module body, int classes) : Module
    {
        public Module Stem { get; } = stem;
        public Module Body { get; } = body;
        public Linear Head { get; } = new(64, classes);

        protected override Tensor Compute(Tensor x) => Head.Forward(Body.Forward(Stem.Forward(x)).Flatten(1));
    }

    static void Run()
    {
        Rng.Seed(106);
        using var all = Scope.New();
        using var stem = new Sequential(new Conv2d(1, 8, 5, padding: 2), new BatchNorm2d(8), new LeakyReLU());
        using var body = new Sequential(new MaxPool2d(3), new Conv2d(8, 16, 3, padding: 1), new BatchNorm2d(16), new LeakyReLU(), new AdaptiveAvgPool2d(2));

        var (x, kinds, _) = Pictures.Shapes(500, 18, 2, noise: 0.1, seed: 106);
        using var old = new Classifier(stem, body, 2);
        using (var adam = new Adam(old.Parameters(), 4e-3))
            for (var epoch = 0; epoch < 5; epoch++)
                Epoch(old, adam, x, kinds);

        // The new kinds are 2 and 3.
        var (both, bothKinds, _) = Pictures.Shapes(1000, 18, 4, noise: 0.1, seed: 107);
        var rows = bothKinds.Ge(2).Nonzero().Squeeze(1);
        var (newX, newY) = (both.IndexSelect(0, rows), bothKinds.IndexSelect(0, rows).Eq(3).To(DType.Int64));
        var trainCount = newY.Numel - 150;

        using var model = new Classifier(stem, body, 2);
        stem.RequiresGrad(false);
        using var optimizer = new Adam([new ParameterGroup(body.Parameters(), lr: 2e-3), new ParameterGroup(model.Head.Parameters(), lr: 2e-2)]);
        for (var epoch = 0; epoch < 14; epoch++)
        {
            model.Train();
            foreach (var (_, module) in model.NamedModules())
                if (module is BatchNorm2d) module.Eval();
            Epoch(model, optimizer, newX[..(int)trainCount], newY[..(int)trainCount]);
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        var right = model.Forward(newX[(int)trainCount..]).ArgMax(1).Eq(newY[(int)trainCount..]);
        Outcome.AtLeast("test accuracy on the new kinds", right.To(DType.Float32).Mean().Item<double>(), 0.9);
    }

    static void Epoch(Classifier model, Adam optimizer, Tensor x, Tensor y)
    {
        foreach (var rows in Tensor.RandPerm(x.Size(0)).Split(25))
        {
            using var step = Scope.New();
            optimizer.ZeroGrad();
            Loss.CrossEntropy(model.Forward(x.IndexSelect(0, rows)), y.IndexSelect(0, rows)).Backward();
            optimizer.Step();
        }
    }
}
