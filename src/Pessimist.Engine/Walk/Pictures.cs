using Pessimist.Data;
using Pessimist.Observations;

namespace Pessimist.Engine.Walk;

/// <summary>Examples as small pictures for the report.</summary>
static class Pictures
{
    const int LargestSide = 128;

    /// <summary>The picture of an example, stretched to its own range; null when examples are no pictures, or too large to put into a report.</summary>
    public static Picture? Of(PreparedData prepared, DataSet data, int example)
    {
        var (channels, height, width) = Shape(prepared, data);
        if (channels is not (1 or 3) || height > LargestSide || width > LargestSide) return null;
        var values = data.Input(example);
        float min = float.PositiveInfinity, max = float.NegativeInfinity;
        foreach (var value in values) (min, max) = (Math.Min(min, value), Math.Max(max, value));
        var scale = max > min ? 255 / (max - min) : 0;
        var pixels = new byte[values.Length];
        var plane = height * width;
        for (var p = 0; p < plane; p++)
            for (var c = 0; c < channels; c++)
                pixels[p * channels + c] = (byte)Math.Clamp((values[c * plane + p] - min) * scale, 0, 255);
        return new Picture(width, height, channels, pixels);
    }

    static (int Channels, int Height, int Width) Shape(PreparedData prepared, DataSet data) => data.InputShape switch
    {
        [var c, var h, var w] => (c, h, w),
        _ when prepared.ImageGuess is { } grid => (1, grid.Height, grid.Width),
        _ => (0, 0, 0),
    };
}
