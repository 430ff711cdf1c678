using Pessimist.Experiments;
using Pessimist.Observations;
using static Pessimist.Tests.Experiments.FakeCurve;

namespace Pessimist.Tests.Experiments;

public sealed class DecisionProcedureTests
{
    /// <summary>What most networks do.</summary>
    static FakeCurve Usual(FakeSettings s, int seed) =>
        s.LossFactor < 0 ? Up
        : s.Init == "zeros" ? Flat
        : s.LearningRate > 1 ? Oscillates
        : s.LearningRate < 1e-6 ? Flat
        : s.WeightDecay > 1 ? Flat
        : s.Dropout > 0.9 ? Partly
        : Fits;

    static (ExperimentContext Context, IReadOnlyList<ExperimentFinished> Finished) Diagnose(FakeSubject subject)
    {
        var context = new ExperimentContext(subject, [.. Enumerable.Range(0, 3).Select(seed => OverfitOneBatch.Try(subject, Recipe.AsIs, seed, cancel: TestContext.Current.CancellationToken))], cancel: TestContext.Current.CancellationToken);
        return (context, DecisionProcedure.Run(context));
    }

    static string[] Confirmed(FakeSubject subject) => [.. Diagnose(subject).Context.Confirmed];

    [Fact]
    public void The_learning_rate_that_is_too_high_is_confirmed_with_one_that_works()
    {
        var (_, finished) = Diagnose(new FakeSubject(new() { LearningRate = 10 }, Usual));

        var cause = finished.Single(e => e.Outcome == ExperimentOutcome.Confirmed);
        cause.Cause.ShouldBe(Causes.LearningRateTooHigh);
        cause.Found.ShouldBe(10);
        cause.Proven.ShouldBe(3e-4);
        cause.Confirmation.ShouldNotBeNull().ShouldContain("with lr 0.0003 the batch is fitted");
        cause.Confirmation.ShouldContain("2 of 2 seeds");
    }

    [Fact]
    public void The_learning_rate_that_is_too_low_is_confirmed() =>
        Confirmed(new FakeSubject(new() { LearningRate = 1e-9 }, Usual)).ShouldBe([Causes.LearningRateTooLow]);

    [Fact]
    public void The_flipped_sign_is_confirmed() =>
        Confirmed(new FakeSubject(new() { LossFactor = -1 }, Usual)).ShouldBe([Causes.LossSignFlipped]);

    [Fact]
    public void Excessive_weight_decay_is_confirmed() =>
        Confirmed(new FakeSubject(new() { WeightDecay = 100 }, Usual)).ShouldBe([Causes.ExcessiveWeightDecay]);

    [Fact]
    public void Excessive_dropout_is_confirmed() =>
        Confirmed(new FakeSubject(new() { Dropout = 0.95 }, Usual)).ShouldBe([Causes.ExcessiveDropout]);

    [Fact]
    public void Raw_inputs_are_confirmed() =>
        Confirmed(new FakeSubject(new() { Normalized = false }, (s, _) => s.Normalized ? Fits : Flat)).ShouldBe([Causes.InputNotNormalized]);

    [Fact]
    public void Equal_units_make_a_bad_start_a_symmetric_one()
    {
        static Trial Equal(Trial t) => t with
        {
            Parameters = [.. new[] { ("fc1.weight", true), ("fc1.bias", false), ("fc2.weight", true), ("fc2.bias", false) }
                .Select(p => new ParameterTrace(p.Item1, [0.1], [0.01], p.Item1 == "fc1.weight", p.Item2))],
        };

        Confirmed(new FakeSubject(new() { Init = "zeros" }, Usual) { Also = Equal }).ShouldBe([Causes.SymmetricInitialization]);
        Confirmed(new FakeSubject(new() { Init = "zeros" }, Usual)).ShouldBe([Causes.InitializationScale]);
    }

    [Fact]
    public void Explosions_that_end_in_float64_are_a_matter_of_precision() =>
        Confirmed(new FakeSubject(new(), (s, _) => s.Float64 ? Fits : NotFinite)).ShouldBe([Causes.PrecisionTooLow]);

    [Fact]
    public void Harmless_settings_are_not_blamed() =>
        Confirmed(new FakeSubject(new() { LearningRate = 10, WeightDecay = 0.01, Dropout = 0.2, Init = "normal:0.1" }, Usual))
            .ShouldBe([Causes.LearningRateTooHigh]);

    [Fact]
    public void Two_causes_are_both_found()
    {
        var (context, finished) = Diagnose(new FakeSubject(new() { LearningRate = 1e-9, LossFactor = -1 },
            (s, _) => s.LearningRate < 1e-6 ? Flat : s.LossFactor < 0 ? Up : Fits));

        context.Confirmed.ShouldBe([Causes.LossSignFlipped, Causes.LearningRateTooLow], ignoreOrder: true);
        finished.Where(e => e.Outcome == ExperimentOutcome.Confirmed).ShouldAllBe(e => e.Confirmation!.Contains(" and "));
    }

    [Fact]
    public void Three_causes_are_all_found() =>
        Confirmed(new FakeSubject(new() { LearningRate = 10, WeightDecay = 100, LossFactor = -1 }, Usual))
            .ShouldBe([Causes.LossSignFlipped, Causes.LearningRateTooHigh, Causes.ExcessiveWeightDecay], ignoreOrder: true);

    /// <summary>lr 0.1 does harm from every start; the small init is fine, though the default one happens to survive lr 0.1.</summary>
    [Fact]
    public void Of_two_undoings_that_help_the_one_that_is_odd_among_the_defaults_is_the_cause()
    {
        static FakeCurve World(FakeSettings s, int seed) => s.LearningRate >= 0.1 && s.Init is not null ? Oscillates : s.Init == "normal:9" ? Flat : Fits;
        var (context, _) = Diagnose(new FakeSubject(new() { LearningRate = 0.1, Init = "normal:0.5" }, World));

        context.Confirmed.ShouldBeEmpty();
        context.Finished.Count(e => e.Outcome == ExperimentOutcome.Consistent && e.Reading.Contains("only together with", StringComparison.Ordinal)).ShouldBe(2);

        static FakeCurve Odd(FakeSettings s, int seed) => s.LearningRate >= 0.1 && (s.Init is not null || s.WeightDecay == 0) ? Oscillates : Fits;
        Confirmed(new FakeSubject(new() { LearningRate = 0.1, Init = "normal:0.5" }, Odd)).ShouldBe([Causes.LearningRateTooHigh]);
    }

    [Fact]
    public void One_seed_is_not_enough_to_confirm() =>
        Confirmed(new FakeSubject(new() { LearningRate = 10 }, (s, seed) => s.LearningRate > 1 ? Oscillates : seed == 0 ? Fits : Flat)).ShouldBeEmpty();

    [Fact]
    public void A_default_rate_that_fails_is_blamed_only_when_another_works()
    {
        var (context, finished) = Diagnose(new FakeSubject(new(), (s, _) => s.LearningRate <= 1e-4 ? Fits : Oscillates));

        context.Confirmed.ShouldBe([Causes.LearningRateTooHigh]);
        finished[^1].Proven.ShouldBe(1e-4);
    }

    [Fact]
    public void A_default_rate_is_never_called_too_low()
    {
        var (context, finished) = Diagnose(new FakeSubject(new(), (s, _) => s.LearningRate >= 0.01 ? Fits : Flat));

        context.Confirmed.ShouldBeEmpty();
        finished.Single(e => e.Id == "learning-rate-ladder").ShouldSatisfyAllConditions(
            e => e.Outcome.ShouldBe(ExperimentOutcome.Consistent), e => e.Confirmation.ShouldBeNull(), e => e.Proven.ShouldBe(0.01));
    }

    [Fact]
    public void A_default_rate_is_not_suspected_while_a_deviation_explains_the_symptom() =>
        Confirmed(new FakeSubject(new() { Init = "normal:5" }, (s, _) => s.Init is null || s.LearningRate >= 0.01 ? Fits : Flat))
            .ShouldBe([Causes.InitializationScale]);

    [Fact]
    public void Without_a_cause_the_reference_halves_the_search()
    {
        var program = Diagnose(new FakeSubject(new(), (s, _) => s.Reference ? Fits : Flat));
        program.Context.Confirmed.ShouldBeEmpty();
        program.Finished.Single(e => e.Id == "reference-model").Cause.ShouldBe(Causes.FaultInModel);

        var data = Diagnose(new FakeSubject(new(), (_, _) => Flat));
        data.Context.Confirmed.ShouldBeEmpty();
        data.Finished.Single(e => e.Id == "reference-model").Cause.ShouldBe(Causes.FaultInData);
    }

    [Fact]
    public void Unsupported_interventions_are_left_out() =>
        Diagnose(new FakeSubject(new() { LearningRate = 10 }, Usual) { Can = i => i is not SetLearningRate }).Finished
            .ShouldNotContain(e => e.Id == "learning-rate-ladder");

    [Fact]
    public void A_batch_that_changes_is_the_first_and_last_answer()
    {
        var (context, finished) = Diagnose(new FakeSubject(new() { LearningRate = 10 }, Usual) { Also = t => t with { FirstHash = "a1", LastHash = "b2" } });

        finished.Count.ShouldBe(1);
        context.Confirmed.ShouldBe([Causes.BatchNotFrozen]);
    }

    [Fact]
    public void Bad_inputs_are_named_before_anything_is_trained()
    {
        var subject = new FakeSubject(new(), (_, _) => NotFinite) { Also = t => t with { FirstNonFinite = new NonFiniteOrigin(0, "input") } };

        Confirmed(subject).ShouldBe([Causes.InputNotFinite]);
        subject.Trainings.ShouldBe(3);
    }

    [Fact]
    public void An_unlisted_sign_is_turned_when_the_update_points_uphill()
    {
        var subject = new FakeSubject(new() { LossFactor = -1 }, Usual)
        {
            Facts = new SubjectFacts { Classification = true, KnowNothingLoss = Math.Log(10) },
            Direction = s => new DirectionProbe(2.3, [(1, 2.3 + 0.1 * -s.LossFactor)], s.LossFactor * 0.4, 0.1, 1),
        };

        Confirmed(subject).ShouldBe([Causes.LossSignFlipped]);
    }

    [Fact]
    public void A_step_that_is_too_long_rises_along_all_of_the_update_only()
    {
        var subject = new FakeSubject(new() { LearningRate = 10 }, Usual)
        {
            Direction = _ => new DirectionProbe(2.3, [(1, 900), (0.1, 40), (0.01, 2.9), (0.001, 2.2)], 0.3, 1000, 1),
        };

        Diagnose(subject).Finished.Single(e => e.Id == "direction-test").ShouldSatisfyAllConditions(
            e => e.Outcome.ShouldBe(ExperimentOutcome.Consistent), e => e.Cause.ShouldBe(Causes.LearningRateTooHigh));
    }

    [Theory]
    [InlineData(Fits)]
    [InlineData(Falls)]
    public void Nothing_is_tried_on_a_batch_that_is_fitted_or_still_falls(object curve)
    {
        var subject = new FakeSubject(new() { LearningRate = 10 }, (_, _) => (FakeCurve)curve);

        Diagnose(subject).Finished.ShouldBeEmpty();
        subject.Trainings.ShouldBe(3);
    }

    [Fact]
    public void One_unlucky_seed_of_three_is_no_symptom() =>
        Diagnose(new FakeSubject(new() { LearningRate = 10 }, (_, seed) => seed == 1 ? Flat : Fits)).Finished.ShouldBeEmpty();

    [Fact]
    public void A_cancelled_procedure_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        var subject = new FakeSubject(new() { LearningRate = 10 }, Usual);
        Attempt[] baseline = [OverfitOneBatch.Try(subject, Recipe.AsIs, 0, cancel: TestContext.Current.CancellationToken)];

        Should.Throw<OperationCanceledException>(() => DecisionProcedure.Run(new ExperimentContext(subject, baseline, cancel: source.Token)));
    }

    [Fact]
    public void The_same_training_is_never_run_twice()
    {
        var seen = new HashSet<(FakeSettings, int)>();
        var subject = new FakeSubject(new() { LearningRate = 10, WeightDecay = 100, Init = "zeros" }, (s, seed) =>
        {
            // Once for the watched steps, which are another kind of run.
            if (!seen.Add((s, seed)) && !(s is { LearningRate: 10, WeightDecay: 100, Init: "zeros" } && seed == 0)) throw new InvalidOperationException("again");
            return Usual(s, seed);
        });

        Confirmed(subject).Length.ShouldBe(3);
    }
}
