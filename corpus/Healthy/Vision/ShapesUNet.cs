using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Vision;

static class ShapesUNet
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "shapes-unet",
        About = "U-Net of two levels with a skip, segments drawn shapes in noise; one logit per pixel, few pixels are foreground",
        Half = Half.Tune,
        Run = Run,
    };

    sealed class UNet : Module
    {
        public Sequential Down { get; } = new(new Conv2d(1, 8, 3, padding: 1), new ReLU());
        public Sequential Bottom { get; } = new(new MaxPool2d(2), new Conv2d(8, 16, 3, padding: 1), new ReLU(), new Conv2d(16, 16, 3, padding: 1), new ReLU());
        public Conv2d Merge { get; } = new(24, 8, 3, padding: 1);
        public Conv2d Out { get; } = new(8, 1, 1);

        protected override Tensor Compute(Tensor input)
        {
            var fine = Down.Forward(input); // [N, 8, 16, 16]
            var coarse = Bottom.Forward(fine); // [N, 16, 8, 8]
            var up = coarse.Unsqueeze(3).Unsqueeze(5).Expand(-1, -1, -1, 2, -1, 2).Reshape(input.Size(0), 16, input.Size(2), input.Size(3));
            return Out.Forward(Functional.Relu(Merge.Forward(Tensor.Cat([fine, up], 1)))); // [N, 1, 16, 16]
        }
    }

    static void Run()
    {
        Rng.Seed(5);
        using var outer = Scope.New();
        var (images, _, masks) = Pictures.Shapes(320, 16, 4, noise: 0.25, seed: 5);
        var (valImages, _, valMasks) = Pictures.Shapes(80, 16, 4, noise: 0.25, seed: 6);
        using var net = new UNet();
        using var adam = new Adam(net.Parameters(), 4e-3);
        for (var epoch = 0; epoch < 8; epoch++)
        {
            net.Train();
            var order = Tensor.RandPerm(320);
            foreach (var rows in order.Split(20))
            {
                using var scope = Scope.New();
                adam.ZeroGrad();
                var logits = net.Forward(images.IndexSelect(0, rows));
                Loss.BceWithLogits(logits, masks.IndexSelect(0, rows)).Backward();
                adam.Step();
            }
        }

        net.Eval();
        using (Autograd.NoGrad())
        {
            var found = net.Forward(valImages).Gt(0);
            var real = valMasks.Gt(0.5);
            var both = found.LogicalAnd(real).Sum().Item<double>();
            var either = found.LogicalOr(real).Sum().Item<double>();
            Outcome.AtLeast("validation IoU", both / either, 0.75);
        }
    }
}
