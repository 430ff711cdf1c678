using Pessimist.Corpus.Data;
using Pessimist.Torch;

namespace Pessimist.Corpus.Healthy.Tables;

static class PlainTensors
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "rings-plain-tensors-double",
        About = "no module and no optimizer: weights are bare tensors in double precision, softmax and its log written out, momentum by hand, evaluation without no_grad",
        Half = Half.Report,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(119);
        using var all = Scope.New();
        var (points, classes) = Plane.Ring(900, 5, radius: 1.4, spread: 0.3, seed: 119);
        var x = points.To(DType.Float64);
        var oneHot = classes.OneHot(5).To(DType.Float64);
        Tensor Weight(params long[] shape) => (Tensor.Randn(shape, DType.Float64) / Math.Sqrt(shape[0])).RequireGrad();
        Tensor[] p = [Weight(2, 30), Tensor.Zeros([30], DType.Float64).RequireGrad(), Weight(30, 5), Tensor.Zeros([5], DType.Float64).RequireGrad()];
        var velocity = p.Select(w => w.ZerosLike()).ToArray();

        Tensor LogProbabilities(Tensor inputs)
        {
            var scores = (inputs.MatMul(p[0]) + p[1]).Tanh().MatMul(p[2]) + p[3];
            scores = scores - scores.AMax([1], keepDim: true).Detach();
            return scores - scores.Exp().Sum(1, keepDim: true).Log();
        }

        for (var i = 0; i < 200; i++)
        {
            using var step = Scope.New();
            var loss = -(LogProbabilities(x[..600]) * oneHot[..600]).Sum(1).Mean();
            loss.Backward();
            using var noGrad = Autograd.NoGrad();
            for (var k = 0; k < p.Length; k++)
            {
                velocity[k].MulInPlace(0.9).AddInPlace(p[k].Grad!);
                p[k].SubInPlace(velocity[k], 0.1);
                p[k].Grad = null;
            }
        }

        var right = LogProbabilities(x[600..]).ArgMax(1).Eq(classes[600..]);
        Outcome.AtLeast("test accuracy", right.To(DType.Float64).Mean().Item<double>(), 0.93);
    }
}
