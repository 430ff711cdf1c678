using Pessimist.Engine.Watching;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using static Pessimist.Engine.Tests.Watching.Watched;

namespace Pessimist.Engine.Tests.Watching;

public sealed class ProbeLoopTests
{
    [Fact]
    public void Every_move_is_recorded_in_order_with_its_line()
    {
        int made = 0, optimizer = 0, zero = 0, forward = 0, backward = 0, step = 0, scheduled = 0;
        var run = Watched.Run(() =>
        {
            made = Here(); var net = new Linear(3, 2);
            optimizer = Here(); var sgd = new SGD(net.Parameters(), lr: 0.1);
            var scheduler = new Scheduler(sgd, new StepLR(1, 0.5));
            for (var i = 0; i < 6; i++)
            {
                zero = Here(); sgd.ZeroGrad();
                forward = Here(); var loss = Loss.CrossEntropy(net.Forward(Tensor.Randn([4, 3])), Tensor.RandInt(0, 2, [4]));
                backward = Here(); loss.Backward();
                step = Here(); sgd.Step();
                scheduled = Here(); scheduler.Step();
            }
        });
        var third = run.All<LoopEvent>().Where(m => m.Step == 3).ToArray();
        third.Select(m => (m.Action, m.Site?.Line)).ShouldBe(
        [
            (LoopAction.SchedulerStep, scheduled), (LoopAction.ZeroGrad, zero), (LoopAction.Backward, backward), (LoopAction.OptimizerStep, step),
        ]);
        third[2].GradientBefore.ShouldBe(0);
        third[3].LearningRate.ShouldBe(0.0125);
        run.All<ModuleBuilt>().ShouldHaveSingleItem().Site!.Line.ShouldBe(made);
        run.All<ModuleBuilt>().Single().Settings["in_features"].ShouldBe(3);
        run.All<OptimizerBuilt>().ShouldHaveSingleItem().Site!.Line.ShouldBe(optimizer);
        run.All<LossObserved>().First().Site!.Line.ShouldBe(forward);
        run.All<PassObserved>().First().Site!.Line.ShouldBe(forward);
        run.All<LossObserved>().First().Site!.Function.ShouldBe(nameof(Every_move_is_recorded_in_order_with_its_line));
        run.All<SchedulerBuilt>().ShouldHaveSingleItem().Type.ShouldBe("StepLR");
        run.All<ProgramEnded>().Single().Steps.ShouldBe(6);
    }

    [Fact]
    public void A_module_of_the_users_own_is_constructed_where_new_is_called()
    {
        var line = 0;
        var run = Watched.Run(() =>
        {
            line = Here(); var net = new TwoLayers();
            net.Forward(Tensor.Randn([2, 3]));
        });
        run.All<ModuleBuilt>().Single(m => m.Name.Length == 0).Site!.Line.ShouldBe(line);
        run.All<ModuleBuilt>().Single(m => m.Name == "first").Site!.Line.ShouldNotBe(line);
    }

    [Fact]
    public void Evaluation_is_told_from_training_by_what_backward_goes_through()
    {
        var run = Watched.Run(() =>
        {
            var net = new Linear(3, 2);
            var sgd = new SGD(net.Parameters());
            var (x, y) = (Tensor.Randn([4, 3]), Tensor.RandInt(0, 2, [4]));
            for (var i = 0; i < 8; i++)
            {
                sgd.ZeroGrad();
                Loss.CrossEntropy(net.Forward(x), y).Backward();
                sgd.Step();
                // Gradients were left on by mistake.
                _ = Loss.CrossEntropy(net.Forward(x[1..3]), y[1..3]);
            }
        });
        run.All<PassObserved>().Where(p => p.Examples == 4).ShouldAllBe(p => p.Phase == Phase.Train);
        var held = run.All<PassObserved>().Where(p => p.Examples == 2).ToArray();
        held.ShouldAllBe(p => p.Phase == Phase.Evaluate && p.GradientsOn);
        held.Length.ShouldBe(8);
        run.All<LossObserved>().Where(l => l.Input!.Shape[0] == 2).ShouldAllBe(l => l.Phase == Phase.Evaluate);
        run.All<LossObserved>().Count(l => l.Phase == Phase.Train).ShouldBe(8);
    }

    [Fact]
    public void A_teacher_without_gradients_takes_part_in_training()
    {
        var run = Watched.Run(() =>
        {
            Module teacher = new Linear(3, 2), student = new Linear(3, 2);
            var sgd = new SGD(student.Parameters());
            for (var i = 0; i < 12; i++)
            {
                var x = Tensor.Randn([4, 3]);
                Tensor wanted;
                using (Autograd.NoGrad()) wanted = teacher.Forward(x);
                sgd.ZeroGrad();
                Loss.Mse(student.Forward(x), wanted).Backward();
                sgd.Step();
            }
        });
        run.All<PassObserved>().ShouldAllBe(p => p.Phase == Phase.Train);
        run.All<PassObserved>().Where(p => !p.GradientsOn).Sum(p => p.Passes).ShouldBe(12);
    }

    [Fact]
    public void What_begins_later_in_a_program_is_understood_as_well()
    {
        var run = Watched.Run(() =>
        {
            Module backbone = new Linear(3, 4), head = new Linear(4, 2), teacher = new Linear(3, 2);
            Train(teacher, 20, x => teacher.Forward(x), (output, y) => Loss.CrossEntropy(output, y));
            teacher.Eval();
            backbone.Eval();
            backbone.RequiresGrad(false);
            Train(head, 20, x => head.Forward(backbone.Forward(x)), (output, y) => Loss.CrossEntropy(output, y));
            var student = new Linear(3, 2);
            Tensor? last = null;
            Train(student, 20, x => student.Forward(last = x), (output, _) =>
            {
                Tensor wanted;
                using (Autograd.NoGrad()) wanted = Functional.Softmax(teacher.Forward(last!), 1);
                return Loss.KlDivergence(Functional.LogSoftmax(output, 1), wanted);
            });
        });
        run.All<PassObserved>().ShouldAllBe(p => p.Phase == Phase.Train);
        run.All<LossObserved>().ShouldAllBe(l => l.Phase == Phase.Train);
        run.All<PassObserved>().Where(p => !p.GradientsOn).Sum(p => p.Passes).ShouldBe(20);

        static void Train(Module trained, int steps, Func<Tensor, Tensor> forward, Func<Tensor, Tensor, Tensor> lossOf)
        {
            var sgd = new SGD(trained.Parameters());
            for (var i = 0; i < steps; i++)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                lossOf(forward(Tensor.Randn([4, 3])), Tensor.RandInt(0, 2, [4])).Backward();
                sgd.Step();
            }
        }
    }

    [Fact]
    public void Passes_whose_gradients_are_asked_for_are_training()
    {
        var run = Watched.Run(() => Programs.All["double backward"]());
        run.All<PassObserved>().ShouldAllBe(p => p.Phase == Phase.Train);
    }

    [Fact]
    public void A_program_that_steps_by_hand_is_thinned_too()
    {
        var run = Watched.Run(() =>
        {
            var net = new Linear(2, 1);
            for (var i = 0; i < 1000; i++)
            {
                using var scope = Scope.New();
                net.ZeroGrad();
                Loss.Mse(net.Forward(Tensor.Ones([2, 2])), Tensor.Zeros([2, 1])).Backward();
                using var quiet = Autograd.NoGrad();
                foreach (var parameter in net.Parameters()) parameter.SubInPlace(parameter.Grad! * 0.01);
            }
        });
        run.All<OperationSeen>().Count().ShouldBeLessThan(100);
        run.All<LoopEvent>().Count(m => m.Action == LoopAction.Backward).ShouldBeInRange(100, 500);
        run.All<PassObserved>().Sum(p => p.Passes).ShouldBe(1000);
    }

    [Fact]
    public void The_loss_of_every_step_is_told_once_with_its_moves_or_without()
    {
        var run = Watched.Run(() =>
        {
            var net = new Linear(2, 1);
            using var sgd = new SGD(net.Parameters(), 0.01);
            for (var i = 0; i < 1000; i++)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.Mse(net.Forward(Tensor.Ones([2, 2])), Tensor.Zeros([2, 1])).Backward();
                sgd.Step();
            }
        });
        var told = run.All<LoopEvent>().Where(m => m.Action == LoopAction.Backward).Select(m => m.Step)
            .Concat(run.All<LossesFollowed>().SelectMany(f => f.Values.Select((_, i) => f.Step + i)));
        told.Order().ShouldBe(Enumerable.Range(0, 1000).Select(i => (long)i));
        run.All<LossesFollowed>().SelectMany(f => f.Values).ShouldAllBe(loss => loss >= 0);
    }

    [Fact]
    public void A_GAN_trains_both_networks()
    {
        var run = Watched.Run(() => Programs.Gan());
        run.All<PassObserved>().ShouldAllBe(p => p.Phase == Phase.Train);
        run.All<LoopEvent>().Where(m => m.Action == LoopAction.OptimizerStep).Select(m => m.Subject).Distinct().ShouldBe([1, 0]);
        run.All<ParameterObserved>().Where(p => p.Model == 0).ShouldAllBe(p => p.GradientNorm > 0 && p.Optimizers!.Single() == 0);
        run.All<ParameterObserved>().Where(p => p.Model == 1).ShouldAllBe(p => p.GradientNorm > 0 && p.Optimizers!.Single() == 1);
    }

    [Fact]
    public void Modes_of_dropout_and_batch_norm_are_those_that_ran()
    {
        var run = Watched.Run(() =>
        {
            var net = new Sequential(new Linear(3, 4), new BatchNorm1d(4), new Dropout(0.5), new Linear(4, 2));
            var sgd = new SGD(net.Parameters());
            for (var i = 0; i < 3; i++)
            {
                sgd.ZeroGrad();
                net.Forward(Tensor.Randn([4, 3])).Sum().Backward();
                sgd.Step();
            }

            net.Eval();
            using var quiet = Autograd.NoGrad();
            net.Forward(Tensor.Randn([4, 3]));
        });
        var (train, evaluate) = (run.All<PassObserved>().First(), run.All<PassObserved>().Last());
        train.DropoutsOn.ShouldBe(["2"]);
        train.BatchNormsOnBatch.ShouldBe(["1"]);
        evaluate.DropoutsOff.ShouldBe(["2"]);
        evaluate.BatchNormsOnRunning.ShouldBe(["1"]);
        (evaluate.Training, evaluate.GradientsOn).ShouldBe((false, false));
        run.All<LoopEvent>().ShouldContain(m => m.Action == LoopAction.Eval && m.Subject == 0);
    }

    [Fact]
    public void Batches_carry_where_they_come_from_and_what_is_in_them()
    {
        var run = Watched.Run(() =>
        {
            var net = new Linear(2, 3);
            var sgd = new SGD(net.Parameters());
            var loader = new Loader(TensorDataset.From(Enumerable.Range(0, 12).Select(i => (float)i).ToArray(), [2], [0, 1, 2, 0, 1, 2]), batchSize: 3, shuffle: false);
            for (var epoch = 0; epoch < 2; epoch++)
                foreach (var (x, y) in loader)
                {
                    sgd.ZeroGrad();
                    Loss.CrossEntropy(net.Forward(x / 10), y).Backward();
                    sgd.Step();
                }
        });
        var batches = run.All<BatchObserved>().ToArray();
        batches.Select(b => (b.Epoch, b.Index)).ShouldBe([(0, 0), (0, 1), (1, 0), (1, 1)]);
        batches[0].LabelOrder.ShouldBe([0, 1, 2]);
        batches[0].Labels["1"].ShouldBe(1);
        batches[0].Inputs[0].Max!.Value.ShouldBe(0.5, 1e-6);
        batches[0].Examples.ShouldBe(batches[2].Examples);
        batches[0].Examples.ShouldNotBe(batches[1].Examples);
        batches[0].ChannelMeans.ShouldBe([0.2, 0.3], 1e-6);
        run.All<LoaderBuilt>().ShouldHaveSingleItem().Shuffles.ShouldBe(false);
        run.All<LoopEvent>().Count(m => m.Action == LoopAction.Epoch).ShouldBe(2);
    }

    [Fact]
    public void A_long_run_is_thinned_and_keeps_its_end()
    {
        var run = Watched.Run(() =>
        {
            var net = new Linear(2, 1);
            var sgd = new SGD(net.Parameters(), lr: 0.01);
            for (var i = 0; i < 3000; i++)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                Loss.Mse(net.Forward(Tensor.Ones([2, 2])), Tensor.Zeros([2, 1])).Backward();
                sgd.Step();
            }
        });
        var backwards = run.All<LoopEvent>().Where(m => m.Action == LoopAction.Backward).ToArray();
        backwards.Length.ShouldBeInRange(150, 800);
        backwards[^1].Step.ShouldBe(2999);
        run.All<PassObserved>().Sum(p => p.Passes).ShouldBe(3000);
        run.Observations.Count.ShouldBeLessThan(6000);
    }

    [Fact]
    public void A_probe_attached_to_a_network_ends_when_disposed_of()
    {
        using var scope = Scope.New();
        using var net = new Mlp(3, 4, 2);
        using var sgd = new SGD(net.Parameters());
        var run = new Run();
        using (Probe.Attach(net, sgd, run)) Step();
        Step();
        run.All<LoopEvent>().Count(m => m.Action == LoopAction.OptimizerStep).ShouldBe(1);
        run.All<ParameterObserved>().Count().ShouldBe(net.Parameters().Count);
        run.Observations[^1].ShouldBeOfType<ProgramEnded>().Steps.ShouldBe(1);

        void Step()
        {
            net.Forward(Tensor.Randn([2, 3])).Sum().Backward();
            sgd.Step();
        }
    }

    sealed class TwoLayers : Module
    {
        public Linear First { get; } = new(3, 4);
        public Linear Second { get; } = new(4, 2);

        protected override Tensor Compute(Tensor input) => Second.Forward(First.Forward(input));
    }
}
