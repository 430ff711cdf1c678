using Pessimist.Tests;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Scripting;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Tests.Scripting;

public sealed class ScriptModuleTests
{
    static string File(string name) => Path.Combine(AppContext.BaseDirectory, "goldens", name);

    public static TheoryData<string> Names() => [.. Golden.Read("scripts.json").Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_outputs_gradients_and_a_training_step_are_those_of_Python(string name)
    {
        var golden = Golden.Read("scripts.json").GetProperty(name);
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File($"{name}.ts"));
        net.StateDict().Keys.ShouldBe(golden.GetProperty("before").Names());
        foreach (var (key, tensor) in net.StateDict()) tensor.ShouldMatch(golden.GetProperty("before").GetProperty(key), key);
        using var sgd = new SGD(net.Parameters(), 0.1);
        var output = net.Forward(golden.GetProperty("input").Tensor());
        output.ShouldMatch(golden.GetProperty("output"), "output");
        var loss = (output * output).Mean();
        loss.ShouldMatch(golden.GetProperty("loss"), "loss");
        loss.Backward();
        foreach (var (key, parameter) in net.NamedParameters()) parameter.Grad.ShouldMatch(golden.GetProperty("grads").GetProperty(key), key);
        sgd.Step();
        foreach (var (key, tensor) in net.StateDict()) tensor.ShouldMatch(golden.GetProperty("after").GetProperty(key), key);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Hooks_see_the_output_of_every_submodule(string name)
    {
        var golden = Golden.Read("scripts.json").GetProperty(name);
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File($"{name}.ts"));
        net.Eval();
        Dictionary<string, Tensor> seen = [];
        foreach (var (path, module) in net.NamedModules()) module.AfterForward((_, _, output) => seen[path] = output);
        net.Forward(golden.GetProperty("input").Tensor());
        seen.Keys.Order().ShouldBe(golden.GetProperty("modules").Names().Order());
        foreach (var (path, output) in seen) output.ShouldMatch(golden.GetProperty("modules").GetProperty(path), path);
    }

    [Fact]
    public void It_prints_as_the_tree_it_is()
    {
        using var net = ScriptModule.Load(File("net.ts"));
        net.TypeName.ShouldBe("Net");
        net.NamedModules().Select(m => $"{m.Name}:{m.Module.TypeName}").ShouldBe(
        [
            ":Net", "inp:Linear", "blocks:Sequential", "blocks.0:Block", "blocks.0.norm:BatchNorm1d", "blocks.0.fc:Linear", "blocks.0.drop:Dropout",
            "blocks.1:Block", "blocks.1.norm:BatchNorm1d", "blocks.1.fc:Linear", "blocks.1.drop:Dropout", "head:Linear",
        ]);
        net.ToString().ShouldContain("(fc): Linear()");
    }

    [Fact]
    public void The_mode_of_the_file_is_kept_and_can_be_set()
    {
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File("net.ts"));
        net.HasMode.ShouldBeTrue();
        net.Training.ShouldBeTrue();
        var x = Tensor.Ones([2, 3]);
        var norm = net.StateDict()["blocks.0.norm.num_batches_tracked"];
        var before = norm.Item<long>();
        net.Eval();
        net.Forward(x);
        norm.Item<long>().ShouldBe(before);
        net.Train();
        net.Forward(x);
        norm.Item<long>().ShouldBe(before + 1);
        using var traced = ScriptModule.Load(File("traced.ts"));
        traced.Training.ShouldBeFalse();
    }

    [Fact]
    public void A_hook_may_put_another_output_in_place()
    {
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File("net.ts"));
        net.Eval();
        var head = net.NamedModules().Single(m => m.Name == "head").Module;
        using (head.AfterForward((_, _, output) => output * 0))
            net.Forward(Tensor.Ones([2, 3])).Abs().Sum().Item<float>().ShouldBe(0);
        net.Forward(Tensor.Ones([2, 3])).Abs().Sum().Item<float>().ShouldNotBe(0);
    }

    [Fact]
    public void Methods_take_and_give_several_values()
    {
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File("net.ts"));
        net.Call("pair", Tensor.Ones([2, 3])).Length.ShouldBe(3);
        var values = net.Call("pair", Tensor.Ones([2, 3]), 4);
        values.Length.ShouldBe(5);
        values[4].AsTensor().Sum().Item<float>().ShouldBe(18);
        Should.Throw<TorchException>(() => net.Call("paar", Tensor.Ones([2, 3]))).Message.ShouldContain("Net has no method 'paar'");
        Should.Throw<TorchException>(() => net.Call("pair", 1.5)).Message.ShouldContain("argument 1 ('x') is of type Tensor, and a float was given");
        Should.Throw<TorchException>(() => net.Call("pair")).Message.ShouldContain("missing value for argument 'x'");
    }

    [Fact]
    public void A_failure_names_the_line_of_the_program()
    {
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File("net.ts"));
        var message = Should.Throw<TorchException>(() => net.Forward(Tensor.Ones([2, 7]))).Message;
        message.ShouldContain("Net failed on float32[2, 7]");
        message.ShouldContain("mat1 and mat2 shapes cannot be multiplied (2x7 and 3x4) (linear.py:114 in forward)");
        net.Forward(Tensor.Ones([2, 3])).Shape.ShouldBe([2, 2]);
    }

    [Fact]
    public void An_exception_in_a_hook_comes_back_as_it_is()
    {
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File("net.ts"));
        var drop = net.NamedModules().Single(m => m.Name == "blocks.1.drop").Module;
        using (drop.BeforeForward((_, _) => throw new InvalidOperationException("mine")))
            Should.Throw<InvalidOperationException>(() => net.Forward(Tensor.Ones([2, 3]))).Message.ShouldBe("mine");
        net.Forward(Tensor.Ones([2, 3])).Shape.ShouldBe([2, 2]);
    }

    [Fact]
    public void A_watcher_sees_operators_inside_of_their_submodules()
    {
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File("net.ts"));
        net.Eval();
        var paths = net.NamedModules().ToDictionary(m => m.Module, m => m.Name);
        var watcher = new Listener(paths);
        var input = Tensor.Ones([2, 3]);
        using (Watcher.Watch(watcher)) net.Forward(input);
        watcher.Seen.Take(9).ShouldBe(
        [
            "> ", "> inp", "inp aten::linear [2, 4]", "< inp", " aten::tanh [2, 4]", "> blocks", "> blocks.0", "> blocks.0.norm", "blocks.0.norm aten::batch_norm [2, 4]",
        ]);
        watcher.Seen.ShouldContain(" aten::mul [2, 4]");
        // Not what else lies on the interpreter's stack.
        watcher.Tensors.ShouldContain("aten::linear 3 -> 1");
        watcher.Tensors.ShouldContain("aten::batch_norm 5 -> 1");
        watcher.Tensors.ShouldContain("aten::add 2 -> 1");
        watcher.Seen[^1].ShouldBe("< ");
        // By the objects that optimizers hold.
        watcher.Given.ShouldContain(net.StateDict()["inp.weight"]);
    }

    [Fact]
    public void It_moves_to_another_type_and_takes_weights_as_any_module_does()
    {
        using var scope = Scope.New();
        using var net = ScriptModule.Load(File("net.ts"));
        using var other = ScriptModule.Load(File("net.ts"));
        net.Eval();
        other.Eval();
        net.To(DType.Float64);
        net.Forward(Tensor.Ones([2, 3], DType.Float64)).DType.ShouldBe(DType.Float64);
        net.To(DType.Float32);
        using (Autograd.NoGrad()) net.StateDict()["head.bias"].FillInPlace(7);
        other.LoadStateDict(net.StateDict());
        other.Forward(Tensor.Ones([2, 3])).ContentEquals(net.Forward(Tensor.Ones([2, 3]))).ShouldBeTrue();
    }

    [Fact]
    public void A_disposed_one_says_so()
    {
        using var scope = Scope.New();
        var net = ScriptModule.Load(File("net.ts"));
        net.Dispose();
        Should.Throw<ObjectDisposedException>(() => net.Forward(Tensor.Ones([2, 3]))).Message.ShouldContain("the TorchScript module is disposed");
    }

    [Fact]
    public void Nothing_is_left_when_it_is_disposed_of()
    {
        Garbage.Settle();
        var live = Memory.LiveTensors;
        using (Scope.New())
        {
            using var net = ScriptModule.Load(File("net.ts"));
            using var hook = net.NamedModules().Last().Module.AfterForward((_, _, output) => output * 2);
            net.Forward(Tensor.Ones([2, 3])).Sum().Backward();
            net.StateDict().Count.ShouldBeGreaterThan(10);
        }
        Memory.LiveTensors.ShouldBe(live);
    }

    sealed class Listener : Watcher
    {
        readonly Dictionary<Module, string> _paths;
        readonly Stack<string> _stack = [];

        public Listener(Dictionary<Module, string> paths) => (_paths, SeesOperators) = (paths, true);

        public List<string> Seen { get; } = [];

        public List<string> Tensors { get; } = [];

        public HashSet<Tensor> Given { get; } = new(ReferenceEqualityComparer.Instance);

        protected override Tensor? OnForward(Module module, Tensor input)
        {
            _stack.Push(_paths[module]);
            Seen.Add($"> {_paths[module]}");
            return null;
        }

        protected override Tensor? OnForwarded(Module module, Tensor input, Tensor output)
        {
            Seen.Add($"< {_stack.Pop()}");
            return null;
        }

        protected override Tensor? OnOperator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
        {
            var given = 0;
            foreach (var arg in args)
            {
                given += arg.IsTensor ? 1 : 0;
                if (arg.TryTensor(out var tensor)) Given.Add(tensor);
            }

            Tensors.Add($"{op.Name} {given} -> {results.Length}");
            Seen.Add($"{(_stack.Count == 0 ? "?" : _stack.Peek())} {op.Name} [{string.Join(", ", results[0].Shape)}]");
            return null;
        }
    }
}
