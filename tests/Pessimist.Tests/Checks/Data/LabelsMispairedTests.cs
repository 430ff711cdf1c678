using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Evaluation;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Data.DataRuns;

namespace Pessimist.Tests.Checks.Data;

public sealed class LabelsMispairedTests
{
    const int Rows = 600, Clusters = 6;

    /// <summary>Six clusters, rows in random order; labels as <paramref name="label"/> says, given the cluster of any row.</summary>
    static Verdict Test(Func<Func<int, int>, int, int> label, int rows = Rows)
    {
        var random = new Random(5);
        int[] clusters = [.. Enumerable.Range(0, rows).Select(_ => random.Next(Clusters))];
        float[] values = [.. clusters.SelectMany(c => new[] { 4 * (c % 3) + (float)random.NextDouble(), 4 * (c / 3) + (float)random.NextDouble() })];
        int Cluster(int row) => clusters[((row % rows) + rows) % rows];
        var dependence = LabelDependenceTest.ForClasses(new FeatureMatrix(values, 2), [.. Enumerable.Range(0, rows).Select(i => label(Cluster, i))]);
        return Judge(new LabelsMispaired(new()), Healthy(), new LabelsTested(dependence));
    }

    [Fact]
    public void Labels_one_row_down_are_confirmed_by_moving_them_back()
    {
        var finding = Test((cluster, row) => cluster(row - 1)).Finding();
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Confirmed));
        finding.Message.ShouldBe("every label stands 1 row below its inputs");
        finding.Confirmation.ShouldContain("instead of");
        finding.Fixes[0].ShouldContain("1 row above");
    }

    [Fact]
    public void Labels_at_random_depend_on_nothing()
    {
        var random = new Random(9);
        var finding = Test((_, _) => random.Next(Clusters), 2000).Finding();
        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe("labels do not depend on the inputs");
        finding.Notes.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_stretch_of_wrong_labels_is_named_with_its_rows()
    {
        var random = new Random(9);
        var finding = Test((cluster, row) => row is >= 1000 and < 2000 ? random.Next(Clusters) : cluster(row), 3000).Finding();
        finding.Message.ShouldStartWith("in rows ");
        finding.Location!.Row!.Value.ShouldBeInRange(800, 1200);
    }

    [Fact]
    public void Noisy_labels_that_follow_the_inputs_are_silent()
    {
        var random = new Random(9);
        Test((cluster, row) => random.NextDouble() < 0.3 ? random.Next(Clusters) : cluster(row)).ShouldPass();
    }

    [Fact]
    public void Too_few_rows_and_no_test_are_no_evidence()
    {
        var random = new Random(9);
        Test((_, _) => random.Next(Clusters), 60).ShouldLackEvidence();
        Judge(new LabelsMispaired(new()), Healthy()).ShouldLackEvidence();
    }
}
