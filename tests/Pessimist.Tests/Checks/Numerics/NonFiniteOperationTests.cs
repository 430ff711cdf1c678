using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Numerics;

/// <summary>PES701 and PES301 in watched programs.</summary>
public sealed class NonFiniteOperationTests
{
    const string Name = "non-finite-operation";

    static readonly NonFiniteFound s_log = new()
    {
        Step = 30, Place = NonFinitePlace.Forward, Operation = "log", Module = "head", Site = new Site("net.py", 31, "forward"),
        Inputs = [new TensorFacts { Shape = [32, 10], DType = "float32", Min = 0, Max = 1 }], Output = new TensorFacts { Shape = [32, 10], DType = "float32", NonFinite = 4, Max = 0 },
    };

    static double BreaksAt30(int step) => step < 30 ? Falls(step) : double.NaN;

    [Fact]
    public void The_first_operation_is_named_with_its_line_and_its_inputs()
    {
        var finding = Diagnose([.. Loop(40, loss: BreaksAt30), s_log]).Findings.ShouldHaveSingleItem();

        (finding.Code, finding.Level, finding.Message).ShouldBe(("PES701", Level.Error, "log in head makes the first NaN or infinity, at step 30"));
        (finding.Location!.File, finding.Location.Line).ShouldBe(("net.py", 31));
        finding.Evidence[0].Measured.ShouldBe("float32 [32, 10], 0e0 to 1e0");
        finding.Fixes[0].ShouldContain("keep its input above 0");
        finding.Explains.ShouldBe(["PES301"]);
    }

    [Fact]
    public void A_second_run_that_saw_the_line_counts_before_the_first_that_did_not()
    {
        var finding = Diagnose([.. Loop(40, loss: BreaksAt30), s_log with { Operation = null, Site = null, Module = null, Inputs = [], Output = null, Place = NonFinitePlace.Loss }, s_log]).Findings.ShouldHaveSingleItem();

        (finding.Code, finding.Location!.Line).ShouldBe(("PES701", 31));
    }

    static readonly NonFiniteFound s_exp = s_log with { Operation = "exp", Inputs = [new TensorFacts { Shape = [32, 10], DType = "float32", Min = -9000, Max = 4e6 }] };

    [Fact]
    public void A_confirmed_learning_rate_folds_an_overflow() =>
        Diagnose([.. Loop(40, loss: BreaksAt30), s_exp, .. ThreeSeeds(SingleBatchVerdict.Explodes), Experiment("learning-rate-too-high", ExperimentOutcome.Confirmed)])
            .Findings.ShouldHaveSingleItem().Code.ShouldBe("PES501");

    [Fact]
    public void The_logarithm_of_0_is_the_fault_though_a_lower_rate_puts_it_off()
    {
        var finding = Diagnose([.. Loop(40, loss: BreaksAt30), s_log, .. ThreeSeeds(SingleBatchVerdict.Explodes), Experiment("learning-rate-too-high", ExperimentOutcome.Confirmed)]).Findings.ShouldHaveSingleItem();

        (finding.Code, finding.EvidenceClass).ShouldBe(("PES701", EvidenceClass.Proved));
        finding.Explains.ShouldBe(["PES301", "PES501", "PES902"]);
    }

    [Fact]
    public void An_exp_of_sensible_scores_is_the_fault_as_well() =>
        Diagnose([.. Loop(40, loss: BreaksAt30), s_exp with { Inputs = [new TensorFacts { Shape = [32, 10], DType = "float32", Min = -90, Max = 93 }] },
            .. ThreeSeeds(SingleBatchVerdict.Explodes), Experiment("initialization-scale", ExperimentOutcome.Confirmed)]).Findings.ShouldHaveSingleItem().Code.ShouldBe("PES701");

    [Fact]
    public void An_operation_that_overflows_after_everything_has_grown_is_not_to_blame()
    {
        var grown = s_exp with { Operation = "linear", Inputs = [new TensorFacts { Shape = [32, 10], DType = "float32", Min = -6e36, Max = 4e36 }] };
        var result = Diagnose([.. Loop(40, loss: BreaksAt30), grown]);

        result.VerdictOf(Name).ShouldBeOfType<Verdict.NotApplicable>().Why.ShouldContain("6e36");
        result.Findings.ShouldHaveSingleItem().Code.ShouldBe("PES301");
        Diagnose([.. Loop(40, loss: BreaksAt30), s_exp with { Inputs = [new TensorFacts { Shape = [8], DType = "int64", Max = 1e16 }] }]).FindingOf(Name).ShouldNotBeNull();
    }

    [Fact]
    public void Masks_and_steps_that_a_scaler_skipped_are_silent()
    {
        Diagnose([.. Loop(40), s_log with { Spread = false }]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
        Diagnose([.. Loop(3, "Z B K"), s_log with { Place = NonFinitePlace.Backward, Step = 0 }, .. Loop(40)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_bad_loss_that_the_program_got_over_is_silent()
    {
        var result = Diagnose([.. Loop(60, loss: step => step == 30 ? double.PositiveInfinity : Falls(step)), s_log]);
        result.VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
        result.VerdictOf("loss-not-finite").ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_loss_that_stays_NaN_is_found_with_its_line()
    {
        var finding = Diagnose(Loop(40, loss: BreaksAt30)).FindingOf("loss-not-finite").ShouldNotBeNull();

        (finding.Message, finding.Location!.Line).ShouldBe(("the loss became NaN or infinite at step 30", 30));
        Diagnose(Loop(40, loss: BreaksAt30)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void A_place_without_an_operation_and_no_losses_are_not_enough()
    {
        Diagnose([.. Loop(40, loss: BreaksAt30), s_log with { Operation = null }]).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(Loop(40)).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>();
    }
}
