using System.Runtime.InteropServices;
using Pessimist.Data;

namespace Pessimist.Tests.Data.Readers;

public sealed class ImageFolderTests : IDisposable
{
    /// <summary>8 x 8, grey 200 everywhere.</summary>
    const string GreyJpeg =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIAAgBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APsCv//Z";

    /// <summary>16 x 8, red 220, green 30, blue 30 everywhere.</summary>
    const string RedJpeg =
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQERMUFRUVDA8XGBYUGBIUFRT/2wBDAQMEBAUEBQkFBQkUDQsNFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBT/wAARCAAIABADAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwDxKvyo/v0KAP/Z";

    static readonly bool _png = Has("libpng16.so.16");
    static readonly bool _jpeg = Has("libturbojpeg.so.0");
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static bool Has(string library) => NativeLibrary.TryLoad(library, out _);

    void Grey(string name, byte value, int width = 4, int height = 4) => _folder.Write(name, PngWriter.Grey(width, height, (_, _) => value));

    [Fact]
    public void Folders_name_the_classes()
    {
        Assert.SkipUnless(_png, "libpng16-16 is not installed");
        Grey("cat/1.png", 10);
        Grey("dog/deep/2.png", 20);
        Grey("dog/1.png", 30);
        Grey("dog/.hidden.png", 99);
        _folder.Write("dog/notes.txt", "no picture");

        var data = DataReader.Read(_folder.Path);

        data.Kind.ShouldBe(DataKind.Images);
        data.Items!.Shape.ShouldBe([1, 4, 4]);
        ((TextColumn)data.Labels!).Values.ToArray().ShouldBe(["cat", "dog", "dog"]);
        Enumerable.Range(0, 3).Select(i => data.Items.Bytes![i * 16]).ShouldBe(new byte[] { 10, 30, 20 });
        data.Id(2).ShouldBe(_folder.At("dog/deep/2.png"));
        data.Place(0).Row.ShouldBeNull();
    }

    [Fact]
    public void Train_and_test_folders_are_kept_apart()
    {
        Assert.SkipUnless(_png, "libpng16-16 is not installed");
        Grey("train/a/1.png", 1);
        Grey("train/b/1.png", 2);
        Grey("val/b/1.png", 3);
        Grey("test/a/1.png", 4);

        var data = DataReader.Read(_folder.Path);

        data.TestStart.ShouldBe(3);
        ((TextColumn)data.Labels!).Values.ToArray().ShouldBe(["a", "b", "b", "a"]);
        data.Notes.ShouldContain(n => n.Contains("val"));
    }

    [Fact]
    public void Colour_is_read_as_three_planes()
    {
        Assert.SkipUnless(_png, "libpng16-16 is not installed");
        _folder.Write("a/1.png", PngWriter.Colour(2, 1, (x, _) => [(byte)(10 * x), 50, 200]));
        Grey("b/1.png", 7, 2, 1);

        var data = DataReader.Read(_folder.Path);

        data.Items!.Shape.ShouldBe([3, 1, 2]);
        data.Items.Bytes.ShouldBe([0, 10, 50, 50, 200, 200, 7, 7, 7, 7, 7, 7]);
        data.OddShapes.ShouldHaveSingleItem().Path.ShouldEndWith("b/1.png");
    }

    [Fact]
    public void Grey_pictures_stored_in_colour_are_grey()
    {
        Assert.SkipUnless(_png, "libpng16-16 is not installed");
        _folder.Write("a/1.png", PngWriter.Colour(2, 1, (x, _) => [(byte)x, (byte)x, (byte)x]));
        _folder.Write("b/1.png", PngWriter.Colour(2, 1, (_, _) => [9, 9, 9]));

        var data = DataReader.Read(_folder.Path);

        data.Items!.Shape.ShouldBe([1, 1, 2]);
        data.Items.Bytes.ShouldBe([0, 1, 9, 9]);
        data.OddShapes.ShouldBeEmpty();
    }

    [Fact]
    public void Pictures_of_another_size_are_named_and_resized()
    {
        Assert.SkipUnless(_png, "libpng16-16 is not installed");
        Grey("a/1.png", 10);
        Grey("a/2.png", 20);
        _folder.Write("b/large.png", PngWriter.Grey(8, 8, (x, _) => (byte)(x < 4 ? 0 : 200)));

        var data = DataReader.Read(_folder.Path);

        data.Items!.Shape.ShouldBe([1, 4, 4]);
        data.OddShapes.ShouldHaveSingleItem().Shape.ShouldBe([1, 8, 8]);
        var row = data.Items.Bytes!.Skip(32).Take(4).ToArray();
        row[0].ShouldBe((byte)0);
        row[1].ShouldBeLessThan((byte)60);
        row[2].ShouldBeGreaterThan((byte)140);
        row[3].ShouldBe((byte)200);
    }

    [Fact]
    public void An_unreadable_picture_is_named_and_the_rest_is_read()
    {
        Assert.SkipUnless(_png, "libpng16-16 is not installed");
        Grey("a/1.png", 10);
        _folder.Write("a/2.png", PngWriter.Grey(4, 4, (x, y) => (byte)(16 * x + y))[..50]);
        _folder.Write("a/3.png", "not a picture");
        _folder.Write("a/4.png", []);
        _folder.Write("a/5.png", PngWriter.Bomb(100_000, 100_000));
        _folder.Write("a/6.gif", "GIF89a");
        Grey("b/1.png", 30);

        var data = DataReader.Read(_folder.Path);

        data.Count.ShouldBe(2);
        data.Items!.Bytes!.Skip(16).ShouldAllBe(b => b == 30);
        data.Unreadable.Select(u => Path.GetFileName(u.Path)).ShouldBe(["2.png", "3.png", "4.png", "5.png", "6.gif"]);
        data.Unreadable[2].Reason.ShouldBe("the file is empty");
        data.Unreadable[3].Reason.ShouldContain("100000 x 100000");
        data.Unreadable[4].Reason.ShouldContain("GIF");
    }

    [Fact]
    public void Jpeg_pictures_are_read()
    {
        Assert.SkipUnless(_jpeg, "libturbojpeg0 is not installed");
        _folder.Write("grey/1.jpg", Convert.FromBase64String(GreyJpeg));

        var data = DataReader.Read(_folder.Path);

        data.Items!.Shape.ShouldBe([1, 8, 8]);
        data.Items.Bytes!.ShouldAllBe(b => b >= 198 && b <= 202);
    }

    [Fact]
    public void A_jpeg_that_breaks_off_is_unreadable_and_one_named_png_is_named()
    {
        Assert.SkipUnless(_jpeg, "libturbojpeg0 is not installed");
        var red = Convert.FromBase64String(RedJpeg);
        _folder.Write("red/1.jpg", red);
        _folder.Write("red/2.png", red);
        _folder.Write("red/3.jpg", red[..^12]);

        var data = DataReader.Read(_folder.Path);

        data.Count.ShouldBe(2);
        data.Items!.Shape.ShouldBe([3, 8, 16]);
        data.Items.Bytes!.Take(128).ShouldAllBe(b => b >= 215 && b <= 225);
        data.WrongExtensions.ShouldHaveSingleItem().Path.ShouldEndWith("2.png");
        data.Unreadable.ShouldHaveSingleItem().Path.ShouldEndWith("3.jpg");
    }

    [Fact]
    public void A_folder_of_pictures_without_classes_says_so()
    {
        _folder.Write("1.png", PngWriter.Grey(1, 1, (_, _) => 0));

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Path)).Message.ShouldContain("no folders that name their classes");
    }

    [Fact]
    public void A_folder_of_something_else_says_what_it_holds()
    {
        _folder.Write("notes.txt", "x");

        Should.Throw<PessimistException>(() => DataReader.Read(_folder.Path)).Message.ShouldContain("'notes.txt'");
    }
}
