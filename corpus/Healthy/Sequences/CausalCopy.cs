using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Sequences;

static class CausalCopy
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "copy-causal-transformer",
        About = "small transformer repeats a sequence; causal mask of -inf, learning rate warmed up from 0 and then lowered, positions before the copy ignored",
        Half = Half.Tune,
        Run = Run,
    };

    const int Tokens = 10, Source = 6, Length = 2 * Source, Width = 32, Heads = 2;

    sealed class Block : Module
    {
        public LayerNorm Norm1 { get; } = new(Width);
        public Linear Qkv { get; } = new(Width, 3 * Width);
        public Linear Project { get; } = new(Width, Width);
        public LayerNorm Norm2 { get; } = new(Width);
        public Sequential Mlp { get; } = new(new Linear(Width, 64), new GELU(), new Linear(64, Width));

        protected override Tensor Compute(Tensor x) // [N, T, W]
        {
            var (n, t) = (x.Size(0), x.Size(1));
            var qkv = Qkv.Forward(Norm1.Forward(x)).Reshape(n, t, 3, Heads, Width / Heads).Permute(2, 0, 3, 1, 4); // [3, N, H, T, W / H]
            var scores = qkv[0].MatMul(qkv[1].Transpose(2, 3)) / Math.Sqrt(Width / (double)Heads);
            var future = Tensor.Ones([t, t], DType.Bool).Triu(1);
            var attention = Functional.Softmax(scores.MaskedFill(future, double.NegativeInfinity), -1);
            x = x + Project.Forward(attention.MatMul(qkv[2]).Transpose(1, 2).Reshape(n, t, Width));
            return x + Mlp.Forward(Norm2.Forward(x));
        }
    }

    sealed class Transformer : Module
    {
        public Embedding Token { get; } = new(Tokens, Width);
        public Tensor Position { get; } = Init.Normal(Init.Parameter(Length, Width), 0, 0.5);
        public Block First { get; } = new();
        public Block Second { get; } = new();
        public LayerNorm Norm { get; } = new(Width);
        public Linear Head { get; } = new(Width, Tokens);

        protected override Tensor Compute(Tensor ids) =>
            Head.Forward(Norm.Forward(Second.Forward(First.Forward(Token.Forward(ids) + Position.Narrow(0, 0, ids.Size(1))))));
    }

    static void Run()
    {
        Rng.Seed(36);
        using var all = Scope.New();
        using var model = new Transformer();
        using var optimizer = new AdamW(model.Parameters(), 6e-3, weightDecay: 0.01);
        var schedule = new Scheduler(optimizer, new LinearLR(0, 1, 40).Then(40, new CosineAnnealingLR(260, 1e-4)));
        for (var i = 0; i < 300; i++)
        {
            using var step = Scope.New();
            optimizer.ZeroGrad();
            var (logits, wanted) = Predict(model, Tensor.RandInt(0, Tokens, [32, Source]));
            var loss = Loss.CrossEntropy(logits.Reshape(-1, Tokens), wanted.Reshape(-1), ignoreIndex: -1);
            loss.Backward();
            GradientClip.ByNorm(model.Parameters(), 1);
            optimizer.Step();
            schedule.Step();
        }

        model.Eval();
        using var noGrad = Autograd.NoGrad();
        var (scores, copy) = Predict(model, Tensor.RandInt(0, Tokens, [200, Source]));
        var right = scores.ArgMax(2).Eq(copy).Narrow(1, Source - 1, Source);
        Outcome.AtLeast("tokens copied", right.To(DType.Float32).Mean().Item<double>(), 0.95);
    }

    static (Tensor Logits, Tensor Wanted) Predict(Transformer model, Tensor source)
    {
        var ids = Tensor.Cat([source, source], 1);
        var wanted = ids.Narrow(1, 1, Length - 1).Clone();
        wanted.Narrow(1, 0, Source - 1).FillInPlace(-1);
        return (model.Forward(ids.Narrow(1, 0, Length - 1)), wanted);
    }
}
