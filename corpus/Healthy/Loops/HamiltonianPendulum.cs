using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Corpus.Healthy.Loops;

static class HamiltonianPendulum
{
    public static CorpusProgram Program { get; } = new()
    {
        Name = "pendulum-hamiltonian-network",
        About = "the net gives an energy, its derivatives by input are fitted to measured velocities (Greydanus 2019): gradients of gradients, even in evaluation",
        Half = Half.Report,
        Run = Run,
    };

    sealed class Energy : Module
    {
        public Linear A { get; } = new(2, 50);
        public Linear B { get; } = new(50, 50);
        public Linear C { get; } = new(50, 1, bias: false);

        protected override Tensor Compute(Tensor state) => C.Forward(Functional.Tanh(B.Forward(Functional.Tanh(A.Forward(state)))));

        public Tensor Flow(Tensor state, bool train)
        {
            var at = state.Detach().RequireGrad();
            var slope = Autograd.Grad(Forward(at).Sum(), at, createGraph: train).Chunk(2, 1);
            return Tensor.Cat([slope[1], -slope[0]], 1); // dq/dt = dH/dp, dp/dt = -dH/dq
        }
    }

    static void Run()
    {
        Rng.Seed(144);
        using var all = Scope.New();
        var state = Tensor.Rand([1000, 2]) * 4 - 2; // angle and momentum
        var velocity = Tensor.Stack([state.Select(1, 1), -state.Select(1, 0).Sin()], 1);
        using var train = new TensorDataset(state[..800].Clone(), velocity[..800] + 0.05 * Tensor.Randn([800, 2]));
        using var net = new Energy();
        using var adam = new Adam(net.Parameters(), 4e-3);
        var loader = new Loader(train, 50, seed: 144);
        for (var epoch = 0; epoch < 20; epoch++)
            foreach (var (x, dx) in loader)
            {
                using var step = Scope.New();
                var loss = Loss.Mse(net.Flow(x, train: true), dx);
                adam.ZeroGrad();
                loss.Backward();
                adam.Step();
            }
        net.Eval();
        var error = Loss.Mse(net.Flow(state[800..], train: false), velocity[800..]).Item<double>();
        Outcome.AtMost("error of the motion (variance 0.95)", error, 0.02);
    }
}
