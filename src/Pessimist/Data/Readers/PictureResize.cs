namespace Pessimist.Data.Readers;

/// <summary>
/// Resizes by a triangle filter whose width grows with the reduction: bilinear when enlarging, area-weighted (no aliasing) when reducing.
/// </summary>
static class PictureResize
{
    public static Picture To(Picture picture, int height, int width)
    {
        if (picture.Height == height && picture.Width == width) return picture;
        var channels = picture.Channels;
        var columns = Weights(picture.Width, width);
        var rows = Weights(picture.Height, height);
        var across = new float[picture.Height * width * channels];
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (from, weights) = columns[x];
                for (var c = 0; c < channels; c++)
                {
                    var sum = 0f;
                    for (var k = 0; k < weights.Length; k++) sum += weights[k] * picture.Pixels[(y * picture.Width + from + k) * channels + c];
                    across[(y * width + x) * channels + c] = sum;
                }
            }
        }

        var pixels = new byte[height * width * channels];
        var line = width * channels;
        for (var y = 0; y < height; y++)
        {
            var (from, weights) = rows[y];
            for (var i = 0; i < line; i++)
            {
                var sum = 0f;
                for (var k = 0; k < weights.Length; k++) sum += weights[k] * across[(from + k) * line + i];
                pixels[y * line + i] = (byte)Math.Clamp(MathF.Round(sum), 0, 255);
            }
        }

        return new Picture(height, width, channels, pixels);
    }

    static (int From, float[] Weights)[] Weights(int source, int target)
    {
        var scale = (double)source / target;
        var support = Math.Max(1, scale);
        var result = new (int, float[])[target];
        for (var i = 0; i < target; i++)
        {
            var centre = (i + 0.5) * scale;
            int from = Math.Max(0, (int)(centre - support + 0.5)), to = Math.Min(source, (int)(centre + support + 0.5));
            if (to <= from) to = Math.Min(source, from + 1);
            var weights = new float[to - from];
            var sum = 0f;
            for (var k = 0; k < weights.Length; k++)
                sum += weights[k] = (float)Math.Max(0, 1 - Math.Abs((from + k + 0.5 - centre) / support));
            if (sum <= 0) (weights[0], sum) = (1, 1);
            for (var k = 0; k < weights.Length; k++) weights[k] /= sum;
            result[i] = (from, weights);
        }

        return result;
    }
}
