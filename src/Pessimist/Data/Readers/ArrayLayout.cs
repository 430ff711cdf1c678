namespace Pessimist.Data.Readers;

/// <summary>Decides what an array of N items is (vectors, sequences, pictures) and brings pictures into channels-first order.</summary>
static class ArrayLayout
{
    const int SmallestSide = 8;

    /// <summary>
    /// N x D are vectors; N x H x W pictures when they are bytes or square, else sequences of H steps; N x H x W x C or N x C x H x W pictures when
    /// C is 1, 3 or 4.
    /// </summary>
    /// <returns>A reading is given where the shape alone does not tell.</returns>
    public static (DataKind Kind, ArrayData Items, string? Note, string? Reading) Arrange(int[] shape, Elements elements, string source)
    {
        var count = shape[0];
        switch (shape.Length)
        {
            case 1:
                return (DataKind.Arrays, elements.As([1], count), null, null);
            case 2:
                return (DataKind.Arrays, elements.As([shape[1]], count), null, null);
            case 3 when elements.Bytes is not null || (shape[1] == shape[2] && shape[1] >= SmallestSide):
                return (DataKind.Images, elements.As([1, shape[1], shape[2]], count), null,
                    elements.Bytes is null ? $"read as pictures of {shape[2]} x {shape[1]}; --as sequence reads {shape[1]} steps of {shape[2]} features" : null);
            case 3:
                return (DataKind.Arrays, elements.As([shape[1], shape[2]], count), $"each example of {source} is read as a sequence of {shape[1]} steps of {shape[2]} features",
                    $"read as sequences of {shape[1]} steps of {shape[2]} features; --as picture reads pictures of {shape[2]} x {shape[1]}");
            case 4 when IsChannels(shape[1]) && !IsChannels(shape[3]):
                return (DataKind.Images, elements.As([shape[1], shape[2], shape[3]], count), null, null);
            case 4 when IsChannels(shape[3]):
                return (DataKind.Images, elements.ChannelsFirst(shape).As([shape[3], shape[1], shape[2]], count),
                    $"pictures of {source} are stored with channels last, and were brought to channels first", null);
            default:
                throw new PessimistException($"{source}: examples of shape [{string.Join(", ", shape.Skip(1))}] are neither vectors, sequences nor pictures of 1, 3 or 4 channels",
                    "give arrays of shape (N, features), (N, steps, features), (N, height, width) or (N, height, width, channels)");
        }
    }

    static bool IsChannels(int size) => size is 1 or 3 or 4;
}

/// <summary>The elements of an array as read: bytes or floats, row-major.</summary>
sealed record Elements(byte[]? Bytes, float[]? Floats, string Type)
{
    public ArrayData As(int[] shape, int count) => Bytes is not null ? new ArrayData(shape, count, Bytes) : new ArrayData(shape, count, Floats!, Type);

    /// <summary>N x H x W x C to N x C x H x W.</summary>
    public Elements ChannelsFirst(int[] shape) => this with
    {
        Bytes = Bytes is null ? null : Move(Bytes, shape),
        Floats = Floats is null ? null : Move(Floats, shape),
    };

    static T[] Move<T>(T[] source, int[] shape)
    {
        int pixels = shape[1] * shape[2], channels = shape[3];
        if (channels == 1) return source;
        var moved = new T[source.Length];
        for (var item = 0; item < shape[0]; item++)
        {
            var start = item * pixels * channels;
            for (var pixel = 0; pixel < pixels; pixel++)
                for (var c = 0; c < channels; c++)
                    moved[start + c * pixels + pixel] = source[start + pixel * channels + c];
        }

        return moved;
    }
}
