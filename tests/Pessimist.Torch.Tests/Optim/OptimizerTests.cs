using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests.Optim;

public sealed class OptimizerTests
{
    static readonly Dictionary<string, Func<IReadOnlyList<Tensor>, Optimizer>> Kinds = new()
    {
        ["sgd"] = p => new SGD(p, 0.1),
        ["adam"] = p => new Adam(p, 0.1),
        ["adamw"] = p => new AdamW(p, 0.1),
        ["rmsprop"] = p => new RMSprop(p, 0.1),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_backward_through_values_from_before_the_step_is_refused(string name)
    {
        using var scope = Scope.New();
        using var net = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 1));
        using var optimizer = Kinds[name](net.Parameters());
        var loss = net.Forward(Tensor.Ones([2, 3])).Sum();
        loss.Backward(retainGraph: true);
        optimizer.Step();
        Should.Throw<TorchException>(() => loss.Backward()).Message.ShouldContain("modified by an inplace operation");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_network_moved_to_another_type_can_be_optimized(string name)
    {
        using var scope = Scope.New();
        using var net = new Linear(9, 5);
        using var optimizer = Kinds[name](net.Parameters());
        net.To(DType.Float64);
        var before = net.Weight.ToArray<double>();
        var loss = net.Forward(Tensor.Ones([2, 9], DType.Float64)).Sum();
        loss.Backward();
        optimizer.Step();
        net.Weight.ToArray<double>().Zip(before).ShouldAllBe(w => w.First < w.Second);
    }

    [Fact]
    public void Not_a_number_in_a_gradient_reaches_the_parameter()
    {
        using var scope = Scope.New();
        var p = Tensor.Ones([20]).RequireGrad();
        using var adam = new Adam([p]);
        var gradient = new float[20];
        (gradient[3], gradient[19]) = (float.NaN, float.NaN);
        p.Grad = Tensor.From(gradient);
        adam.Step();
        p.ToArray<float>().Select(float.IsNaN).ShouldBe(Enumerable.Range(0, 20).Select(i => i is 3 or 19));
    }

    [Fact]
    public void Parameters_need_not_be_contiguous()
    {
        using var scope = Scope.New();
        var p = Tensor.Ones([3, 2]).T().RequireGrad();
        using var adam = new Adam([p], 0.5);
        p.Grad = Tensor.From(new float[] { 1, -1, 1, -1, 1, -1 }, 2, 3);
        adam.Step();
        p.Reshape(-1).ToArray<float>().ShouldBe([0.5f, 1.5f, 0.5f, 1.5f, 0.5f, 1.5f], 1e-4);
    }

    [Fact]
    public void Says_which_options_are_not_valid()
    {
        using var scope = Scope.New();
        Tensor[] p = [Tensor.Zeros([2, 3])];
        Should.Throw<TorchException>(() => new Adam(p, lr: -0.1)).Message.ShouldContain("learning rate -0.1 is not valid");
        Should.Throw<TorchException>(() => new Adam(p, lr: double.NaN)).Message.ShouldContain("learning rate NaN is not valid");
        Should.Throw<TorchException>(() => new Adam(p, beta2: 1)).Message.ShouldContain("beta2 1 is not valid");
        Should.Throw<TorchException>(() => new SGD(p, nesterov: true)).Message.ShouldContain("Nesterov momentum needs a momentum above zero");
        Should.Throw<TorchException>(() => new SGD([p[0], p[0]])).Message.ShouldContain("float32[2, 3] was given to the optimizer twice");
        Should.Throw<TorchException>(() => new SGD(Array.Empty<Tensor>())).Message.ShouldContain("no parameters");
    }

    [Fact]
    public void The_state_of_another_optimizer_is_refused_by_name()
    {
        using var scope = Scope.New();
        var p = Tensor.Zeros([2]).RequireGrad();
        using var sgd = new SGD([p], momentum: 0.9);
        p.Grad = Tensor.Ones([2]);
        sgd.Step();
        using var adam = new Adam([p]);
        var message = Should.Throw<TorchException>(() => adam.LoadStateDict(sgd.StateDict())).Message;
        message.ShouldContain("the state does not fit this Adam");
        message.ShouldContain("unexpected: state.0.momentum_buffer float32[2]");
    }
}
