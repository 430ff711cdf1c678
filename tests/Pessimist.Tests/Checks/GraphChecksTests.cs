using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks;

/// <summary>PES205, PES208 and PES405: what one backward pass shows.</summary>
public sealed class GraphChecksTests
{
    static ParameterObserved Parameter(string name, double? gradient, bool wanted = true) => new() { Name = name, Shape = [4, 4], GradientNorm = gradient, RequiresGradient = wanted };

    static BatchAxisTested Batch(double across, double own) => new() { AcrossExamples = across, OwnExample = own };

    [Fact]
    public void Layers_cut_off_from_the_loss_are_named_with_the_place_of_the_cut()
    {
        var result = Diagnose(Parameter("conv1.weight", null), Parameter("conv1.bias", null), Parameter("fc.weight", 0.1));

        var finding = result.Findings.ShouldHaveSingleItem();
        finding.Code.ShouldBe("PES405");
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Message.ShouldBe("no gradient reaches 'conv1.weight', 'conv1.bias'");
        finding.Fixes[0].ShouldContain("between conv1.bias and fc.weight");
    }

    [Fact]
    public void A_frozen_backbone_is_silent() =>
        Diagnose(Parameter("conv1.weight", null, wanted: false), Parameter("fc.weight", 0.1), Parameter("fc.bias", 0)).Findings.ShouldBeEmpty();

    [Fact]
    public void A_layer_that_is_never_called_is_unused()
    {
        var finding = Diagnose(Parameter("fc1.weight", 0.1), Parameter("spare.weight", null), Parameter("fc2.weight", 0.1)).Findings.ShouldHaveSingleItem();

        finding.Code.ShouldBe("PES208");
        finding.Message.ShouldBe("'spare.weight' takes no part in the loss");
    }

    [Fact]
    public void Without_parameters_nothing_is_known()
    {
        Diagnose().VerdictOf("detached-graph").ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf("unused-parameters").ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf("mixed-batch-axis").ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void Examples_that_see_each_other_are_proved() =>
        Diagnose(Batch(0.02, 0.5)).FindingOf("mixed-batch-axis").ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Proved);

    [Fact]
    public void An_output_that_sees_only_another_example_is_proved() => Diagnose(Batch(0.02, 0)).FindingOf("mixed-batch-axis").ShouldNotBeNull();

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1e-9, 0.5)]
    public void Rounding_is_no_mixing(double across, double own) => Diagnose(Batch(across, own)).VerdictOf("mixed-batch-axis").ShouldBeOfType<Verdict.Passed>();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(double.NaN, 1)]
    public void A_network_that_passes_no_gradient_says_nothing(double across, double own) =>
        Diagnose(Batch(across, own)).VerdictOf("mixed-batch-axis").ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
