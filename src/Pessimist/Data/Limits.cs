using System.Globalization;

namespace Pessimist.Data;

/// <summary>Bounds on what is read, so that a hostile or mistaken file ends in a message and not in exhausted memory.</summary>
static class Limits
{
    /// <summary>The share of the memory the process may use that one array of data may take.</summary>
    const double LargestShare = 0.4;

    /// <summary>Throws unless so many elements fit into one array and into memory.</summary>
    public static void CheckFits(long elements, int bytesEach, string source)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var bytes = (Int128)elements * bytesEach;
        if (elements < 0 || elements > Array.MaxLength || bytes > (Int128)(memory * LargestShare))
            throw new PessimistException(
                $"{source} needs {Size(bytes > long.MaxValue ? long.MaxValue : (long)bytes)} in memory as {elements.ToString("N0", CultureInfo.InvariantCulture)} numbers; this machine has {Size(memory)}, of which data may take {Size(Math.Min((long)(memory * LargestShare), (long)Array.MaxLength * bytesEach))}",
                "give a sample of the rows, or a machine with more memory");
    }

    /// <summary>"1.5 GiB".</summary>
    public static string Size(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        double value = bytes;
        var unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}
