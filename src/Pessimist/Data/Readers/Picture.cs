namespace Pessimist.Data.Readers;

/// <summary>A decoded picture: rows of interleaved bytes, one channel (grey) or three (red, green, blue).</summary>
sealed record Picture(int Height, int Width, int Channels, byte[] Pixels);

/// <summary>What a picture's header says.</summary>
readonly record struct PictureSize(int Height, int Width, bool Colour)
{
    /// <summary>A picture larger than 64 million pixels is a mistake or a decompression bomb.</summary>
    const long MostPixels = 64L << 20;

    public void Check()
    {
        if (Height <= 0 || Width <= 0 || (long)Height * Width > MostPixels)
            throw new InvalidDataException($"{Width} x {Height} pixels are more than the {MostPixels / 1_000_000} million that one picture may have");
    }
}
