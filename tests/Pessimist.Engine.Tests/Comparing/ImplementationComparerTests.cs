using Pessimist.Engine.Comparing;
using Pessimist.Torch;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Tests.Comparing;

public sealed class ImplementationComparerTests : IDisposable
{
    readonly Scope _scope = Scope.New();

    public ImplementationComparerTests() => Rng.Seed(3);

    public void Dispose() => _scope.Dispose();

    static ModuleImplementation Network(string name, Module network) => new(name, network);

    static ImplementationComparison Compare(Implementation a, Implementation b, Tensor? input) => ImplementationComparer.Compare(a, b, input, "");

    /// <summary>What hooks in Python would have recorded of it.</summary>
    static RecordedImplementation Recorded(Module network, Tensor input, Func<string, string>? name = null, params string[] without)
    {
        using var run = new ModuleImplementation("", network);
        var arrays = new Dictionary<string, Tensor> { ["input"] = input.Clone() };
        foreach (var call in run.Run(input))
            if (!without.Contains(call.Path)) arrays[call.Path == LayerCall.Whole ? call.Path : name?.Invoke(call.Path) ?? call.Path] = call.Output.Clone();
        return new RecordedImplementation("reference", arrays);
    }

    static LeNet Twin(LeNet network)
    {
        var twin = new LeNet(10);
        twin.LoadStateDict(network.StateDict());
        return twin;
    }

    [Fact]
    public void The_same_network_agrees_with_itself_to_the_last_bit()
    {
        var network = new LeNet(10);
        var comparison = Compare(Network("a", Twin(network)), Network("b", network), Tensor.Randn([4, 1, 28, 28]));

        comparison.Agrees.ShouldBeTrue();
        comparison.Layers.ShouldAllBe(l => l.Verdict == Agreement.Identical);
        comparison.Weights.Tensors.Count.ShouldBe(10);
    }

    [Fact]
    public void Rounding_of_another_order_of_sums_is_no_difference()
    {
        var network = new LeNet(10);
        var input = Tensor.Randn([4, 1, 28, 28]);
        var wide = Twin(network);
        wide.To(DType.Float64);
        using var run = new ModuleImplementation("", wide);
        var exact = run.Run(input.To(DType.Float64)).ToDictionary(c => c.Path, c => c.Output.To(DType.Float32));

        var comparison = Compare(Network("a", network), new RecordedImplementation("float64", new Dictionary<string, Tensor>(exact) { ["input"] = input }), null);

        comparison.Agrees.ShouldBeTrue();
        comparison.Layers.ShouldContain(l => l.Verdict == Agreement.WithinRounding);
    }

    [Fact]
    public void What_was_computed_in_float32_and_saved_as_float64_rounds_as_float32()
    {
        var y = Tensor.Randn([4, 8]);
        static RecordedImplementation Of(Tensor layer) => new("r", new() { ["layer"] = layer });
        var wide = y.To(DType.Float64);

        Compare(Of(y * (1 + 2e-7)), Of(wide), null).Agrees.ShouldBeTrue();
        Compare(Of(wide * (1 + 2e-7)), Of(wide * (1 + 1e-9)), null).Agrees.ShouldBeFalse();
    }

    [Fact]
    public void Weights_that_were_saved_in_a_narrower_type_agree_and_what_was_rounded_in_secret_is_told()
    {
        var (x, weight) = (Tensor.Randn([8, 8]), Tensor.Randn([8, 8]));
        RecordedImplementation Of(Tensor own) => new("r", new() { ["input"] = x.Clone(), ["weights/fc.weight"] = own, ["fc"] = Functional.Linear(x, own.To(DType.Float32)) });

        Compare(Of(weight), Of(weight.To(DType.Float16)), null).Weights.Differs.ShouldBeFalse();
        var rounded = Compare(Of(weight), Of(weight.To(DType.Float16).To(DType.Float32)), null);
        rounded.Weights.Tensors.Single().Note.ShouldBe("one is the other rounded to float16");
        rounded.Agrees.ShouldBeFalse();
    }

    [Fact]
    public void The_first_layer_that_differs_is_named_and_weights_are_told_before()
    {
        var network = new LeNet(10);
        var other = Twin(network);
        using (Autograd.NoGrad()) other.Fc2.Weight.AddInPlace(0.01);

        var comparison = Compare(Network("a", other), Network("b", network), Tensor.Randn([4, 1, 28, 28]));

        comparison.First!.Path.ShouldBe("fc2");
        comparison.Reason!.Name.ShouldBe("other-weights");
        comparison.Weights.Tensors.Where(t => t.Differs).Select(t => t.Path).ShouldBe(["fc2.weight"]);
        // Trying reasons must leave the network as it was.
        Closeness.Of(other.Fc2.Weight, network.Fc2.Weight + 0.01).Identical.ShouldBeTrue();
    }

    [Fact]
    public void Layers_under_other_names_are_paired_by_order_and_those_of_one_side_are_listed()
    {
        var network = new LeNet(10);
        var input = Tensor.Randn([4, 1, 28, 28]);
        var comparison = Compare(Network("a", Twin(network)), Recorded(network, input, path => "op_" + path, "relu1", "relu2"), null);

        comparison.Pairing.ShouldStartWith("by order");
        comparison.Agrees.ShouldBeTrue();
        comparison.OnlyA.ShouldBe(["relu1", "relu2"]);
        comparison.Layers.First(l => l.Path == "fc1").OtherPath.ShouldBe("op_fc1");
    }

    [Fact]
    public void A_layer_that_one_side_lacks_is_listed_and_a_wrapper_around_all_names_is_taken_off()
    {
        var network = new LeNet(10);
        var comparison = Compare(Network("a", Twin(network)), Recorded(network, Tensor.Randn([4, 1, 28, 28]), path => "module." + path, "pool1"), null);

        comparison.Pairing.ShouldBe("by name, without 'module.' of the second");
        (comparison.Agrees, comparison.OnlyA.Single()).ShouldBe((true, "pool1"));
    }

    [Fact]
    public void A_missing_activation_of_a_network_that_can_be_run_is_found_by_running_it()
    {
        var network = new LeNet(10);
        var input = Tensor.Randn([8, 1, 28, 28]);
        using var run = new ModuleImplementation("", network);
        var calls = run.Run(input).ToDictionary(c => c.Path, c => c.Output);
        var fc2 = Functional.Linear(calls["fc1"], network.Fc2.Weight, network.Fc2.Bias);
        var recorded = new RecordedImplementation("reference", new() { ["input"] = input, ["fc1"] = calls["fc1"], ["fc2"] = fc2 });

        var comparison = Compare(Network("a", Twin(network)), recorded, null);

        comparison.First!.Path.ShouldBe("fc2");
        comparison.Reason!.Fact.ShouldBe("fc2 of reference is fed with the output of fc1, and not with what a feeds it");
    }

    [Fact]
    public void NaN_on_one_side_and_another_shape_differ_and_are_not_explained()
    {
        var y = Tensor.Randn([4, 8]);
        var broken = y.Clone();
        broken[1, 2].FillInPlace(double.NaN);
        static RecordedImplementation Of(Tensor layer) => new("r", new() { ["layer"] = layer });

        var nan = Compare(Of(broken), Of(y), null);
        nan.First!.Closeness.Note.ShouldStartWith("value [1, 2] is NaN against ");
        nan.Reason.ShouldBeNull();
        Compare(Of(y), Of(y.Narrow(1, 0, 7)), null).First!.Closeness.Note.ShouldBe("shape [4, 8] against [4, 7]");
        Compare(Of(broken), Of(broken.Clone()), null).Agrees.ShouldBeTrue();
        Compare(Of(broken), Of(broken.Clone()), null).Notes.ShouldContain(n => n.Contains("NaN", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        var network = new LeNet(10);
        var input = Tensor.Randn([4, 1, 28, 28]);
        using var recorded = Recorded(network, input);

        Should.Throw<PessimistException>(() => Compare(Network("a", new LeNet(10)), recorded, Tensor.Randn([4, 1, 28, 28]))).Message.ShouldContain("recorded with another input");
        Should.Throw<PessimistException>(() => Compare(Network("a", new LeNet(10)), Network("b", new LeNet(10)), Tensor.Randn([4, 3, 28, 28]))).Message.ShouldContain("cannot be run on an input of [4, 3, 28, 28]");
        Should.Throw<PessimistException>(() => Compare(Network("a", new LeNet(10)), new RecordedImplementation("r", new() { ["fc"] = input }), null)).Message.ShouldContain("has no array 'input'");
        Should.Throw<PessimistException>(() => Compare(recorded, new RecordedImplementation("r", new() { ["fc"] = Tensor.Randn([3]) }), null)).Message.ShouldContain("no layer");
    }
}
