using System.Runtime.InteropServices;

namespace Pessimist.Data.Readers;

/// <summary>JPEG by the system's libturbojpeg.</summary>
static unsafe partial class Jpeg
{
    const string Library = "libturbojpeg.so.0";
    const int Rgb = 0;
    const int GreyPixels = 6;
    const int CmykPixels = 11;
    const int GreySpace = 2;
    const int CmykSpace = 3;
    const int Fatal = 1;

    public static PictureSize Size(ReadOnlySpan<byte> file)
    {
        var (size, _) = Read(file, decode: false, colour: false);
        return size;
    }

    public static Picture Decode(ReadOnlySpan<byte> file, bool colour) => Read(file, decode: true, colour).Picture!;

    static (PictureSize Size, Picture? Picture) Read(ReadOnlySpan<byte> file, bool decode, bool colour)
    {
        var handle = Init();
        if (handle == 0) throw new InvalidDataException("libturbojpeg cannot start");
        try
        {
            fixed (byte* bytes = file)
            {
                if (Header(handle, bytes, (nuint)file.Length, out var width, out var height, out _, out var space) != 0) Check(handle);
                var size = new PictureSize(height, width, space != GreySpace);
                if (!decode) return (size, null);
                size.Check();
                var cmyk = space >= CmykSpace;
                var channels = cmyk ? 4 : colour ? 3 : 1;
                var pixels = new byte[height * width * channels];
                fixed (byte* buffer = pixels)
                {
                    if (Decompress(handle, bytes, (nuint)file.Length, buffer, width, 0, height, cmyk ? CmykPixels : colour ? Rgb : GreyPixels, 0) != 0) Check(handle);
                }

                return (size, cmyk ? FromCmyk(pixels, height, width, colour) : new Picture(height, width, channels, pixels));
            }
        }
        finally
        {
            _ = Destroy(handle);
        }
    }

    /// <summary>Warnings (stray bytes between markers) leave a whole picture; a file that breaks off does not.</summary>
    static void Check(nint handle)
    {
        var message = Marshal.PtrToStringUTF8(ErrorText(handle)) ?? "libturbojpeg cannot read it";
        if (ErrorCode(handle) == Fatal || message.Contains("Premature end", StringComparison.Ordinal)) throw new InvalidDataException(message);
    }

    /// <summary>Adobe writes CMYK inverted, so that each colour is the product of itself and black.</summary>
    static Picture FromCmyk(byte[] pixels, int height, int width, bool colour)
    {
        var result = new byte[height * width * (colour ? 3 : 1)];
        for (var i = 0; i < height * width; i++)
        {
            int black = pixels[4 * i + 3], r = pixels[4 * i] * black / 255, g = pixels[4 * i + 1] * black / 255, b = pixels[4 * i + 2] * black / 255;
            if (colour) (result[3 * i], result[3 * i + 1], result[3 * i + 2]) = ((byte)r, (byte)g, (byte)b);
            else result[i] = (byte)((299 * r + 587 * g + 114 * b) / 1000);
        }

        return new Picture(height, width, colour ? 3 : 1, result);
    }

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    internal static partial nint Init();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    internal static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDecompressHeader3")]
    internal static partial int Header(nint handle, byte* file, nuint size, out int width, out int height, out int subsampling, out int colourSpace);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    internal static partial int Decompress(nint handle, byte* file, nuint size, byte* pixels, int width, int pitch, int height, int format, int flags);

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    internal static partial nint ErrorText(nint handle);

    [LibraryImport(Library, EntryPoint = "tjGetErrorCode")]
    internal static partial int ErrorCode(nint handle);
}
