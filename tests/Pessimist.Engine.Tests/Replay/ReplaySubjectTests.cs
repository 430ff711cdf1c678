using Pessimist.Engine.Replay;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Tests.Replay;

public sealed class ReplaySubjectTests
{
    [Fact]
    public void Taking_the_step_again_computes_what_the_program_computes_on_one_batch()
    {
        var subject = Subject(() => Train(fullBatch: true));
        var trial = subject.Run(new TrialRequest { Seed = 0, Steps = 5 });
        List<double> own = [];
        Train(fullBatch: true, steps: 6, losses: own);
        trial.Losses.ShouldBe(own);
    }

    [Fact]
    public void A_healthy_program_fits_its_first_batch()
    {
        var outcome = Session(() => Train());
        outcome.Verdict.ShouldBe(SingleBatchVerdict.Passes);
    }

    [Fact]
    public void A_missing_zero_grad_is_confirmed_by_putting_it_in() => Session(() => Train(zero: false, hard: true)).Confirmed.ShouldContain(Causes.GradientsNotZeroed);

    [Fact]
    public void A_softmax_before_cross_entropy_is_confirmed_by_leaving_it_out() => Session(() => Train(softmax: true)).Confirmed.ShouldBe([Causes.SoftmaxBeforeCrossEntropy]);

    [Fact]
    public void A_negated_loss_is_confirmed_by_turning_it() => Session(() => Train(sign: -1)).Confirmed.ShouldContain(Causes.LossSignFlipped);

    [Fact]
    public void A_tiny_learning_rate_is_confirmed_by_raising_it() => Session(() => Train(lr: 1e-9)).Confirmed.ShouldBe([Causes.LearningRateTooLow]);

    [Fact]
    public void A_schedule_made_for_epochs_and_stepped_per_batch_is_confirmed_and_not_the_rate() =>
        Session(() => Small(schedule: 0.5)).Confirmed.ShouldBe([Causes.CollapsedLearningRate]);

    [Fact]
    public void Gradients_clipped_to_nothing_are_confirmed_by_leaving_them_as_they_are() => Session(() => Small(clip: 1e-11)).Confirmed.ShouldContain(Causes.AlwaysClippedGradients);

    [Fact]
    public void Layers_that_an_optimizer_holds_and_that_are_frozen_are_a_part_of_the_step()
    {
        var subject = Subject(() => Small(frozen: true));
        subject.Facts.Suspicions.ShouldContain(s => s.Cause == Causes.FrozenParameters);
        subject.Run(new TrialRequest { Seed = 0, Steps = 300, Recipe = Recipe.Of(new Unfreeze()) }).Losses[^1].ShouldBeLessThan(0.5 * subject.Run(new TrialRequest { Seed = 0, Steps = 300 }).Losses[^1]);
    }

    [Fact]
    public void Steps_by_hand_that_are_too_long_are_confirmed_by_shorter_ones() => Session(() => ByHand(rate: 1.5)).Confirmed.ShouldBe([Causes.LearningRateTooHigh]);

    [Fact]
    public void Steps_by_hand_of_a_sensible_length_fit_the_batch() => Session(() => ByHand(rate: 0.1)).Verdict.ShouldBe(SingleBatchVerdict.Passes);

    /// <summary>Random labels of random rows, to be learned by heart.</summary>
    static void Small(double schedule = 1, double clip = 0, bool frozen = false)
    {
        using var outer = Scope.New();
        Rng.Seed(3);
        var x = Tensor.Randn([16, 4]);
        var y = Tensor.RandInt(0, 3, [16]);
        using var body = new Sequential(new Linear(4, 32), new Tanh());
        using var head = new Linear(32, 3);
        using var adam = new Adam([.. body.Parameters(), .. head.Parameters()], lr: 0.02);
        var scheduler = new Scheduler(adam, new StepLR(1, schedule));
        if (frozen) body.RequiresGrad(false);
        for (var i = 0; i < 3; i++)
        {
            using var scope = Scope.New();
            adam.ZeroGrad();
            Loss.CrossEntropy(head.Forward(body.Forward(x)), y).Backward();
            if (clip > 0) GradientClip.ByNorm([.. body.Parameters(), .. head.Parameters()], clip);
            adam.Step();
            if (schedule < 1) scheduler.Step();
        }
    }

    /// <summary>Linear regression without noise; the largest stable rate is about 1.</summary>
    static void ByHand(double rate)
    {
        using var outer = Scope.New();
        Rng.Seed(5);
        var x = Tensor.Randn([64, 4]);
        var y = x.MatMul(Tensor.From<float>([1, -2, 3, -1], 4, 1));
        var w = Tensor.Zeros([4, 1]);
        w.RequiresGrad = true;
        for (var i = 0; i < 3; i++)
        {
            using var scope = Scope.New();
            Loss.Mse(x.MatMul(w), y).Backward();
            using var quiet = Autograd.NoGrad();
            w.SubInPlace(w.Grad! * rate);
            w.Grad = null;
        }
    }

    [Fact]
    public void Two_optimizers_that_take_turns_are_refused_with_the_reason()
    {
        ReplaySubject.Of(() =>
        {
            using var a = new Linear(2, 1);
            using var b = new Linear(1, 1);
            using var first = new SGD(a.Parameters(), lr: 0.1);
            using var second = new SGD(b.Parameters(), lr: 0.1);
            for (var i = 0; i < 3; i++)
            {
                using var scope = Scope.New();
                b.Forward(a.Forward(Tensor.Ones([4, 2]))).Mean().Backward();
                first.Step();
                second.Step();
            }
        }, out var why).ShouldBeNull();
        why.ShouldContain("optimizers");
    }

    [Fact]
    public void A_program_that_never_trains_is_refused_with_the_reason()
    {
        ReplaySubject.Of(() => { }, out var why).ShouldBeNull();
        why.ShouldContain("without a training step");
    }

    [Fact]
    public void A_closer_look_survives_an_output_that_the_loss_does_not_depend_on()
    {
        var subject = Subject(() =>
        {
            using var outer = Scope.New();
            Rng.Seed(0);
            using var net = new Linear(2, 2);
            using var head = new Linear(2, 2);
            using var sgd = new SGD([.. net.Parameters(), .. head.Parameters()], lr: 0.1);
            var x = Tensor.Ones([4, 2]);
            for (var i = 0; i < 3; i++)
            {
                using var scope = Scope.New();
                sgd.ZeroGrad();
                var copy = Tensor.From(net.Forward(x).Detach().ToArray<float>(), 4, 2);
                head.Forward(copy).Square().Mean().Backward();
                sgd.Step();
            }
        });
        subject.LookCloser().OfType<BatchAxisTested>().ShouldBeEmpty();
    }

    static ReplaySubject Subject(Action program) => ReplaySubject.Of(program, out var why) ?? throw new InvalidOperationException(why);

    static SingleBatchOutcome Session(Action program) => SingleBatchSession.Run(Subject(program), 0, _ => { });

    /// <summary>Three blobs, a small network.</summary>
    /// <param name="hard">Blobs that overlap, to be learned by heart.</param>
    static void Train(bool fullBatch = false, int steps = 30, bool zero = true, bool softmax = false, double sign = 1, double lr = 0.05, bool hard = false, List<double>? losses = null)
    {
        using var outer = Scope.New();
        Rng.Seed(7);
        var y = Tensor.From<long>([.. Enumerable.Range(0, 48).Select(i => (long)(i % 3))], 48);
        var random = new Random(1);
        var x = Tensor.From<float>([.. Enumerable.Range(0, 96).Select(i => (float)(3 * Math.Cos(i / 2 % 3 * 2.1 + i % 2 * 1.6) * (hard ? 0.3 : 1) + random.NextDouble()))], 48, 2);
        using var data = new TensorDataset(x, y);
        using var net = new Sequential(new Linear(2, 16), new ReLU(), new Linear(16, 3));
        using var sgd = new SGD(net.Parameters(), lr: lr, momentum: 0.9);
        var loader = new Loader(data, fullBatch ? 48 : 16, shuffle: !fullBatch);
        for (var done = 0; done < steps;)
            foreach (var (inputs, targets) in loader)
            {
                using var scope = Scope.New();
                if (zero) sgd.ZeroGrad();
                var output = net.Forward(inputs);
                if (softmax) output = Functional.Softmax(output, 1);
                var loss = Loss.CrossEntropy(output, targets);
                losses?.Add(loss.Detach().Item<double>());
                (sign == 1 ? loss : loss * sign).Backward();
                sgd.Step();
                if (++done == steps) break;
            }
    }
}
