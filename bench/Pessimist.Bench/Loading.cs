using System.Diagnostics;
using Pessimist.Data;

namespace Pessimist.Bench;

static class Loading
{
    /// <summary>Nanoseconds to read a table (<c>csv</c>), or to read pictures, split and normalize them (<c>idx</c>).</summary>
    public static double Read(string what, string path)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        var raw = DataReader.Read(path);
        if (what == "idx") PreparedData.From(raw);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}
