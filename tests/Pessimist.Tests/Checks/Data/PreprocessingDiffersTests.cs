using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES120.</summary>
public sealed class PreprocessingDiffersTests
{
    /// <summary>Pictures with pixels 0..1, times a factor, plus an offset, and an end of the range that moves by chance.</summary>
    static BatchObserved Pictures(long step, Phase phase, int? loader, double factor = 1, double offset = 0, double jitter = 0)
    {
        var random = new Random((int)step + 1000 * (loader ?? 7));
        var moved = 1 + jitter * random.NextDouble();
        return Batch(step, phase, loader, Enumerable.Range((int)(8 * step), 8)) with
        {
            Inputs = [Tensor(8, 1, 28, 28) with { Min = offset, Max = moved * factor + offset, Mean = (0.13 + 0.01 * random.NextDouble()) * moved * factor + offset, Std = 0.31 * moved * factor, Hash = $"{step} {loader}" }],
        };
    }

    /// <summary>Rows of three columns with these means and deviations.</summary>
    static BatchObserved Rows(long step, Phase phase, int? loader, double[] means, double[] stds) => Batch(step, phase, loader, Enumerable.Range((int)(8 * step), 8)) with
    {
        Inputs = [Tensor(8, means.Length) with { Min = means.Min() - 2 * stds.Max() - step, Max = means.Max() + 2 * stds.Max() + step, Mean = means.Average(), Std = stds.Average(), Hash = $"{step} {loader}" }],
        ChannelMeans = means,
        ChannelStds = stds,
    };

    static readonly double[] s_zero = [0.1, -0.05, 0.02], s_one = [1, 0.9, 1.1], s_means = [40, 3000, 0.001], s_stds = [12, 900, 0.0002];

    static Verdict Of(IEnumerable<Observation> train, IEnumerable<Observation> evaluated) =>
        Diagnose([Loader(TrainLoader), Loader(ValidationLoader), Loader(2), .. train, .. evaluated]).VerdictOf("preprocessing-differs");

    static IEnumerable<Observation> Times(int count, Func<int, Observation> batch) => Enumerable.Range(0, count).Select(batch);

    [Theory]
    [InlineData(1 / 0.3081, -0.1307 / 0.3081)]
    [InlineData(2, -1)]
    [InlineData(1 / 255.0, 0)]
    [InlineData(255, 0)]
    public void Pictures_scaled_differently_are_proved(double factor, double offset)
    {
        var finding = Of(Times(8, i => Pictures(i, Phase.Train, TrainLoader, factor, offset)), Times(4, i => Pictures(8 + i, Phase.Evaluate, ValidationLoader)))
            .ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldContain("evaluated ones within 0..1: the same data, scaled differently");
        finding.Location!.Line.ShouldBe(11);
    }

    [Fact]
    public void The_same_scale_passes() =>
        Of(Times(8, i => Pictures(i, Phase.Train, TrainLoader)), Times(4, i => Pictures(8 + i, Phase.Evaluate, ValidationLoader))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Augmentation_of_the_brightness_is_silent() =>
        Of(Times(8, i => Pictures(i, Phase.Train, TrainLoader, jitter: 0.8)), Times(4, i => Pictures(8 + i, Phase.Evaluate, ValidationLoader))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void A_rare_end_of_the_range_that_is_missing_is_silent() =>
        Of(Times(8, i => Pictures(i, Phase.Train, TrainLoader)), Times(4, i => Pictures(8 + i, Phase.Evaluate, ValidationLoader))
            .Select(o => o is BatchObserved b ? b with { Inputs = [b.Inputs[0] with { Max = 0.7 }] } : o)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Training_data_evaluated_are_not_compared() =>
        Of(Times(8, i => Pictures(i, Phase.Train, TrainLoader)), Times(4, i => Pictures(8 + i, Phase.Evaluate, TrainLoader, 255))).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    [Fact]
    public void Batches_of_no_loader_count_where_a_loss_is_computed()
    {
        Observation[] train = [.. Times(8, i => Pictures(i, Phase.Train, TrainLoader, 2, -1))], evaluated = [.. Times(4, i => Pictures(8 + i, Phase.Evaluate, null))];

        Of(train, evaluated).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Of(train, [.. evaluated, .. Enumerable.Range(8, 4).Select(s => LossCall(s, Phase.Evaluate, 2))]).ShouldBeOfType<Verdict.Found>();
    }

    [Fact]
    public void A_table_standardized_on_one_side_only_is_a_warning()
    {
        var finding = Of(Times(8, i => Rows(i, Phase.Train, TrainLoader, s_zero, s_one)), Times(4, i => Rows(8 + i, Phase.Evaluate, ValidationLoader, s_means, s_stds)))
            .ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldBe("training inputs are standardized, evaluated ones are not");
        finding.Evidence[0].Measured.ShouldBe("3 of 3");
    }

    [Fact]
    public void Shifted_columns_and_other_test_sets_on_purpose_are_silent()
    {
        Observation[] train = [.. Times(8, i => Rows(i, Phase.Train, TrainLoader, s_zero, s_one))], other = [.. Times(4, i => Rows(8 + i, Phase.Evaluate, 2, s_means, s_stds))];

        Of(train, Times(4, i => Rows(8 + i, Phase.Evaluate, ValidationLoader, [0.5, 2, -1.5], s_one))).ShouldBeOfType<Verdict.Passed>("a shift");
        Of(train, [.. Times(4, i => Rows(8 + i, Phase.Evaluate, ValidationLoader, s_zero, s_one)), .. other]).ShouldBeOfType<Verdict.Passed>("one set agrees");
        Of(Times(8, i => Rows(i, Phase.Train, TrainLoader, [0], [0.5])), Times(4, i => Rows(8 + i, Phase.Evaluate, ValidationLoader, [0], [3]))).ShouldBeOfType<Verdict.Passed>("one column, beyond the training range");
    }

    [Fact]
    public void Token_ids_and_noise_of_another_shape_are_not_compared()
    {
        Of(Times(8, i => Pictures(i, Phase.Train, TrainLoader)).Select(o => o is BatchObserved b ? b with { Inputs = [b.Inputs[0] with { DType = "int64" }] } : o),
            Times(4, i => Pictures(8 + i, Phase.Evaluate, ValidationLoader, 255))).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Of(Times(8, i => Pictures(i, Phase.Train, TrainLoader)), Times(4, i => Rows(8 + i, Phase.Evaluate, ValidationLoader, s_means, s_stds))).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
