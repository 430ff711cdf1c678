using Pessimist.Corpus.Data;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class Distillation
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "digits-distillation",
        About = "a wide MLP teaches a narrow one: KL divergence between softened probabilities (temperature 3) plus cross-entropy",
        Half = Half.Tune,
        Run = Run,
    };

    static void Run()
    {
        Rng.Seed(23);
        var (x, y) = Digits.Load(0, 1200);
        using var train = new TensorDataset(x, y);
        using var teacher = new Mlp(64, 160, 10, dropout: 0.2);
        Train(teacher, train, 8, (logits, _, labels) => Loss.CrossEntropy(logits, labels));
        teacher.Eval();

        const double T = 3;
        using var student = new Mlp(64, 20, 10);
        Train(student, train, 14, (logits, inputs, labels) =>
        {
            Tensor soft;
            using (Autograd.NoGrad())
                soft = Functional.Softmax(teacher.Forward(inputs) / T, 1);
            var imitate = Loss.KlDivergence(Functional.LogSoftmax(logits / T, 1), soft) * (T * T);
            return 0.7 * imitate + 0.3 * Loss.CrossEntropy(logits, labels);
        });

        Outcome.AtLeast("teacher's test accuracy", Test(teacher), 0.94);
        Outcome.AtLeast("student's test accuracy", Test(student), 0.92);
    }

    static void Train(Mlp model, TensorDataset data, int epochs, Func<Tensor, Tensor, Tensor, Tensor> criterion)
    {
        using var optimizer = new Adam(model.Parameters(), 4e-3);
        model.Train();
        var loader = new Loader(data, 60, seed: 23);
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var (inputs, labels) in loader)
            {
                using var scope = Scope.New();
                optimizer.ZeroGrad();
                criterion(model.Forward(inputs), inputs, labels).Backward();
                optimizer.Step();
            }
    }

    static double Test(Mlp model)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var (x, y) = Digits.Load(1200, Digits.Count);
        model.Eval();
        return model.Forward(x).ArgMax(1).Eq(y).To(DType.Float32).Mean().Item<double>();
    }
}
