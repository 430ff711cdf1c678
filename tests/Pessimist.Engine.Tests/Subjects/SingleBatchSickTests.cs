using Pessimist.Checks;
using Pessimist.Data;
using Pessimist.Diagnosis;
using Pessimist.Engine.Subjects;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Tests.Subjects;

/// <summary>What is made sick on purpose is named, the cause first and as confirmed; judged through the checks, as a user sees it.</summary>
public sealed class SingleBatchSickTests
{
    /// <summary>LeNet is slow, and its symptoms show early.</summary>
    static readonly OverfitOptions s_short = new() { Steps = 100, SymptomSteps = 200 };

    static IReadOnlyList<Finding> Findings(TorchSubject subject, OverfitOptions? options = null)
    {
        var run = new Run();
        SingleBatchSession.Run(subject, 0, run.Add, options: options, cancel: TestContext.Current.CancellationToken);
        return Diagnose.Everything(run).Findings;
    }

    static void ShouldConfirm(TorchSubject subject, OverfitOptions? options, params string[] causes)
    {
        var findings = Findings(subject, options);
        findings.Select(f => f.Name).ShouldBe(causes, ignoreOrder: true);
        findings.ShouldAllBe(f => f.Level == Level.Error && f.EvidenceClass == EvidenceClass.Confirmed && f.Confirmation.Contains("2 of 2 seeds", StringComparison.Ordinal));
        findings.SelectMany(f => f.Explains).ShouldContain(code => code.StartsWith("PES90", StringComparison.Ordinal));
    }

    static TrainingSetup Sick(TrainingSetup s, string flag) => flag switch
    {
        "lr 10" => s with { LearningRate = 10 },
        "lr 1e-9" => s with { LearningRate = 1e-9 },
        "zeros" => s with { Init = InitScheme.Zeros },
        "constant" => s with { Init = InitScheme.Constant(0.1) },
        "climb" => s with { LossSign = -1 },
        "decay" => s with { WeightDecay = 100 },
        "adamw" => s with { Optimizer = OptimizerKind.AdamW },
        "sgd" => s with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.05 },
        _ => throw new ArgumentException(flag),
    };

    static TrainingSetup All(TrainingSetup setup, string flags) => flags.Split(" + ").Aggregate(setup, Sick);

    [Theory]
    [InlineData("lr 1e-9", "learning-rate-too-low")]
    [InlineData("zeros", "symmetric-initialization")]
    [InlineData("constant", "symmetric-initialization")]
    [InlineData("climb", "loss-sign-flipped")]
    [InlineData("decay", "excessive-weight-decay")]
    [InlineData("adamw + decay", "excessive-weight-decay")]
    [InlineData("sgd + climb", "loss-sign-flipped")]
    [InlineData("zeros + lr 1e-9", "symmetric-initialization", "learning-rate-too-low")]
    [InlineData("climb + lr 1e-9", "loss-sign-flipped", "learning-rate-too-low")]
    [InlineData("climb + lr 10", "loss-sign-flipped", "learning-rate-too-high")]
    [InlineData("climb + zeros", "loss-sign-flipped", "symmetric-initialization")]
    [InlineData("decay + zeros", "excessive-weight-decay", "symmetric-initialization")]
    public void A_sick_network_on_the_digits_is_named(string flags, params string[] causes) =>
        ShouldConfirm(Samples.DigitsSubject(s => All(s, flags)), null, causes);

    [Theory]
    [InlineData("lr 10", "learning-rate-too-high")]
    [InlineData("zeros", "symmetric-initialization")]
    [InlineData("climb", "loss-sign-flipped")]
    [InlineData("decay", "excessive-weight-decay")]
    [InlineData("lr 10 + zeros", "symmetric-initialization", "learning-rate-too-high")]
    public void A_sick_LeNet_is_named(string flags, params string[] causes) =>
        ShouldConfirm(Samples.PicturesSubject(s => All(s, flags), batch: 16), s_short, causes);

    /// <summary>Raw grey values of LeNet are fitted at the usual rate, and then nothing is wrong with them; the high rate is.</summary>
    [Fact]
    public void Raw_pictures_are_not_blamed_for_a_learning_rate()
    {
        var raw = Samples.Pictures(255);
        ShouldConfirm(Samples.Subject(raw.Take(16, 0), Samples.LeNet, s => s with { LearningRate = 10 }, Samples.Standardized(raw).Take(16, 0)),
            s_short, "learning-rate-too-high");
    }

    [Fact]
    public void Inputs_far_from_zero_are_named()
    {
        var blobs = Samples.Blobs(0);
        var far = blobs.WithInputs([.. blobs.Inputs.Select(v => v * 1e-3f + 1)]);
        var run = new Run();

        var outcome = SingleBatchSession.Run(Samples.Subject(far, d => Samples.Mlp(d), normalized: Samples.Standardized(blobs)), 0, run.Add,
            cancel: TestContext.Current.CancellationToken);

        outcome.Confirmed.ShouldBe([Causes.InputNotNormalized]);
        Diagnose.Everything(run).Findings.ShouldHaveSingleItem().Causes.ShouldContain(c => c.Name == Causes.InputNotNormalized && c.Probability == 1);
    }

    [Fact]
    public void Dropout_of_nearly_everything_is_named() =>
        ShouldConfirm(Samples.Subject(Samples.Digits.Take(32, 0), d => Samples.Mlp(d, 0.98)), null, "excessive-dropout");

    [Fact]
    public void NaN_in_the_inputs_is_the_reason_and_no_setting_is_blamed()
    {
        var digits = Samples.Digits.Take(32, 0);
        var inputs = digits.Inputs.ToArray();
        inputs[100] = float.NaN;
        var run = new Run();

        var outcome = SingleBatchSession.Run(Samples.Subject(digits.WithInputs(inputs), d => Samples.Mlp(d), s => s with { LearningRate = 10 }), 0, run.Add,
            cancel: TestContext.Current.CancellationToken);

        outcome.Verdict.ShouldBe(SingleBatchVerdict.Explodes);
        outcome.Confirmed.ShouldBe([Causes.InputNotFinite]);
    }

    [Fact]
    public void The_first_module_that_overflows_is_named()
    {
        var subject = Samples.DigitsSubject(s => s with { Init = InitScheme.Normal(1e30) });

        OverfitOneBatch.Try(subject, Recipe.AsIs, 0, cancel: TestContext.Current.CancellationToken).Trial.FirstNonFinite
            .ShouldBe(new NonFiniteOrigin(0, "output of layers.3"));
    }

    /// <summary>32 noisy values of one input are more than a healthy network learns by heart.</summary>
    [Fact]
    public void A_batch_that_a_plain_network_cannot_fit_is_made_smaller()
    {
        var random = new Random(3);
        var noise = DataSet.OfValues([.. Enumerable.Range(0, 200).Select(_ => (float)(random.NextDouble() * 3 - 1.5))], [1],
            [.. Enumerable.Range(0, 200).Select(_ => (float)(random.NextDouble() * 3.4 - 1.7))], ["y"]);

        var subject = TorchSubject.Freeze(Samples.Mlp(noise), noise, null, 0, TestContext.Current.CancellationToken);

        subject.Facts.BatchSize.ShouldBeLessThan(32);
        Findings(subject).ShouldBeEmpty();
        TorchSubject.Freeze(Samples.Mlp(Samples.Digits), Samples.Digits, null, 0, TestContext.Current.CancellationToken).Facts.BatchSize.ShouldBe(32);
    }
}
