using System.Globalization;

namespace Pessimist.Checks.Resources;

/// <summary>Bytes as people read them.</summary>
static class Sizes
{
    public static string Text(double bytes) => Math.Abs(bytes) switch
    {
        < 1 << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes:0} bytes"),
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 10):0.#} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 20):0.#} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1 << 30):0.#} GiB"),
    };
}
