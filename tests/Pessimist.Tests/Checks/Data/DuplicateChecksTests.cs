using Pessimist.Checks;
using Pessimist.Checks.Data;
using Pessimist.Data;
using Pessimist.Data.Profiling;
using Pessimist.Tests.Data;
using static Pessimist.Tests.Checks.Data.DataRuns;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Checks.Data;

/// <summary>Leaked validation data and duplicate examples read the same facts.</summary>
public sealed class DuplicateChecksTests
{
    /// <summary>Four features; row i repeats row <paramref name="source"/>(i).</summary>
    static RawData Repeating(int count, Func<int, int> source, int distinct = int.MaxValue, Func<int, string>? label = null)
    {
        Column Feature(string name, int seed) => Numbers(name, count, i => Math.Floor(new Random(source(i) * 7 + seed).NextDouble() * distinct) / distinct);
        return Of(Feature("a", 1), Feature("b", 2), Feature("c", 3), Feature("d", 4), Texts("y", count, i => label?.Invoke(i) ?? (source(i) % 2 == 0 ? "even" : "odd")));
    }

    static DataProfile WithTest(RawData raw, int from) => DataProfile.From(raw.WithTestFrom(from).Prepare());

    [Fact]
    public void Training_rows_in_a_given_test_set_are_proved_with_their_pairs()
    {
        var finding = Judge(new LeakedValidationData(new()), WithTest(Repeating(400, i => i >= 380 ? i - 380 : i), 300), TestWasGiven).Finding();
        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        finding.Message.ShouldStartWith("20 test examples of 100");
        finding.Examples.Count.ShouldBe(12);
        finding.Examples[0].ShouldContain("test row 8");
    }

    [Fact]
    public void A_test_set_that_repeats_as_the_training_set_does_is_silent()
    {
        // Every fifth row repeats the row 150 above it, in training and across alike.
        var raw = Repeating(450, i => i % 5 == 0 && i >= 150 ? i - 150 : i);
        Judge(new LeakedValidationData(new()), WithTest(raw, 300), TestWasGiven).ShouldPass();
    }

    [Fact]
    public void Rows_of_few_distinct_values_repeat_by_chance()
    {
        var raw = Repeating(400, i => i, distinct: 3);
        Judge(new LeakedValidationData(new()), WithTest(raw, 300), TestWasGiven).ShouldPass();
        Judge(new LeakedValidationData(new()), raw.Profile()).ShouldPass();
        Judge(new DuplicateExamples(new()), raw.Profile()).ShouldPass();
    }

    [Fact]
    public void Groups_on_both_sides_of_a_given_test_set_are_proved()
    {
        var healthy = Healthy();
        var finding = Judge(new LeakedValidationData(new()), healthy with { Duplicates = healthy.Duplicates with { SharedGroups = ["anna", "bert"] } }, TestWasGiven).Finding();
        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldContain("anna, bert");
    }

    [Fact]
    public void A_file_joined_with_itself_leaks_over_its_own_split() =>
        Judge(new LeakedValidationData(new()), Repeating(400, i => i % 200).Profile()).Finding().Level.ShouldBe(Level.Warning);

    [Fact]
    public void Some_copies_in_a_file_are_a_note_of_one_check_only()
    {
        var raw = Repeating(400, i => i >= 340 ? i - 340 : i);
        Judge(new LeakedValidationData(new()), raw.Profile()).ShouldPass();
        var finding = Judge(new DuplicateExamples(new()), raw.Profile()).Finding();
        finding.Level.ShouldBe(Level.Note);
        finding.Message.ShouldBe("60 examples of 400 repeat the inputs of another");
    }

    [Fact]
    public void Copies_with_different_classes_are_a_warning()
    {
        var finding = Judge(new DuplicateExamples(new()), Repeating(400, i => i >= 340 ? i - 340 : i, label: i => i >= 340 ? "new" : "old").Profile()).Finding();
        finding.Level.ShouldBe(Level.Warning);
        finding.Message.ShouldContain("60 sets of examples with equal inputs have different classes");
    }

    [Fact]
    public void Copies_across_to_a_given_test_set_are_told_once() =>
        Judge(new DuplicateExamples(new()), WithTest(Repeating(400, i => i >= 380 ? i - 380 : i), 300), TestWasGiven).ShouldPass();

    [Fact]
    public void Without_facts_there_is_no_verdict()
    {
        Judge(new LeakedValidationData(new())).ShouldLackEvidence();
        Judge(new DuplicateExamples(new())).ShouldLackEvidence();
    }
}
