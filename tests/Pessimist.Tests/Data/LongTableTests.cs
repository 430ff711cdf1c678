using Pessimist.Data;
using Pessimist.Data.Sequences;
using Pessimist.Data.Synthetic;

namespace Pessimist.Tests.Data;

public sealed class LongTableTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-long-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    RawData Group(string csv, string? target = "y", string id = "id", string? time = "t")
    {
        var path = Path.Combine(_folder, "long.csv");
        File.WriteAllText(path, csv);
        return LongTable.Group(DataReader.Read(path), new SequenceColumns(id, time), target);
    }

    [Fact]
    public void Rows_are_joined_by_id_in_the_order_of_time()
    {
        var data = Group("id,t,v,kind,y\nb,2,20,up,no\na,1,1,up,yes\nb,1,10,down,no\na,3,3,up,yes\na,2,2,down,yes\n");
        data.Kind.ShouldBe(DataKind.Arrays);
        data.Items!.Shape.ShouldBe([3, 4]);
        data.Items.Padded.ShouldBeTrue();
        // b comes first, is shorter, and is filled in front, as the last feature says; kind becomes down and up.
        data.Items.Floats.ShouldBe([0, 0, 0, 0, 10, 1, 0, 1, 20, 0, 1, 1, 1, 0, 1, 1, 2, 1, 0, 1, 3, 0, 1, 1]);
        data.Labels!.Show(0).ShouldBe("no");
        data.Labels.Show(1).ShouldBe("yes");
        data.Notes.ShouldContain(n => n.Contains("joined to 2 sequences by 'id', in the order of 't': 3 steps of 3 features", StringComparison.Ordinal));
        data.Notes.ShouldContain(n => n.Contains("2 to 3 steps", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_written_long_is_read_as_it_was()
    {
        var made = SyntheticSet.Find("adding").Make(new SyntheticOptions { Count = 12, Steps = 7 });
        var path = Path.Combine(_folder, "adding.csv");
        SyntheticWriter.Write(made, path);
        var data = LongTable.Group(DataReader.Read(path), new SequenceColumns("id", "step"), "target");
        data.Items!.Shape.ShouldBe([7, 2]);
        data.Items.Floats.ShouldBe(made.Inputs);
        ((NumberColumn)data.Labels!).Values.ToArray().Select(v => (float)v).ShouldBe(made.Targets);
    }

    [Fact]
    public void Dates_order_steps_and_without_a_time_the_rows_do()
    {
        Group("id,t,v,y\na,2024-03-01,3,1\na,2024-01-15,1,1\nb,2024-01-01,7,0\n").Items!.Floats.ShouldBe([1, 1, 3, 1, 0, 0, 7, 1]);
        Group("id,v,y\na,3,1\na,1,1\n", time: null).Items!.Floats.ShouldBe([3, 1]);
    }

    [Fact]
    public void Filling_is_neither_measured_nor_normalized()
    {
        var csv = "id,t,v,y\n" + string.Concat(Enumerable.Range(0, 40).SelectMany(id => Enumerable.Range(0, 2 + id % 3).Select(t => FormattableString.Invariant($"{id},{t},{100 + id % 7 + t},{id % 2}\n"))));
        var data = PreparedData.From(Group(csv));
        data.Train.Padded.ShouldBeTrue();
        data.Normalizer.Check(data.Train).Passed.ShouldBeTrue();
        for (var i = 0; i < data.Train.Count; i++)
        {
            var x = data.Train.Input(i).ToArray();
            for (var t = 0; t < 4; t++)
                if (x[2 * t + 1] == 0) x[2 * t].ShouldBe(0);
        }

        // A mean over the filling would be far below 100.
        data.Normalizer.Shift[0].ShouldBeInRange(100, 110);
        var facts = Pessimist.Data.Profiling.DataProfile.From(data).Columns.ShouldHaveSingleItem();
        facts.Min.ShouldBe(100);
    }

    [Fact]
    public void A_test_file_has_sequences_of_its_own()
    {
        string train = Path.Combine(_folder, "train.csv"), test = Path.Combine(_folder, "test.csv");
        File.WriteAllText(train, "id,t,v,y\n1,1,1,0\n1,2,2,0\n2,1,3,1\n");
        File.WriteAllText(test, "id,t,v,y\n1,1,9,1\n");
        var data = LongTable.Group(DataReader.Read(train, test), new SequenceColumns("id", "t"), "y");
        (data.Count, data.TestStart).ShouldBe((3, 2));
    }

    [Theory]
    [InlineData("id,t,v,y\na,1,1,0\na,2,1,1\n", "y", "id", "in the sequence a 'y' is '0' in row 1 and '1' in row 2; a sequence has one target")]
    [InlineData("id,t,v,y\na,1,1,0\n", "y", "idd", "--sequence-id: ")]
    [InlineData("id,t,v,y\na,1,1,0\n", null, "id", "no target is named")]
    [InlineData("id,t,v,y\na,1,1,0\n,2,1,0\n", "y", "id", "row 2: 'id' is missing")]
    [InlineData("id,t,v,y\na,soon,1,0\na,2,1,0\n", "y", "id", "nor a date")]
    [InlineData("id,t,y\na,1,0\n", "y", "id", "has no column of features beside 'id', 't', 'y'")]
    public void Mistakes_name_row_and_column(string csv, string? target, string id, string message) =>
        Should.Throw<PessimistException>(() => Group(csv, target, id)).Message.ShouldContain(message);
}
