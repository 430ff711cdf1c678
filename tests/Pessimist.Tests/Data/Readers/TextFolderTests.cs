using Pessimist.Data;

namespace Pessimist.Tests.Data.Readers;

public sealed class TextFolderTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("pessimist-text-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.WriteAllText(Path.Combine(_folder, path), text);
    }

    [Fact]
    public void Each_line_of_a_file_named_by_its_class_is_a_text()
    {
        Write("german.txt", "abc\nb\n\n");
        Write("french.txt", "ca\r\n");
        Write("README.txt", "where the names come from");
        var data = DataReader.Read(_folder);
        data.Count.ShouldBe(3);
        data.Items!.Shape.ShouldBe([3, 3]);
        // Sorted by file, characters a, b, c; short texts begin late.
        data.Items.Bytes.ShouldBe(new byte[] { 0, 0, 0, 0, 0, 1, 1, 0, 0, /* abc */ 1, 0, 0, 0, 1, 0, 0, 0, 1, /* b */ 0, 0, 0, 0, 0, 0, 0, 1, 0 });
        Enumerable.Range(0, 3).Select(data.Labels!.Show).ShouldBe(["french", "german", "german"]);
        data.Id(2).ShouldBe(Path.Combine(_folder, "german.txt") + ":2");
    }

    [Fact]
    public void Each_file_in_the_folder_of_its_class_is_a_text()
    {
        Write("ham/1.txt", "see you");
        Write("spam/1.txt", "WIN");
        Write("spam/2.txt", "WIN!");
        var data = DataReader.Read(_folder);
        (data.Count, data.Items!.Shape[0], data.Format).ShouldBe((3, 7, "text by class"));
    }

    [Fact]
    public void Long_texts_are_cut_and_rare_characters_share_a_feature()
    {
        Write("a.txt", new string('x', 1000));
        Write("b.txt", string.Concat(Enumerable.Range(0, 90).Select(i => (char)('Ā' + i))));
        var data = DataReader.Read(_folder);
        data.Items!.Shape.ShouldBe([256, 65]);
        data.Notes.ShouldContain(n => n.Contains("of 1 texts only the first 256 characters are read", StringComparison.Ordinal));
    }

    [Fact]
    public void Binary_files_named_as_text_are_refused()
    {
        Write("a.txt", "text");
        File.WriteAllBytes(Path.Combine(_folder, "b.txt"), [1, 0, 2, 0, 3]);
        Should.Throw<PessimistException>(() => DataReader.Read(_folder)).Message.ShouldContain("b.txt is no text");
    }
}
