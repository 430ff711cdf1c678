using Pessimist.Checks;
using Pessimist.Evaluation.References;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks;

/// <summary>PES911 and PES912.</summary>
public sealed class ReferenceChecksTests
{
    const string Differs = "differs-from-reference";
    const string Below = "below-known-result";

    static ReferenceCompared Compared(params double[] differences) => new()
    {
        Reference = "torchvision resnet18", Layers = [.. differences.Select((d, i) => new LayerDifference($"layer{i}", d, 1e-4))], Site = new Site("net.py", 12),
    };

    [Fact]
    public void The_first_layer_that_differs_is_named()
    {
        var finding = Diagnose(Compared(1e-6, 2e-5, 0.3, 7)).FindingOf(Differs).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Message).ShouldBe((Level.Error, EvidenceClass.Proved, "the output of layer2 differs from torchvision resnet18"));
        (finding.Location!.Line, finding.Location.Module).ShouldBe((12, "layer2"));
        finding.Notes.ShouldBe(["the 2 layers before it agree; the last of them is layer1"]);
    }

    [Fact]
    public void A_reason_that_was_confirmed_is_told_with_what_was_computed()
    {
        var finding = Diagnose(Compared(0, 0.3) with { Reason = "layer1 has the opposite sign", Confirmation = "with its sign turned, not a bit of difference is left", Help = "look for a minus sign" }).FindingOf(Differs).ShouldNotBeNull();

        (finding.EvidenceClass, finding.Message).ShouldBe((EvidenceClass.Confirmed, "the output of layer1 differs from torchvision resnet18: layer1 has the opposite sign"));
        (finding.Confirmation, finding.Fixes.Single()).ShouldBe(("with its sign turned, not a bit of difference is left", "look for a minus sign"));
        finding.Notes.ShouldBe(["the layer before it agrees: layer0"]);
    }

    [Fact]
    public void Rounding_is_no_difference_and_NaN_on_one_side_is()
    {
        Diagnose(Compared(1e-6, 9e-5)).VerdictOf(Differs).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Compared(1e-6, double.NaN)).FindingOf(Differs).ShouldNotBeNull();
        Diagnose().VerdictOf(Differs).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Layers_are_compared_up_to_rounding()
    {
        LayerDifference.Of("fc", [1, 100.001f], [1, 100]).Differs.ShouldBeFalse();
        LayerDifference.Of("fc", [1.5f, 100], [1, 100]).Differs.ShouldBeTrue();
        LayerDifference.Of("fc", [float.NegativeInfinity, float.NaN], [float.NegativeInfinity, float.NaN]).Differs.ShouldBeFalse();
        LayerDifference.Of("fc", [1, float.NaN], [1, 2]).Differs.ShouldBeTrue();
        LayerDifference.Of("fc", [1], [1, 2]).ShouldSatisfyAllConditions(d => d.Differs.ShouldBeTrue(), d => d.Note.ShouldBe("1 values against 2"));
    }

    static readonly KnownResultCompared s_known = new() { Name = "LeNet-5 on MNIST", Metric = "accuracy", KnownLow = 0.985, KnownHigh = 0.993, Source = "LeCun 1998", Value = 0.95, Low = 0.945, High = 0.955, Count = 10_000 };

    [Fact]
    public void A_whole_interval_below_the_worst_known_run_is_a_warning()
    {
        var finding = Diagnose(s_known).FindingOf(Below).ShouldNotBeNull();

        (finding.Level, finding.Message).ShouldBe((Level.Warning, "accuracy 0.95 is below what LeNet-5 on MNIST is known to reach"));
        Diagnose(s_known with { Metric = "error", HigherIsBetter = false, KnownLow = 0.007, KnownHigh = 0.015, Value = 0.05, Low = 0.045, High = 0.055 }).FindingOf(Below).ShouldNotBeNull();
    }

    [Fact]
    public void An_interval_that_reaches_it_passes_and_few_examples_say_nothing()
    {
        Diagnose(s_known with { Value = 0.98, High = 0.986 }).VerdictOf(Below).ShouldBeOfType<Verdict.Passed>();
        Diagnose(s_known with { Count = 20 }).VerdictOf(Below).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(s_known with { High = double.NaN }).VerdictOf(Below).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Below).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
