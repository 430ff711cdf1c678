using System.Globalization;
using System.Text;
using Pessimist.Data;
using Pessimist.Data.Inputs;
using Pessimist.Data.Profiling;

namespace Pessimist.Tests.Data.Inputs;

public sealed class InputJoinerTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Sequences of 3 steps of 2 features, the number of the example in all of them.</summary>
    NamedInput Sequences(int count = 40)
    {
        var header = Text($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, 3, 2), }}").PadRight(117) + "\n";
        byte[] elements = [.. Enumerable.Range(0, count * 6).SelectMany(i => BitConverter.GetBytes((float)(i / 6)))];
        return new("scan", _folder.Write("scan.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. elements]));
    }

    NamedInput Table(int count = 40, string name = "patient", Func<int, int>? id = null) => new(name, _folder.Write($"{name}.csv",
        "file,age,kind,ill\n" + string.Concat(Enumerable.Range(0, count).Select(i => Text($"p{(id ?? (x => x))(i)},{20.5 + i},{(i % 3 == 0 ? 'a' : 'b')},{(i % 2 == 0 ? "yes" : "no")}\n")))));

    NamedInput Photos(int count = 40)
    {
        for (var i = 0; i < count; i++) _folder.Write(Text($"photos/p{i}.png"), PngWriter.Grey(8, 8, (_, _) => (byte)i));
        return new("photo", _folder.At("photos"));
    }

    static PreparedData Prepare(JoinedInputs joined, string? target = "ill") => InputPreparation.Prepare(joined, new PrepareOptions { Target = new TargetOptions { Target = target } });

    [Fact]
    public void Examples_meet_in_the_order_of_their_rows()
    {
        var data = Prepare(InputJoiner.Read([Sequences(), Table()]));
        data.Encoded.Parts.Select(p => p.Name).ShouldBe(["scan", "patient"]);
        data.Encoded.Parts[0].Shape.ShouldBe([3, 2]);
        // Six numbers of the sequence, age, two kinds; the file names are left out.
        data.Encoded.InputShape.ShouldBe([9]);
        data.Encoded.Input(7).ToArray()[..7].ShouldBe([7, 7, 7, 7, 7, 7, 27.5f]);
        data.Encoded.Features.Select(f => f.Name).ShouldBe(["scan/step 0, feature 0", "scan/step 0, feature 1", "scan/step 1, feature 0", "scan/step 1, feature 1", "scan/step 2, feature 0", "scan/step 2, feature 1",
            "patient/age", "patient/kind=a", "patient/kind=b"]);
        data.Targets.Columns.ShouldBe(["patient/ill"]);
        data.Encoder.Dropped.Single().Column.ShouldBe("patient/file");
    }

    [Fact]
    public void Each_input_is_normalized_by_itself()
    {
        var data = Prepare(InputJoiner.Read([Photos(), Table()]), "patient/ill");
        data.Normalizer.Check(data.Train).Passed.ShouldBeTrue();
        data.Normalizer.Words.ShouldStartWith("photo: divided by 255, then all pixels minus");
        data.Normalizer.Words.ShouldContain("; patient: one input: minus its training mean");
        // Pictures have one mean for all pixels, columns one each.
        data.Normalizer.Shift.Count.ShouldBe(1 + 3);
    }

    [Fact]
    public void Facts_about_the_data_bear_the_name_of_their_input()
    {
        var profile = DataProfile.From(Prepare(InputJoiner.Read([Photos(), Table()])));
        profile.Columns.Select(c => c.Name).ShouldBe(["photo/grey", "patient/file", "patient/age", "patient/kind", "patient/ill"]);
        profile.Columns.Single(c => c.IsTarget).Name.ShouldBe("patient/ill");
        profile.Normalized.Passed.ShouldBeTrue();
    }

    [Fact]
    public void Pictures_meet_rows_by_the_names_of_their_files()
    {
        var data = Prepare(InputJoiner.Read([Photos(), Table(id: i => 39 - i)], "file"));
        for (var i = 0; i < data.Encoded.Count; i++)
            (data.Encoded.Input(i)[0] + data.Encoded.Input(i)[64]).ShouldBe(39 + 20.5f);
        data.Encoded.Id(0).ShouldEndWith("p39.png");
    }

    [Fact]
    public void A_table_of_targets_alone_is_no_input()
    {
        var labels = new NamedInput("labels", _folder.Write("labels.csv", "file,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => Text($"p{i}.png,{i % 2}\n")))));
        Prepare(InputJoiner.Read([Photos(), labels], "file"), "y").Encoded.Parts.Single().Name.ShouldBe("photo");
        var vector = Encoding.ASCII.GetBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (40,), }".PadRight(117) + "\n");
        var y = new NamedInput("y", _folder.Write("targets.npy", [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. vector, .. Enumerable.Range(0, 40).Select(i => (byte)(i % 3))]));
        Prepare(InputJoiner.Read([Photos(), y]), "y").Targets.ClassNames.ShouldBe(["0", "1", "2"]);
    }

    [Fact]
    public void Labels_that_come_with_one_input_are_the_target()
    {
        for (var i = 0; i < 40; i++) _folder.Write(Text($"classes/{(i % 2 == 0 ? "cat" : "dog")}/p{i:00}.png"), PngWriter.Grey(8, 8, (_, _) => (byte)i));
        var data = Prepare(InputJoiner.Read([new("photo", _folder.At("classes")), Sequences()]), null);
        data.Targets.Columns.ShouldBe(["photo/label"]);
        data.Targets.ClassNames.ShouldBe(["cat", "dog"]);
    }

    [Fact]
    public void Different_lengths_name_both_inputs() =>
        Mistake(() => InputJoiner.Read([Sequences(), Table(38)])).ShouldMatch("--input scan=.*scan.npy holds 40 examples and --input patient=.*patient.csv holds 38");

    [Fact]
    public void Examples_without_a_partner_are_named() =>
        Mistake(() => InputJoiner.Read([Photos(), Table(38)], "file")).ShouldMatch("2 examples of --input photo=.* are not in --input patient=.*: 'p38', 'p39'");

    [Fact]
    public void An_id_that_stands_twice_is_named() =>
        Mistake(() => InputJoiner.Read([Table(), Table(name: "more", id: i => i / 2)], "file")).ShouldMatch("'file' of --input more=.* is 'p0' in row 1 and in row 2");

    [Fact]
    public void Arrays_have_no_ids() => Mistake(() => InputJoiner.Read([Sequences(), Table()], "file")).ShouldContain("is an array and has no ids");

    [Fact]
    public void A_target_in_two_inputs_must_be_told_apart() => Mistake(() => Prepare(InputJoiner.Read([Table(), Table(name: "more")]))).ShouldContain("'ill' may be 'patient/ill', 'more/ill'");

    [Theory]
    [InlineData("scan", "is not NAME=PATH")]
    [InlineData("=x.npy", "is not NAME=PATH")]
    [InlineData("a/b=x.npy", "other characters than letters")]
    public void What_is_not_a_named_input_is_refused(string text, string message) => Mistake(() => NamedInput.Parse(text)).ShouldContain(message);

    [Fact]
    public void One_input_and_one_name_for_two_are_refused()
    {
        Mistake(() => InputJoiner.Read([Sequences()])).ShouldContain("one input");
        Mistake(() => InputJoiner.Read([Sequences(), Sequences()])).ShouldContain("'scan' 2 times");
    }

    static string Mistake(Action act) => Should.Throw<PessimistException>(act).Message;
}
