using System.Text;

namespace Pessimist.Reporting;

/// <summary>Parts of a report that fail for themselves alone.</summary>
static class Sections
{
    /// <summary>Writes a part; when it throws, what it wrote is taken back and one line says so.</summary>
    /// <param name="line">Makes the line from the clean message.</param>
    public static void Write(StringBuilder text, string name, Action write, Func<string, string>? line = null)
    {
        var before = text.Length;
        try
        {
            write();
        }
#pragma warning disable CA1031 // Whatever a part throws, it must not take the others down.
        catch (Exception e)
#pragma warning restore CA1031
        {
            text.Length = before;
            var message = Fault(name, e);
            text.Append(line?.Invoke(message) ?? message).Append('\n');
        }
    }

    public static string Fault(string name, Exception e) => Display.Clean($"the part \"{name}\" cannot be shown: {e.GetType().Name}: {e.Message}");
}
