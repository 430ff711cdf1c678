using Pessimist.Data;

namespace Pessimist.Tests.Data.Readers;

public sealed class IdxTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Idx(byte type, int[] shape, byte[] elements) =>
        [0, 0, type, (byte)shape.Length, .. shape.SelectMany(n => new[] { (byte)(n >> 24), (byte)(n >> 16), (byte)(n >> 8), (byte)n }), .. elements];

    static byte[] Images(int count, byte first = 0) => Idx(8, [count, 2, 2], [.. Enumerable.Range(0, count * 4).Select(i => (byte)(first + i))]);

    static byte[] Labels(params byte[] labels) => Idx(8, [labels.Length], labels);

    [Fact]
    public void Reads_images_with_the_labels_beside_them()
    {
        _folder.Write("train-labels-idx1-ubyte.gz", TempFolder.Gzip(Labels(7, 8)));

        var data = DataReader.Read(_folder.Write("train-images-idx3-ubyte.gz", TempFolder.Gzip(Images(2))));

        data.Kind.ShouldBe(DataKind.Images);
        data.Items!.Shape.ShouldBe([1, 2, 2]);
        data.Items.Bytes.ShouldBe([0, 1, 2, 3, 4, 5, 6, 7]);
        data.Labels.ShouldBeOfType<NumberColumn>().Values.ToArray().ShouldBe([7, 8]);
    }

    [Fact]
    public void A_labels_file_leads_to_its_images()
    {
        _folder.Write("train-images-idx3-ubyte", Images(2));

        DataReader.Read(_folder.Write("train-labels-idx1-ubyte", Labels(1, 2))).Count.ShouldBe(2);
    }

    [Fact]
    public void A_folder_gives_the_training_images_and_the_test_images()
    {
        _folder.Write("train-images-idx3-ubyte", Images(2));
        _folder.Write("train-labels-idx1-ubyte", Labels(1, 2));
        _folder.Write("t10k-images-idx3-ubyte", Images(1, 100));
        _folder.Write("t10k-labels-idx1-ubyte", Labels(2));

        var data = DataReader.Read(_folder.Path);

        data.Count.ShouldBe(3);
        data.TestStart.ShouldBe(2);
        data.Items!.Bytes!.Skip(8).ShouldBe([100, 101, 102, 103]);
        data.Id(2).ShouldBe("t10k-images-idx3-ubyte row 1");
    }

    [Fact]
    public void Labels_of_another_number_are_refused()
    {
        _folder.Write("train-labels-idx1-ubyte", Labels(1, 2, 3));

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("train-images-idx3-ubyte", Images(2)))).Message.ShouldContain("holds 3 labels");
    }

    [Fact]
    public void A_file_that_breaks_off_is_refused()
    {
        var whole = Images(100);

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("images-idx3", whole[..^1]))).Message.ShouldContain("breaks off");
    }

    [Fact]
    public void A_header_that_announces_the_impossible_takes_no_memory() =>
        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("images-idx3", Idx(8, [int.MaxValue, int.MaxValue, 4], [1, 2, 3])))).Message.ShouldContain("breaks off");

    [Fact]
    public void A_header_of_no_images_of_a_huge_size_is_refused() =>
        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("images-idx3", Idx(8, [0, int.MaxValue, int.MaxValue], [])))).Message.ShouldContain("dimension 1 has size 0");

    [Fact]
    public void A_gzip_file_that_breaks_off_is_refused()
    {
        var noise = new byte[40_000];
        new Random(2).NextBytes(noise);
        var packed = TempFolder.Gzip(Idx(8, [100, 20, 20], noise));

        var message = Should.Throw<PessimistException>(() => DataReader.Read(_folder.Write("images-idx3.gz", packed[..(packed.Length / 2)]))).Message;

        (message.Contains("breaks off") || message.Contains("damaged")).ShouldBeTrue(message);
    }

    [Fact]
    public void Elements_of_other_types_become_floats() =>
        DataReader.Read(_folder.Write("x-idx3", Idx(0x0B, [1, 2, 2], [0, 1, 0xFF, 0xFF, 1, 0, 0, 2]))).Items!.Floats.ShouldBe([1, -1, 256, 2]);
}
