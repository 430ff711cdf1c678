using MathNet.Numerics.Distributions;
using Pessimist.Evaluation;

namespace Pessimist.Tests.Evaluation.Dependence;

public sealed class LabelDependenceTests
{
    [Fact]
    public void Real_digits_belong_to_their_labels()
    {
        var result = Test(DigitsSample.Rows.Labels);
        result.Verdict.ShouldBe(LabelVerdict.Depends);
        result.Agreement.ShouldBe(0.96, 0.02);
        result.NullMean.ShouldBe(0.1, 0.005);
        result.P.ShouldBe(1 / 201.0, 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shuffled_digits_are_independent_by_two_tests(int seed)
    {
        var result = Test(DigitsSample.Shuffled(seed));
        result.Verdict.ShouldBe(LabelVerdict.Independent);
        result.AssociationP.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(7)]
    public void Labels_moved_by_some_rows_are_found_where_they_are(int rows)
    {
        // The digits come in repeating sequences, so even misplaced labels agree a little: the peak decides, not its surroundings.
        var labels = Moved(DigitsSample.Rows.Labels, 0, DigitsSample.Rows.Count, rows);
        var result = Test(labels);
        result.Verdict.ShouldBe(LabelVerdict.ShiftedBy);
        result.Shift.ShouldBe(rows);
        result.Reason.ShouldContain(rows > 0 ? "below" : "above");
    }

    [Fact]
    public void A_shuffled_stretch_is_found()
    {
        var labels = (int[])DigitsSample.Rows.Labels.Clone();
        new Random(1).Shuffle(labels.AsSpan(500, 400));
        var result = Test(labels);
        result.Verdict.ShouldBe(LabelVerdict.PartlyBlock);
        result.Range!.Value.First.ShouldBeInRange(390, 610);
        result.Range.Value.Last.ShouldBeInRange(790, 1010);
        result.Shift.ShouldBeNull();
    }

    [Fact]
    public void A_stretch_moved_by_one_row_is_found_with_its_shift()
    {
        var result = Test(Moved(DigitsSample.Rows.Labels, 900, 1797, 1));
        result.Verdict.ShouldBe(LabelVerdict.PartlyBlock);
        result.Shift.ShouldBe(1);
        result.Range!.Value.Last.ShouldBe(1796);
    }

    [Fact]
    public void Data_sorted_by_class_is_no_finding()
    {
        var order = Enumerable.Range(0, DigitsSample.Rows.Count).OrderBy(i => DigitsSample.Rows.Labels[i]).ToArray();
        var sorted = DigitsSample.Rows.Select(order);
        LabelDependenceTest.ForClasses(sorted.Features, sorted.Labels).Verdict.ShouldBe(LabelVerdict.Depends);
    }

    [Fact]
    public void A_hard_class_in_one_place_is_no_block()
    {
        // Class 2 looks like noise over the others and fills the last fifth, with a few others strewn in.
        var random = new Random(4);
        var rows = Simulated.Classes(1500, 5, 3, 6, seed: 4);
        var order = Enumerable.Range(0, rows.Count).OrderBy(i => rows.Labels[i] == 2 ? 1 + random.NextDouble() * 0.1 : random.NextDouble()).ToArray();
        foreach (var i in order.Where(i => rows.Labels[i] == 2))
            for (var j = 0; j < 5; j++) rows.Features.Values[i * 5 + j] = (float)Normal.Sample(random, 0, 3);
        var sorted = rows.Select(order);
        LabelDependenceTest.ForClasses(sorted.Features, sorted.Labels).Verdict.ShouldBe(LabelVerdict.Depends);
    }

    [Theory]
    [InlineData("one feature in five at 65 %")]
    [InlineData("exclusive or")]
    [InlineData("distance from 0")]
    [InlineData("many weak features")]
    [InlineData("rare class and tied rows")]
    public void Weak_but_real_dependence_is_never_called_independent(string kind)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var random = new Random(seed);
            var (features, labels) = Draw(kind, random);
            LabelDependenceTest.ForClasses(features, labels, new LabelDependenceOptions { Seed = seed }).Verdict
                .ShouldBeOneOf(LabelVerdict.Depends, LabelVerdict.NotEnoughEvidence);
        }
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(1000)]
    public void Random_labels_are_seldom_called_dependent(int count)
    {
        var runs = count == 1000 ? 60 : 120;
        var alarms = 0;
        for (var seed = 0; seed < runs; seed++)
        {
            var rows = Simulated.Classes(count, 6, 3, 0, seed);
            if (LabelDependenceTest.ForClasses(rows.Features, rows.Labels, new LabelDependenceOptions { Seed = seed }).Verdict is not (LabelVerdict.Independent or LabelVerdict.NotEnoughEvidence)) alarms++;
        }

        ((double)alarms / runs).ShouldBeLessThanOrEqualTo(0.07);
    }

    [Fact]
    public void Few_random_labels_are_not_called_independent()
    {
        var rows = Simulated.Classes(150, 4, 3, 0, seed: 1);
        var result = LabelDependenceTest.ForClasses(rows.Features, rows.Labels);
        result.Verdict.ShouldBe(LabelVerdict.NotEnoughEvidence);
        result.Reason.ShouldContain("cannot be ruled out");
    }

    [Fact]
    public void Numbers_that_follow_the_inputs_depend_on_them_and_shuffled_ones_do_not()
    {
        var rows = Simulated.Linear(2500, 4, 3, seed: 1);
        LabelDependenceTest.ForValues(rows.Features, rows.Targets).Verdict.ShouldBe(LabelVerdict.Depends);
        var shuffled = (float[])rows.Targets.Clone();
        new Random(1).Shuffle(shuffled);
        LabelDependenceTest.ForValues(rows.Features, shuffled).Verdict.ShouldBe(LabelVerdict.Independent);
        float[] moved = [rows.Targets[^1], .. rows.Targets[..^1]];
        LabelDependenceTest.ForValues(rows.Features, moved).Shift.ShouldBe(1);
    }

    [Fact]
    public void A_series_with_its_own_past_as_input_is_not_shifted()
    {
        // White noise: the inputs hold the previous targets exactly and say nothing of the next one.
        var random = new Random(2);
        var series = Enumerable.Range(0, 1500).Select(_ => (float)Normal.Sample(random, 0, 1)).ToArray();
        const int window = 2;
        var count = series.Length - window;
        var features = new float[count * window];
        for (var i = 0; i < count; i++) series.AsSpan(i, window).CopyTo(features.AsSpan(i * window));
        LabelDependenceTest.ForValues(new FeatureMatrix(features, window), series[window..]).Verdict.ShouldNotBe(LabelVerdict.ShiftedBy);
        LabelDependenceTest.ForValues(new FeatureMatrix(series[..^1], 1), series[1..]).Verdict.ShouldNotBe(LabelVerdict.ShiftedBy);
    }

    [Fact]
    public void The_shuffled_share_follows_from_the_clean_agreement()
    {
        var clean = Test(DigitsSample.Rows.Labels);
        var labels = (int[])DigitsSample.Rows.Labels.Clone();
        var random = new Random(9);
        var chosen = Enumerable.Range(0, labels.Length).Where(_ => random.NextDouble() < 0.2).ToArray();
        var values = chosen.Select(i => labels[i]).ToArray();
        random.Shuffle(values);
        for (var i = 0; i < chosen.Length; i++) labels[chosen[i]] = values[i];
        Test(labels).ShuffledShare(clean.Excess).ShouldBe(0.2, 0.03);
    }

    [Fact]
    public void Nothing_is_said_of_one_class_one_row_or_none()
    {
        var features = new FeatureMatrix(new float[200], 2);
        LabelDependenceTest.ForClasses(features, new int[100]).Verdict.ShouldBe(LabelVerdict.NotEnoughEvidence);
        LabelDependenceTest.ForValues(new FeatureMatrix([1], 1), [1]).Verdict.ShouldBe(LabelVerdict.NotEnoughEvidence);
        LabelDependenceTest.ForClasses(new FeatureMatrix([], 1), []).Verdict.ShouldBe(LabelVerdict.NotEnoughEvidence);
    }

    [Fact]
    public void Constant_inputs_are_no_evidence_of_anything()
    {
        var labels = Enumerable.Range(0, 400).Select(i => i * 7 % 13 % 2).ToArray();
        LabelDependenceTest.ForClasses(new FeatureMatrix(new float[800], 2), labels).Verdict.ShouldBeOneOf(LabelVerdict.NotEnoughEvidence, LabelVerdict.Depends);
    }

    [Fact]
    public void The_same_seed_gives_the_same_result()
    {
        var rows = Simulated.Classes(300, 4, 3, 1, seed: 1);
        var options = new LabelDependenceOptions { MaxRows = 200, Seed = 3 };
        LabelDependenceTest.ForClasses(rows.Features, rows.Labels, options).Reason
            .ShouldBe(LabelDependenceTest.ForClasses(rows.Features, rows.Labels, options).Reason);
    }

    static LabelDependence Test(int[] labels) => LabelDependenceTest.ForClasses(DigitsSample.Rows.Features, labels);

    /// <summary>Rows first..end-1 get the label of the row so many above.</summary>
    static int[] Moved(int[] labels, int first, int end, int rows)
    {
        var moved = (int[])labels.Clone();
        for (var i = first; i < end; i++) moved[i] = labels[first + (i - first - rows + (end - first)) % (end - first)];
        return moved;
    }

    static (FeatureMatrix Features, int[] Labels) Draw(string kind, Random random)
    {
        const int count = 1200;
        var width = kind == "many weak features" ? 30 : 5;
        var values = new float[count * width];
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            var row = values.AsSpan(i * width, width);
            for (var j = 0; j < width; j++) row[j] = (float)Normal.Sample(random, 0, 1);
            var sum = 0f;
            foreach (var v in row) sum += v;
            // Two thirds of the rows of the last kind are one and the same point, as in mammography.
            if (kind == "rare class and tied rows" && random.NextDouble() < 0.67) row.Fill(-0.5f);
            var (likely, chance) = kind switch
            {
                "exclusive or" => (row[0] * row[1] > 0, 0.7),
                "distance from 0" => (Math.Abs(row[0]) > 0.674, 0.65),
                "many weak features" => (sum > 0, 0.6),
                "rare class and tied rows" => (row[0] > 0.8, 0.15),
                _ => (row[0] > 0, 0.65),
            };
            labels[i] = kind == "rare class and tied rows"
                ? random.NextDouble() < (likely ? chance : 0.01) ? 1 : 0
                : random.NextDouble() < chance == likely ? 1 : 0;
        }

        return (new FeatureMatrix(values, width), labels);
    }
}
