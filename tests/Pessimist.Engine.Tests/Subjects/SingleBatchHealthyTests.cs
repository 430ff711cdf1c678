using Pessimist.Diagnosis;
using Pessimist.Engine.Subjects;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch.Models;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Tests.Subjects;

/// <summary>Healthy programs, common and odd: nothing is found, and no experiment is even run.</summary>
public sealed class SingleBatchHealthyTests
{
    static SingleBatchOutcome ShouldBeSilent(TorchSubject subject)
    {
        var run = new Run();
        var outcome = SingleBatchSession.Run(subject, 0, run.Add, cancel: TestContext.Current.CancellationToken);
        outcome.Verdict.ShouldBe(SingleBatchVerdict.Passes, string.Join("; ", outcome.Attempts.Select(a => a.Curve.Because)));
        outcome.Experiments.ShouldBeEmpty();
        Diagnose.Everything(run).Findings.ShouldBeEmpty();
        return outcome;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_digits_pass_with_any_seed(int seed) => ShouldBeSilent(Samples.DigitsSubject(seed: seed));

    [Fact]
    public void LeNet_passes() => ShouldBeSilent(Samples.PicturesSubject());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Three_classes_in_the_plane_pass(int seed) =>
        ShouldBeSilent(TorchSubject.Freeze(Samples.Mlp(Samples.Blobs(seed)), Samples.Standardized(Samples.Blobs(seed)), null, 0, TestContext.Current.CancellationToken));

    [Theory]
    [InlineData(0, 32)]
    [InlineData(1, 32)]
    [InlineData(2, 4)]
    [InlineData(3, 2)]
    public void Regression_passes_on_batches_of_any_size(int seed, int count) =>
        ShouldBeSilent(Samples.Subject(Samples.Numbers(seed, count: count), d => Samples.Mlp(d)));

    [Fact]
    public void Regression_on_tiny_targets_passes() => ShouldBeSilent(Samples.Subject(Samples.Numbers(0, unit: 1e-3), d => Samples.Mlp(d)));

    [Theory]
    [InlineData("dropout")]
    [InlineData("sgd")]
    [InlineData("adamw with 0.01")]
    [InlineData("lr 0.01")]
    [InlineData("pytorch init")]
    [InlineData("normal 1")]
    [InlineData("float64")]
    [InlineData("linear")]
    public void Odd_but_right_settings_pass(string what)
    {
        var digits = Samples.Digits;
        ShouldBeSilent(TorchSubject.Freeze(what switch
        {
            "dropout" => Samples.Mlp(digits, 0.5),
            "sgd" => Samples.Mlp(digits) with { Optimizer = OptimizerKind.Sgd, LearningRate = 0.1 },
            "adamw with 0.01" => Samples.Mlp(digits) with { Optimizer = OptimizerKind.AdamW, WeightDecay = 0.01 },
            "lr 0.01" => Samples.Mlp(digits) with { LearningRate = 0.01 },
            "pytorch init" => Samples.Mlp(digits) with { Init = InitScheme.PyTorch },
            "normal 1" => Samples.Mlp(digits) with { Init = InitScheme.Normal(1) },
            "float64" => Samples.Mlp(digits) with { DType = Pessimist.Torch.DType.Float64 },
            _ => Samples.Mlp(digits) with { ModelName = "linear", Create = init => new LinearModel(64, 10, init) },
        }, digits, null, 0, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Raw_pixels_that_are_fitted_all_the_same_pass() =>
        ShouldBeSilent(Samples.Subject(Samples.RawDigits.Take(32, 0), d => Samples.Mlp(d), normalized: Samples.Digits.Take(32, 0)));

    [Fact]
    public void Equal_pictures_with_different_labels_pass_at_their_floor()
    {
        var digits = Samples.Digits.Take(32, 0);
        var inputs = digits.Inputs.ToArray();
        for (var i = 0; i < 4; i++) Array.Copy(inputs, 0, inputs, i * 64, 64);

        var outcome = ShouldBeSilent(Samples.Subject(digits.WithInputs(inputs), d => Samples.Mlp(d)));

        outcome.Attempts[0].Trial.FinalError!.Value.ShouldBeGreaterThan(0);
    }
}
