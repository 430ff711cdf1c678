namespace Pessimist.Data.Readers;

/// <summary>Reads one picture, whatever its extension says.</summary>
static class PictureFile
{
    const long LargestFile = 256L << 20;

    static readonly (byte[] Magic, string Name)[] _others =
    [
        ("GIF8"u8.ToArray(), "GIF"), ("BM"u8.ToArray(), "BMP"), ("II*\0"u8.ToArray(), "TIFF"), ("MM\0*"u8.ToArray(), "TIFF"), ("RIFF"u8.ToArray(), "WebP"),
        ("<svg"u8.ToArray(), "SVG"),
    ];

    /// <summary>True when the name ends as a picture's does, of a kind that is read or not.</summary>
    public static bool IsNamedAsPicture(string path) =>
        Extension(path) is ".PNG" or ".JPG" or ".JPEG" or ".JPE" or ".GIF" or ".BMP" or ".TIF" or ".TIFF" or ".WEBP";

    public static PictureSize Size(string path) => On(path, (bytes, png) => png ? Png.Size(bytes) : Jpeg.Size(bytes));

    public static Picture Decode(string path, bool colour) => On(path, (bytes, png) => png ? Png.Decode(bytes, colour) : Jpeg.Decode(bytes, colour));

    /// <summary>What the file holds although its extension says otherwise, or null.</summary>
    public static string? WrongExtension(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[8];
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return (IsPng(head), IsJpeg(head), Extension(path)) switch
        {
            (true, _, not ".PNG") => "holds a PNG picture",
            (_, true, not (".JPG" or ".JPEG" or ".JPE")) => "holds a JPEG picture",
            _ => null,
        };
    }

    delegate T Reader<T>(byte[] file, bool png);

    static T On<T>(string path, Reader<T> read)
    {
        var length = new FileInfo(path).Length;
        if (length == 0) throw new InvalidDataException("the file is empty");
        if (length > LargestFile) throw new InvalidDataException($"{Limits.Size(length)} is more than the {Limits.Size(LargestFile)} that one picture may have");
        var bytes = File.ReadAllBytes(path);
        var png = IsPng(bytes);
        if (!png && !IsJpeg(bytes))
        {
            foreach (var (magic, name) in _others)
                if (bytes.AsSpan().StartsWith(magic)) throw new InvalidDataException($"it is a {name} picture, and only PNG and JPEG are read");
            throw new InvalidDataException($"it is neither PNG nor JPEG (it begins with {Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length)))})");
        }

        try
        {
            return read(bytes, png);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            throw png
                ? new PessimistException("PNG pictures are read by the system's libpng16, which is not installed", "install it: apt-get install libpng16-16", e)
                : new PessimistException("JPEG pictures are read by the system's libturbojpeg, which is not installed", "install it: apt-get install libturbojpeg0 (on Ubuntu: libturbojpeg)", e);
        }
    }

    static bool IsPng(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

    static bool IsJpeg(ReadOnlySpan<byte> head) => head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    static string Extension(string path) => Path.GetExtension(path).ToUpperInvariant();
}
