using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Tests.Watching;

public sealed class WatcherTests
{
    [Fact]
    public void Sees_the_moves_of_a_step_in_order()
    {
        var watcher = new Diary();
        using (Watcher.Watch(watcher)) Train(steps: 1);
        watcher.Lines.ShouldBe(["module", "optimizer", "zero-grad", "forward", "forwarded", "backward", "backward-done", "step", "stepped"]);
    }

    [Fact]
    public void Sees_operators_only_when_asked()
    {
        var watcher = new Diary { Operators = true };
        using (Watcher.Watch(watcher)) Train(steps: 1);
        watcher.Lines.ShouldContain("aten::linear");
        watcher.Lines.ShouldContain("aten::mse_loss");
    }

    [Fact]
    public void What_a_watcher_does_is_not_watched()
    {
        var watcher = new Diary { Operators = true, Busy = true };
        using (Watcher.Watch(watcher)) Train(steps: 1);
        watcher.Lines.ShouldNotContain("aten::cos");
    }

    [Fact]
    public void A_fault_of_the_watcher_does_not_reach_the_program()
    {
        var watcher = new Diary { Faulty = true };
        float[] watched;
        using (Watcher.Watch(watcher)) watched = Train(steps: 2);
        watched.ShouldBe(Train(steps: 2));
        watcher.Faults.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_step_can_be_left_out_and_a_program_stopped()
    {
        float[] still;
        using (Watcher.Watch(new Skipper())) still = Train(steps: 3);
        still.ShouldBe(Train(steps: 0));
        using var lease = Watcher.Watch(new Stopper());
        Should.Throw<StopProgramException>(() => Train(steps: 3));
    }

    static float[] Train(int steps)
    {
        using var scope = Scope.New();
        Rng.Seed(0);
        using var net = new Linear(3, 1);
        using var sgd = new SGD(net.Parameters(), lr: 0.1);
        var x = Tensor.Ones([4, 3]);
        for (var i = 0; i < steps; i++)
        {
            sgd.ZeroGrad();
            Loss.Mse(net.Forward(x), Tensor.Zeros([4, 1])).Backward();
            sgd.Step();
        }

        return net.Weight.Detach().ToArray<float>();
    }

    sealed class Diary : Watcher
    {
        public List<string> Lines { get; } = [];
        public bool Operators { init => SeesOperators = value; }
        public bool Busy { get; init; }
        public bool Faulty { get; init; }
        public int Faults { get; private set; }

        protected override Tensor? OnOperator(Operator op, ReadOnlySpan<Value> args, ReadOnlySpan<Tensor> results)
        {
            Lines.Add(op.Name);
            if (Busy && results.Length > 0) Dispatcher.Call("aten::cos", "", results[0]);
            return null;
        }

        protected override void OnModule(Module module) => Note("module");

        protected override Tensor? OnForward(Module module, Tensor input)
        {
            Note("forward");
            return null;
        }

        protected override Tensor? OnForwarded(Module module, Tensor input, Tensor output)
        {
            Note("forwarded");
            return null;
        }

        protected override void OnOptimizer(Optimizer optimizer) => Note("optimizer");

        protected override bool OnStep(Optimizer optimizer)
        {
            Note("step");
            return true;
        }

        protected override void OnStepped(Optimizer optimizer) => Note("stepped");

        protected override void OnZeroGrad(object owner) => Note("zero-grad");

        protected override Tensor? OnBackward(Tensor loss, bool retainGraph)
        {
            Note("backward");
            return null;
        }

        protected override void OnBackwardDone(Tensor loss) => Note("backward-done");

        protected override void OnFault(Exception fault) => Faults++;

        void Note(string line)
        {
            Lines.Add(line);
            if (Faulty) throw new InvalidOperationException(line);
        }
    }

    sealed class Skipper : Watcher
    {
        protected override bool OnStep(Optimizer optimizer) => false;
    }

    sealed class Stopper : Watcher
    {
        protected override void OnStepped(Optimizer optimizer) => throw new StopProgramException();
    }
}
