using Pessimist.Engine.Testing;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Tests.Guides;

// <assertions>
public sealed class BlockTests : IDisposable
{
    readonly Scope _scope = Scope.New();
    readonly Module _net;
    readonly LearningStep _step;

    public BlockTests()
    {
        Rng.Seed(0);
        _net = new Sequential(new Linear(4, 32), new Block(32), new Linear(32, 3));
        _step = new LearningStep(Tensor.Randn([32, 4]), Tensor.RandInt(0, 3, [32]));
    }

    [Fact]
    public void It_learns_a_batch_by_heart() => NetworkAssert.CanOverfitOneBatch(_net, _step);

    [Fact]
    public void Every_parameter_learns() => NetworkAssert.EveryParameterLearns(_net, _step);

    [Fact]
    public void Examples_are_not_mixed() => NetworkAssert.BatchAxisIsNotMixed(_net, _step.Inputs);

    [Fact]
    public void No_layer_is_dead() => NetworkAssert.NoDeadUnits(_net, _step.Inputs);

    public void Dispose()
    {
        _net.Dispose();
        _scope.Dispose();
    }
}
// </assertions>
