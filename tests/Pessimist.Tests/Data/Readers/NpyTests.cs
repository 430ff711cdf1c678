using System.IO.Compression;
using System.Text;
using Pessimist.Data;

namespace Pessimist.Tests.Data.Readers;

public sealed class NpyTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Npy(string type, string shape, byte[] elements, bool fortran = false)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': {(fortran ? "True" : "False")}, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. elements];
    }

    static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    string Zip(string name, params (string Name, byte[] Bytes)[] entries)
    {
        var path = _folder.At(name);
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (entry, bytes) in entries)
        {
            using var stream = archive.CreateEntry(entry).Open();
            stream.Write(bytes);
        }

        return path;
    }

    /// <summary>Two examples of 8 x 8 floats with their labels.</summary>
    string Squares(string labels = "(2,)", params long[] given)
    {
        _folder.Write("y.npy", Npy("<i8", labels, [.. (given.Length == 0 ? [0, 1] : given).SelectMany(BitConverter.GetBytes)]));
        return _folder.Write("X.npy", Npy("<f4", "(2, 8, 8)", Floats([.. Enumerable.Range(0, 128).Select(i => (float)i)])));
    }

    [Fact]
    public void Square_floats_are_read_as_pictures_and_said_to_be()
    {
        var data = DataReader.Read(Squares());
        data.Kind.ShouldBe(DataKind.Images);
        data.Reading.ShouldBe("read as pictures of 8 x 8; --as sequence reads 8 steps of 8 features");
    }

    [Theory]
    [InlineData(ArrayForm.Sequence, DataKind.Arrays, new[] { 8, 8 })]
    [InlineData(ArrayForm.Picture, DataKind.Images, new[] { 1, 8, 8 })]
    [InlineData(ArrayForm.Table, DataKind.Arrays, new[] { 64 })]
    public void They_are_seen_as_what_was_asked_for(ArrayForm form, DataKind kind, int[] shape)
    {
        var data = DataReader.Read(Squares(), options: new ReadOptions { As = form });
        data.Kind.ShouldBe(kind);
        data.Items!.Shape.ShouldBe(shape);
        data.Items.Floats![70].ShouldBe(70);
        data.Labels!.Count.ShouldBe(2);
        data.Reading.ShouldBeNull();
    }

    [Fact]
    public void Vectors_are_steps_or_a_square_of_pixels_when_asked_for()
    {
        _folder.Write("y_train.npy", Npy("<i8", "(2,)", [.. BitConverter.GetBytes(3L), .. BitConverter.GetBytes(-1L)]));
        var path = _folder.Write("X_train.npy", Npy("<f4", "(2, 4)", Floats(1, 2, 3, 4, 5, 6, 7, 8)));
        DataReader.Read(path, options: new ReadOptions { As = ArrayForm.Sequence }).Items!.Shape.ShouldBe([4, 1]);
        DataReader.Read(path, options: new ReadOptions { As = ArrayForm.Picture }).Items!.Shape.ShouldBe([1, 2, 2]);
        _folder.Write("X_train.npy", Npy("<f4", "(2, 3)", Floats(1, 2, 3, 4, 5, 6)));
        Should.Throw<PessimistException>(() => DataReader.Read(path, options: new ReadOptions { As = ArrayForm.Picture })).Message.ShouldContain("--as picture: each example of");
        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("t.csv", "a,b\n1,2\n"), options: new ReadOptions { As = ArrayForm.Sequence })).Help!.ShouldContain("--sequence-id");
    }

    [Fact]
    public void Several_labels_of_an_example_are_columns_to_choose_from()
    {
        var data = DataReader.Read(Squares("(2, 2)", 5, 6, 7, 8));
        data.Columns.Select(c => c.Name).ShouldBe(["label_1", "label_2"]);
        ((NumberColumn)data.Columns[1]).Values.ToArray().ShouldBe([6, 8]);
        TargetInference.Infer(data, new TargetOptions { Target = "label_2" }).Columns.ShouldBe(["label_2"]);
        var error = Should.Throw<PessimistException>(() => TargetInference.Infer(data));
        error.Message.ShouldContain("holds 2 labels for each example");
        error.Help!.ShouldContain("--target label_1");
    }

    [Fact]
    public void Reads_an_array_with_the_labels_beside_it()
    {
        _folder.Write("y_train.npy", Npy("<i8", "(2,)", [.. BitConverter.GetBytes(3L), .. BitConverter.GetBytes(-1L)]));

        var data = DataReader.Read(_folder.Write("X_train.npy", Npy("<f4", "(2, 3)", Floats(1, 2, 3, 4, 5, 6))));

        data.Kind.ShouldBe(DataKind.Arrays);
        data.Items!.Floats.ShouldBe([1, 2, 3, 4, 5, 6]);
        data.Labels.ShouldBeOfType<NumberColumn>().Values.ToArray().ShouldBe([3, -1]);
    }

    [Fact]
    public void Column_major_arrays_are_turned() =>
        ((NumberColumn)DataReader.Read(_folder.Write("a.npy", Npy("<f4", "(2, 3)", Floats(1, 4, 2, 5, 3, 6), fortran: true))).Columns[1]).Values.ToArray().ShouldBe([2, 5]);

    [Fact]
    public void A_matrix_alone_is_a_table_whose_target_can_be_named() =>
        DataReader.Read(_folder.Write("a.npy", Npy(">f4", "(1, 2)", [0x3F, 0x80, 0, 0, 0x40, 0, 0, 0]))).Columns.Select(c => c.Show(0)).ShouldBe(["1", "2"]);

    [Fact]
    public void An_object_array_is_never_unpickled()
    {
        var error = Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("a.npy", Npy("|O", "(2,)", [0x80, 4, 1, 2]))));

        error.Message.ShouldContain("never read");
        error.Help.ShouldNotBeNull().ShouldContain("astype");
    }

    [Fact]
    public void A_header_that_announces_the_impossible_takes_no_memory() =>
        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("a.npy", Npy("<f8", "(2000000000, 2000000000)", [1])))).Message.ShouldContain("breaks off");

    [Fact]
    public void An_archive_gives_training_and_test_arrays()
    {
        var path = Zip("data.npz",
            ("x_train.npy", Npy("|u1", "(2, 2, 2, 3)", [.. Enumerable.Range(0, 24).Select(i => (byte)i)])), ("y_train.npy", Npy("|u1", "(2, 1)", [0, 1])),
            ("x_test.npy", Npy("|u1", "(1, 2, 2, 3)", new byte[12])), ("y_test.npy", Npy("|u1", "(1, 1)", [1])));

        var data = DataReader.Read(path);

        data.Kind.ShouldBe(DataKind.Images);
        data.Items!.Shape.ShouldBe([3, 2, 2]);
        data.Items.Bytes!.Take(12).ShouldBe([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
        data.TestStart.ShouldBe(2);
        ((NumberColumn)data.Labels!).Values.ToArray().ShouldBe([0, 1, 1]);
        data.Id(2).ShouldBe("test row 1");
    }

    [Fact]
    public void One_hot_labels_become_classes() =>
        ((NumberColumn)DataReader.Read(Zip("a.npz", ("X.npy", Npy("<f4", "(2, 1)", Floats(5, 6))), ("y.npy", Npy("<f4", "(2, 3)", Floats(0, 0, 1, 1, 0, 0))))).Labels!)
            .Values.ToArray().ShouldBe([2, 0]);

    [Fact]
    public void Text_labels_are_read() =>
        ((TextColumn)DataReader.Read(Zip("a.npz", ("data.npy", Npy("<f4", "(2, 1)", Floats(5, 6))), ("target.npy", Npy("<U3", "(2,)", Encoding.UTF32.GetBytes("catno\0"))))).Labels!)
            .Values.ToArray().ShouldBe(["cat", "no"]);

    [Fact]
    public void An_archive_without_known_names_lists_its_arrays() =>
        Should.Throw<PessimistException>(() => DataReader.Read(Zip("a.npz", ("foo.npy", Npy("<f4", "(1,)", Floats(1)))))).Message.ShouldContain("'foo'");

    [Fact]
    public void A_zip_bomb_takes_no_memory()
    {
        // 600 million zeros announced and 1 MiB there: the announcement must not be believed.
        var path = Zip("a.npz", ("x.npy", Npy("<f4", "(600000000, 1)", new byte[1 << 20])), ("y.npy", Npy("<f4", "(1,)", Floats(1))));

        Should.Throw<PessimistException>(() => DataReader.Read(path)).Message.ShouldContain("breaks off");
    }

    [Fact]
    public void A_PyTorch_file_is_never_unpickled() =>
        Should.Throw<PessimistException>(() => DataReader.Read(Zip("model.pt", ("archive/data.pkl", [0x80, 2])))).Message.ShouldContain("never read");

    [Fact]
    public void A_damaged_archive_is_refused() =>
        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("a.npz", [(byte)'P', (byte)'K', 3, 4, 1, 2, 3, 4, 5]))).Message.ShouldContain("damaged");
}
