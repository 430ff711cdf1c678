using Pessimist.Engine.Stepping;
using Pessimist.Tests;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Scripting;

namespace Pessimist.Engine.Tests.Stepping;

public sealed class PassWalkTests : IDisposable
{
    readonly Scope _scope = Scope.New();
    readonly List<IDisposable> _made = [];

    public void Dispose()
    {
        foreach (var made in _made) made.Dispose();
        _scope.Dispose();
    }

    static Tensor Loss(Tensor output, Tensor target) => Torch.Nn.Loss.CrossEntropy(output, target);

    RecordedPass Record(Module network, Tensor? input = null, Func<Tensor, Tensor, Tensor>? loss = null, long most = 1 << 30)
    {
        input ??= Tensor.Arange(4 * 64).Reshape(4, 1, 8, 8).To(DType.Float32) / 100;
        var pass = RecordedPass.Run(network, input, Tensor.From([0L, 1, 2, 0]), loss ?? Loss, most);
        _made.Add(pass);
        _made.Add(network);
        return pass;
    }

    static LeNet Lenet()
    {
        Rng.Seed(1);
        return new LeNet(3, 1, 8, 8);
    }

    [Fact]
    public void Operations_go_forward_through_the_loss_and_back()
    {
        var pass = Record(Lenet());
        pass.Error.ShouldBeNull();
        pass.Operations.Select(o => $"{o.Phase} {o.Layer} {o.Name}").Take(3).ShouldBe(["Forward conv1 conv2d", "Forward relu1 relu", "Forward pool1 max_pool2d"]);
        pass.Operations.Select(o => o.Number).ShouldBe(Enumerable.Range(1, 26));
        pass.Operations[12].ShouldSatisfyAllConditions(o => o.Phase.ShouldBe(StepPhase.Loss), o => o.Name.ShouldBe("cross_entropy_loss"));
        pass.Operations.Skip(13).Select(o => o.Name).ShouldBe(pass.Operations.Take(13).Reverse().Select(o => o.Name));
        var conv = pass.Operations[0];
        conv.Inputs.Select(i => i.Label).ShouldBe(["input", "conv1.weight", "conv1.bias"]);
        conv.Outputs[0].Facts.Shape.ShouldBe([4L, 6, 8, 8]);
        StepText.Site(conv).ShouldNotBeNull().ShouldStartWith("LeNet.cs:");
        pass.Operations[25].Outputs.Select(o => o.Label).ShouldBe(["grad conv1.weight", "grad conv1.bias"]);
    }

    [Fact]
    public void A_walked_pass_computes_the_gradients_of_a_plain_one()
    {
        var walked = Lenet();
        var pass = Record(walked);
        using var plain = Lenet();
        Loss(plain.Forward(Tensor.Arange(4 * 64).Reshape(4, 1, 8, 8).To(DType.Float32) / 100), Tensor.From([0L, 1, 2, 0])).Backward();
        var expected = plain.NamedParameters().ToDictionary(p => p.Name, p => p.Parameter.Grad!);
        foreach (var (name, parameter) in walked.NamedParameters()) parameter.Grad!.ContentEquals(expected[name]).ShouldBeTrue(name);
        foreach (var (name, parameter) in pass.Parameters) parameter.Gradient.ShouldNotBeNull().Value!.ContentEquals(expected[name]).ShouldBeTrue(name);
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("mlp")]
    [InlineData("resnet20")]
    [InlineData("lstm")]
    [InlineData("tcn")]
    [InlineData("wavenet")]
    [InlineData("transformer")]
    public void Every_kind_of_network_can_be_walked_and_each_parameter_has_a_gradient(string name)
    {
        Rng.Seed(0);
        var info = ModelCatalog.Find(name)!;
        int[] shape = info.Input == InputKind.Sequence ? [12, 3] : info.Input == InputKind.Picture ? [3, 16, 16] : [20];
        var pass = Record(info.Create(shape, 3, null), Tensor.Randn([4, .. shape.Select(s => (long)s)]));
        pass.Error.ShouldBeNull();
        pass.Faults.ShouldBeEmpty();
        pass.Parameters.ShouldNotBeEmpty();
        pass.Parameters.ShouldAllBe(p => p.Parameter.Gradient != null);
        pass.Nodes.ShouldAllBe(n => n.Error == null);
    }

    [Fact]
    public void Next_steps_over_a_module_into_goes_down_out_comes_up_and_back_returns()
    {
        var walk = new PassWalk(Record(new ResNet20(3, 1)));
        walk.At.Layer.ShouldBe("");
        walk.Execute("into");
        walk.Execute("until layer=layer1.0");
        walk.Execute("n");
        walk.At.Layer.ShouldBe("layer1.1");
        walk.Execute("back");
        walk.At.Layer.ShouldBe("layer1.0");
        walk.Execute("into");
        walk.At.Layer.ShouldBe("layer1.0.conv1");
        walk.Execute("next");
        walk.At.Layer.ShouldBe("layer1.0.bn1");
        walk.Execute("back");
        walk.Execute("back");
        walk.At.Layer.ShouldBe("layer1.0");
        walk.Execute("into");
        walk.Execute("out");
        walk.At.Layer.ShouldBe("layer1.1");
        walk.Execute("goto 1");
        walk.At.Number.ShouldBe(1);
        walk.Execute("back 100");
        walk.Execute("back").ShouldContain("this is the first step");
        walk.Execute("next 2");
        walk.At.Phase.ShouldBe(StepPhase.Backward);
        walk.Execute("next 100");
        walk.Execute("next").ShouldContain("there is no further step");
    }

    [Fact]
    public void An_empty_line_repeats_the_last_move_and_quit_ends()
    {
        var walk = new PassWalk(Record(Lenet()));
        walk.Execute("into");
        walk.Execute("n");
        walk.Execute("where");
        walk.Execute("");
        walk.At.Layer.ShouldBe("pool1");
        walk.Done.ShouldBeFalse();
        walk.Execute("q");
        walk.Done.ShouldBeTrue();
    }

    [Fact]
    public void Until_finds_the_operation_that_makes_the_first_NaN()
    {
        var walk = new PassWalk(Record(new Sequential(new Linear(4, 3), new Logarithm()), Tensor.Ones([4, 4])));
        var text = walk.Execute("until nonfinite");
        text.ShouldContain("log");
        text.ShouldContain("NaN/Inf ");
        walk.At.Name.ShouldBe("log");
        walk.At.Inputs[0].Facts.NonFinite.ShouldBe(0);
        walk.Execute("until layer=2").ShouldContain("never holds");
        walk.Execute("until op=lineer").ShouldContain("did you mean 'linear'");
        walk.Execute("until op=softmin").ShouldContain("there are 'linear', 'abs', 'neg', 'log', 'cross_entropy_loss'");
        walk.Execute("until sometimes").ShouldContain("is no condition");
        walk.Execute("until").ShouldContain("needs a condition");
    }

    [Fact]
    public void A_slice_of_the_result_of_inputs_of_parameters_and_of_gradients_is_printed()
    {
        var network = new Linear(2, 3);
        network.Weight.Detach().CopyInPlace(Tensor.From([1f, 2, 3, 4, 5, 6], 3, 2));
        network.Bias!.Detach().CopyInPlace(Tensor.From([0f, 0, 10]));
        var walk = new PassWalk(Record(network, Tensor.Ones([4, 2])));
        walk.Execute("into");
        walk.Execute("print 0,1:").ShouldBe("#1 float32[4, 3] [0,1:] = [2]\n             7          21\n");
        walk.Execute("p in0 0").ShouldEndWith("           1           1\n");
        walk.Execute("p weight :,0").ShouldEndWith("           1           3           5\n");
        walk.Execute("p grad bias").ShouldContain("grad bias float32[3]\n");
        walk.Execute("p target").ShouldEndWith("           0           1           2           0\n");
        walk.Execute("p grad target").ShouldContain("left no gradient for target");
        walk.Execute("p 9").ShouldContain("index 9 is beyond axis 0 of [4, 3], which has 4");
        walk.Execute("p 1,1,1").ShouldContain("more parts than the axes");
        walk.Execute("p :x").ShouldContain("':x' is no index");
        walk.Execute("p ::-1").ShouldContain("steps backward");
        walk.Execute("p wight").ShouldContain("did you mean 'weight'");
        walk.Execute("p in7").ShouldContain("3 tensors going in");
        walk.Execute("hist 0 3").ShouldContain("█");
        walk.Execute("grads").ShouldContain("weight");
        walk.Execute("nxt").ShouldContain("did you mean 'next'");
        walk.Execute("help").ShouldContain("until, u CONDITION");
    }

    [Fact]
    public void A_pass_that_fails_is_walked_up_to_the_operation_that_fails()
    {
        var network = new Sequential(new Linear(4, 5), new ReLU(), new Linear(6, 3));
        var pass = Record(network, Tensor.Ones([4, 4]));
        pass.Error.ShouldNotBeNull();
        var walk = new PassWalk(pass);
        walk.Execute("until failed").ShouldContain("failed: ");
        walk.At.Layer.ShouldBe("2");
        walk.At.Name.ShouldBe("linear");
        walk.At.Inputs.Select(i => string.Join('x', i.Facts.Shape)).ShouldBe(["4x5", "3x6", "3"]);
        walk.Execute("next").ShouldContain("no further step");
    }

    [Fact]
    public void Values_beyond_what_may_be_kept_are_let_go_and_say_so()
    {
        var network = Lenet();
        var pass = Record(network, most: 7000);
        pass.LetGo.ShouldBeTrue();
        var walk = new PassWalk(pass);
        walk.Execute("goto 1");
        walk.Execute("print").ShouldContain("[0, 0, :, :]");
        walk.Execute("goto 2");
        walk.Where().ShouldContain("values let go");
        walk.Where().ShouldContain("min 0");
        walk.Execute("print").ShouldContain("raise --keep");
        pass.Parameters.ShouldAllBe(p => p.Parameter.Gradient != null);
    }

    [Fact]
    public void What_is_overwritten_in_place_is_told_and_its_last_state_has_the_gradient()
    {
        Rng.Seed(2);
        var network = new Sequential(new Linear(4, 3), new InPlace(), new Linear(3, 3));
        var walk = new PassWalk(Record(network, Tensor.Randn([4, 4])));
        walk.Execute("until op=linear");
        walk.Execute("print").ShouldContain("overwritten in place");
        walk.Execute("until op=relu");
        walk.At.Name.ShouldBe("relu_");
        walk.Execute("print").ShouldNotContain("overwritten");
        walk.Execute("until backward");
        walk.Execute("until op=relu").ShouldContain("no gradient for the state before");
        walk.At.Outputs.ShouldBeEmpty();
        // The gradient of the loss with respect to what the last layer was given.
        var output = walk.At.Inputs.ShouldHaveSingleItem().Value!;
        var logits = network.NamedModules().Single(m => m.Name == "2").Module;
        using var noGrad = Autograd.NoGrad();
        var weight = logits.NamedParameters().Single(p => p.Name == "weight").Parameter;
        walk.Execute("goto 5");
        walk.At.Name.ShouldBe("cross_entropy_loss");
        var arriving = walk.At.Outputs.ShouldHaveSingleItem().Value!;
        (arriving.MatMul(weight) - output).Abs().Max().Item<float>().ShouldBeLessThan(1e-6f);
    }

    [Fact]
    public void What_is_overwritten_through_a_view_has_no_gradient_of_the_state_before()
    {
        var pass = Record(new Sequential(new Linear(4, 3), new ThroughView(), new Linear(3, 3)), Tensor.Ones([4, 4]));
        pass.Error.ShouldBeNull();
        pass.Operations[0].Name.ShouldBe("linear");
        pass.Operations[0].Outputs[0].Gradient.ShouldBeNull();
        pass.Parameters.ShouldAllBe(p => p.Parameter.Gradient != null);
    }

    [Fact]
    public void A_TorchScript_file_is_walked_by_operation_and_module()
    {
        var network = ScriptModule.Load(Path.Combine(AppContext.BaseDirectory, "net.ts"));
        network.Eval();
        var pass = Record(network, Tensor.Ones([4, 3]), (output, _) => output.Sum());
        pass.Error.ShouldBeNull();
        pass.Operations.Take(3).Select(o => $"{o.Layer} {o.Name}").ShouldBe(["inp linear", " tanh", "blocks.0.norm batch_norm"]);
        pass.Operations[0].Inputs.Select(i => i.Label).ShouldBe(["input", "inp.weight", "inp.bias"]);
        pass.Nodes.Where(n => n is { IsModule: true, Phase: StepPhase.Forward }).Select(n => n.Layer).ShouldContain("blocks.1.fc");
        pass.Parameters.Select(p => p.Name).ShouldBe(network.NamedParameters().Select(p => p.Name), ignoreOrder: true);
        pass.Parameters.ShouldAllBe(p => p.Parameter.Gradient != null);
        var walk = new PassWalk(pass);
        walk.Execute("until layer=blocks.1").ShouldContain("Block");
        walk.Execute("print grad head.bias").ShouldEndWith("           4           4\n");
    }

    [Fact]
    public void Nothing_is_left_of_a_walk()
    {
        var network = Lenet();
        _made.Add(network);
        var input = Tensor.Ones([4, 1, 8, 8]);
        var target = Tensor.From([0L, 1, 2, 0]);
        Garbage.Settle();
        var live = Memory.LiveTensors;
        using (var pass = RecordedPass.Run(network, input, target, Loss, 1 << 20)) new PassWalk(pass).Execute("print");
        network.ZeroGrad();
        Memory.LiveTensors.ShouldBe(live);
    }

    sealed class Logarithm : Module
    {
        protected override Tensor Compute(Tensor input) => (-input.Abs()).Log();
    }

    sealed class ThroughView : Module
    {
        protected override Tensor Compute(Tensor input)
        {
            input.Select(1, 0).ZeroInPlace();
            return input;
        }
    }

    sealed class InPlace : Module
    {
        static readonly Operator Relu = new("aten::relu_");

        protected override Tensor Compute(Tensor input)
        {
            Relu.Run(input);
            return input;
        }
    }
}
