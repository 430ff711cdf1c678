using System.Runtime.InteropServices;

namespace Pessimist.Data.Readers;

/// <summary>PNG by the system's libpng16, through its simplified interface (png_image_*), which reports errors without longjmp.</summary>
static unsafe partial class Png
{
    const string Library = "libpng16.so.16";
    const uint Version = 1;
    const uint Grey = 0;
    const uint AlphaFlag = 1;
    const uint ColourFlag = 2;
    const uint MapFlag = 8;

    public static PictureSize Size(ReadOnlySpan<byte> file)
    {
        var image = new Image { Version = Version };
        fixed (byte* bytes = file)
        {
            try
            {
                if (BeginRead(&image, bytes, (nuint)file.Length) == 0) throw new InvalidDataException(image.Text());
                return Describe(image);
            }
            finally
            {
                Free(&image);
            }
        }
    }

    /// <summary>Decodes to grey or colour; transparent pixels are laid on white.</summary>
    public static Picture Decode(ReadOnlySpan<byte> file, bool colour)
    {
        var image = new Image { Version = Version };
        fixed (byte* bytes = file)
        {
            try
            {
                if (BeginRead(&image, bytes, (nuint)file.Length) == 0) throw new InvalidDataException(image.Text());
                var size = Describe(image);
                size.Check();
                image.Format = colour ? ColourFlag : Grey;
                var channels = colour ? 3 : 1;
                var pixels = new byte[size.Height * size.Width * channels];
                var white = stackalloc byte[] { 255, 255, 255 };
                fixed (byte* buffer = pixels)
                {
                    if (FinishRead(&image, white, buffer, size.Width * channels, null) == 0) throw new InvalidDataException(image.Text());
                }

                return new Picture(size.Height, size.Width, channels, pixels);
            }
            finally
            {
                Free(&image);
            }
        }
    }

    static PictureSize Describe(in Image image) =>
        new((int)Math.Min(image.Height, int.MaxValue), (int)Math.Min(image.Width, int.MaxValue), (image.Format & (ColourFlag | MapFlag)) != 0);

    /// <summary>png_image of png.h 1.6.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Image
    {
        public void* Opaque;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint MapEntries;
        public uint WarningOrError;
        public fixed byte Message[64];

        public readonly string Text()
        {
            fixed (byte* message = Message)
            {
                var text = Marshal.PtrToStringUTF8((nint)message);
                return string.IsNullOrEmpty(text) ? "libpng cannot read it" : text;
            }
        }
    }

    [LibraryImport(Library, EntryPoint = "png_image_begin_read_from_memory")]
    internal static partial int BeginRead(Image* image, byte* memory, nuint size);

    [LibraryImport(Library, EntryPoint = "png_image_finish_read")]
    internal static partial int FinishRead(Image* image, byte* background, byte* buffer, int stride, void* map);

    [LibraryImport(Library, EntryPoint = "png_image_free")]
    internal static partial void Free(Image* image);
}
