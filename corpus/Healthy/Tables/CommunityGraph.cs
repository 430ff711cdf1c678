using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Tables;

static class CommunityGraph
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "communities-graph-convolution",
        About = "graph convolution (Kipf and Welling 2017) on one graph: every pass sees all nodes, the loss sees the few labelled ones, the others are the test set",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Gcn(Tensor adjacency, int inputs, int classes) : Module
    {
        [Buffer] public Tensor Adjacency { get; } = adjacency.Keep();
        public Linear First { get; } = new(inputs, 16);
        public Dropout Dropout { get; } = new(0.4);
        public Linear Second { get; } = new(16, classes);

        protected override Tensor Compute(Tensor x)
        {
            x = Functional.Relu(Adjacency.MatMul(First.Forward(x)));
            return Adjacency.MatMul(Second.Forward(Dropout.Forward(x)));
        }
    }

    static void Run()
    {
        Rng.Seed(117);
        using var all = Scope.New();
        const int Nodes = 240, Groups = 4;
        var group = Tensor.Arange(Nodes).Remainder(Tensor.Scalar(Groups, DType.Int64));
        var same = group.Unsqueeze(0).Eq(group.Unsqueeze(1)).To(DType.Float32);
        var edges = Tensor.Rand([Nodes, Nodes]).Lt(0.01 + 0.07 * same).To(DType.Float32).Triu(1);
        var withLoops = edges + edges.T() + Tensor.Eye(Nodes);
        var scale = withLoops.Sum(1).Rsqrt();
        var normalized = scale.Unsqueeze(1) * withLoops * scale.Unsqueeze(0);
        var features = 0.5 * group.OneHot(Groups).To(DType.Float32).MatMul(Tensor.Randn([Groups, 12])) + Tensor.Randn([Nodes, 12]);

        using var model = new Gcn(normalized, 12, Groups);
        using var adam = new Adam(model.Parameters(), lr: 0.02, weightDecay: 5e-4);
        var (labelled, rest) = (Tensor.Arange(40), Tensor.Arange(40, Nodes, dtype: DType.Int64));
        for (var epoch = 0; epoch < 120; epoch++)
        {
            using var step = Scope.New();
            model.Train();
            adam.ZeroGrad();
            var logits = model.Forward(features);
            Loss.CrossEntropy(logits.IndexSelect(0, labelled), group.IndexSelect(0, labelled)).Backward();
            adam.Step();
        }
        model.Eval();
        using var noGrad = Autograd.NoGrad();
        var right = model.Forward(features).IndexSelect(0, rest).ArgMax(1).Eq(group.IndexSelect(0, rest));
        Outcome.AtLeast("accuracy on unlabelled nodes", right.To(DType.Float32).Mean().Item<double>(), 0.75);
    }
}
