using Pessimist.Data;
using static Pessimist.Tests.Data.Tables;

namespace Pessimist.Tests.Data;

public sealed class TargetInferenceTests
{
    static Targets Infer(RawData raw, string? target = "y", TaskKind? task = null) => TargetInference.Infer(raw, new TargetOptions { Target = target, Task = task });

    [Fact]
    public void Two_words_are_binary()
    {
        var targets = Infer(Of(Texts("y", "yes", "no", "yes")));

        targets.Task.ShouldBe(TaskKind.Binary);
        targets.ClassNames.ShouldBe(["no", "yes"]);
        targets.Classes.ShouldBe([1, 0, 1]);
        targets.Explanation.ShouldBe("target 'y': binary classification, as it holds text with 2 distinct values in 3 rows (--task overrides)");
    }

    [Fact]
    public void Few_whole_numbers_are_classes_in_the_order_of_their_ids()
    {
        var targets = Infer(Of(Numbers("y", 60, i => new[] { 10, 1, 2 }[i % 3])));

        targets.Task.ShouldBe(TaskKind.MultiClass);
        targets.ClassNames.ShouldBe(["1", "2", "10"]);
        targets.GivenIds!.Gaps.ShouldBe([3, 4, 5, 6, 7, 8, 9]);
    }

    [Fact]
    public void Many_whole_numbers_are_a_quantity() => Infer(Of(Numbers("y", 400, i => i % 60))).Task.ShouldBe(TaskKind.Regression);

    [Fact]
    public void Fractions_are_a_quantity() => Infer(Of(Numbers("y", 90, i => i % 3 + 0.5))).Task.ShouldBe(TaskKind.Regression);

    [Fact]
    public void The_task_can_be_given()
    {
        Infer(Of(Numbers("y", 400, i => i % 60)), task: TaskKind.MultiClass).ClassNames.Count.ShouldBe(60);
        Infer(Of(Numbers("y", 60, i => i % 3)), task: TaskKind.Regression).Values[2].ShouldBe(2);
    }

    [Fact]
    public void Several_columns_of_zero_and_one_are_multi_label()
    {
        var targets = Infer(Of(Numbers("a", 0, 1, 1), Numbers("b", 1, 1, 0), Numbers("x", 5, 6, 7)), "a, b");

        targets.Task.ShouldBe(TaskKind.MultiLabel);
        targets.Values.ShouldBe([0, 1, 1, 1, 1, 0]);
    }

    [Fact]
    public void An_unknown_column_is_answered_with_the_nearest_and_the_list()
    {
        var error = Should.Throw<PessimistException>(() => Infer(Of(Numbers("label", 1, 2), Numbers("x", 1, 2)), "lable"));

        error.Message.ShouldBe("--target: table.csv has no column 'lable'; did you mean 'label'?");
        error.Help.ShouldBe("the columns are 'label', 'x'");
    }

    [Fact]
    public void Case_does_not_matter_where_one_column_fits() => Infer(Of(Texts("Label", "a", "b")), "label").Columns.ShouldBe(["Label"]);

    [Fact]
    public void Rows_without_a_target_are_left_out_and_counted()
    {
        var targets = Infer(Of(Texts("y", "a", null, "b", null)));

        targets.Rows.ShouldBe([0, 2]);
        targets.MissingRows.ShouldBe([1, 3]);
    }

    [Fact]
    public void One_class_is_a_fact_and_no_error() => Infer(Of(Texts("y", "a", "a"))).ClassNames.ShouldBe(["a"]);

    [Fact]
    public void Labels_that_came_along_need_no_target()
    {
        var raw = new RawData
        {
            Source = "x.npy",
            Kind = DataKind.Arrays,
            Format = "NPY",
            Count = 120,
            Items = new ArrayData([1], 120, new float[120]),
            Labels = Numbers("label", 120, i => i % 25),
        };

        var targets = Infer(raw, target: null);

        // 25 whole numbers in a table's column would be a quantity; in a labels file they are classes.
        targets.Task.ShouldBe(TaskKind.MultiClass);
    }

    [Fact]
    public void A_table_without_a_target_lists_its_columns() =>
        Should.Throw<PessimistException>(() => Infer(Of(Numbers("a", 1), Numbers("b", 2)), target: null)).Help.ShouldNotBeNull().ShouldContain("'a', 'b'");

    [Fact]
    public void Text_is_no_quantity() =>
        Should.Throw<PessimistException>(() => Infer(Of(Texts("y", "a", "b")), task: TaskKind.Regression)).Message.ShouldContain("holds text, such as 'a'");
}
