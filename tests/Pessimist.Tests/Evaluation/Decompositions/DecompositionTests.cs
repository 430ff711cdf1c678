using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Decompositions;

public sealed class DecompositionTests
{
    [Fact]
    public void The_playbooks_example_is_underfitting_first_then_overfitting_and_nothing_else()
    {
        // Goal 1 %, train 20 %, validation 27 %, test 28 %.
        var result = Decomposition.Of(new SplitErrors
        {
            Goal = ErrorRate.Exactly(0.01),
            Train = new ErrorRate(10_000, 50_000),
            Validation = new ErrorRate(2_700, 10_000),
            Test = new ErrorRate(2_800, 10_000),
        });
        result.Gaps.Select(g => (g.Term, Math.Round(100 * g.Value, 6), g.Verdict)).ShouldBe(
        [
            ("avoidable-bias", 19.0, GapVerdict.Real),
            ("variance", 7.0, GapVerdict.Real),
            ("validation-overfitting", 1.0, GapVerdict.Negligible),
        ]);
        (result.Gaps.Sum(g => g.Value) + 0.01).ShouldBe(0.28, 1e-12);
        result.Find("avoidable-bias")!.Sentence.ShouldStartWith("underfitting: training error is 19.0 points above the goal (");
    }

    [Fact]
    public void Four_terms_are_read_at_z_2_498()
    {
        var result = Decomposition.Of(Errors(ErrorRate.Exactly(0), 100, 120, 130, 140));
        result.Z.ShouldBe(2.498, 0.0005);
        result.Method.ShouldContain("2.498");
    }

    [Fact]
    public void A_gap_the_examples_cannot_show_is_no_evidence_and_says_what_would_have_been_seen()
    {
        var gap = Decomposition.Of(new SplitErrors { Train = new ErrorRate(5, 200), Validation = new ErrorRate(12, 200) }).Gaps.Single();
        gap.Verdict.ShouldBe(GapVerdict.NoEvidence);
        gap.Detectable.ShouldBe(0.066, 0.005);
        gap.Sentence.ShouldContain("would have been seen");
    }

    [Fact]
    public void A_certain_but_tiny_gap_is_negligible()
    {
        var gap = Decomposition.Of(new SplitErrors { Train = new ErrorRate(290_000, 1_000_000), Validation = new ErrorRate(293_000, 1_000_000) }).Gaps.Single();
        gap.Low.ShouldBeGreaterThan(0);
        gap.Verdict.ShouldBe(GapVerdict.Negligible);
    }

    [Fact]
    public void Overfitting_matters_at_a_small_error_too() =>
        Decomposition.Of(new SplitErrors { Train = new ErrorRate(0, 60_000), Validation = new ErrorRate(60, 10_000) })
            .Gaps.Single().Verdict.ShouldBe(GapVerdict.Real);

    [Fact]
    public void A_gap_of_the_wrong_sign_is_shown_as_it_is_and_never_called()
    {
        var gap = Decomposition.Of(new SplitErrors { Train = new ErrorRate(3000, 10_000), Validation = new ErrorRate(2000, 10_000) }).Gaps.Single();
        gap.Value.ShouldBe(-0.1, 1e-12);
        gap.IsReversed.ShouldBeTrue();
        gap.Verdict.ShouldBe(GapVerdict.Negligible);
        gap.Sentence.ShouldContain("below training error");
    }

    [Fact]
    public void A_shift_is_taken_out_of_validation_overfitting()
    {
        var result = Decomposition.Of(Errors(ErrorRate.Exactly(0.01), 20, 30, 230, 230));
        result.Find("distribution-shift")!.Verdict.ShouldBe(GapVerdict.Real);
        result.Find("validation-overfitting")!.Verdict.ShouldBe(GapVerdict.NoEvidence);
        result.Find("variance")!.Verdict.ShouldBe(GapVerdict.NoEvidence);
    }

    [Fact]
    public void Without_a_goal_there_is_no_bias_term() =>
        Decomposition.Of(new SplitErrors { Train = new ErrorRate(1, 10), Validation = new ErrorRate(1, 10) }).Find("avoidable-bias").ShouldBeNull();

    [Fact]
    public void A_humans_error_has_its_own_uncertainty()
    {
        var counted = Decomposition.Of(Errors(new ErrorRate(2, 100), 50, 50, null, null)).Find("avoidable-bias")!;
        var exact = Decomposition.Of(Errors(ErrorRate.Exactly(0.02), 50, 50, null, null)).Find("avoidable-bias")!;
        (counted.High - counted.Low).ShouldBeGreaterThan(exact.High - exact.Low);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Hardly_any_examples_are_never_evidence(int errors, int count)
    {
        var result = Decomposition.Of(new SplitErrors { Train = new ErrorRate(0, 1), Validation = new ErrorRate(errors, count) });
        result.Gaps.Single().Verdict.ShouldBe(GapVerdict.NoEvidence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void All_right_or_all_wrong_everywhere_leaves_no_gap(int errors) =>
        Decomposition.Of(Errors(null, errors, errors, null, errors)).Gaps.ShouldAllBe(g => g.Verdict != GapVerdict.Real && g.Value == 0);

    [Fact]
    public void Choosing_among_many_configurations_makes_validation_look_better()
    {
        Decomposition.Optimism(0.05, 1000, 50).ShouldBe(0.0193, 0.0001);
        var result = Decomposition.Of(Errors(null, 50, 50, null, 60) with { Configurations = 50 });
        result.Find("validation-overfitting")!.Sentence.ShouldContain("best of 50 configurations alone can make validation look 1.9 points better");
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(1000)]
    public void A_model_without_gaps_raises_few_false_alarms(int count)
    {
        var random = new Random(11);
        const int runs = 500;
        var alarms = 0;
        for (var run = 0; run < runs; run++)
        {
            var result = Decomposition.Of(new SplitErrors
            {
                Goal = ErrorRate.Exactly(0.1), Train = Draw(), Validation = Draw(), TestValidation = Draw(), Test = Draw(),
            });
            if (result.Gaps.Any(g => g.Verdict == GapVerdict.Real)) alarms++;
        }

        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);

        ErrorRate Draw() => new(Enumerable.Range(0, count).Count(_ => random.NextDouble() < 0.1), count);
    }

    static SplitErrors Errors(ErrorRate? goal, int train, int validation, int? testValidation, int? test) => new()
    {
        Goal = goal,
        Train = new ErrorRate(train, 1000),
        Validation = new ErrorRate(validation, 1000),
        TestValidation = testValidation is { } t ? new ErrorRate(t, 1000) : null,
        Test = test is { } e ? new ErrorRate(e, 1000) : null,
    };
}
