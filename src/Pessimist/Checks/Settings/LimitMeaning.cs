using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Pessimist.Checks.Settings;

/// <summary>
/// What a limit means, from the summary above its declaration: the compiler writes those to a file beside the assembly. Where that file was not
/// shipped nothing is known, and nothing fails.
/// </summary>
static partial class LimitMeaning
{
    static readonly Lazy<Dictionary<string, string>> s_summaries = new(Read);

    /// <param name="declaring">The <c>Limits</c> record.</param>
    public static string Of(Type declaring, string property) =>
        s_summaries.Value.GetValueOrDefault($"P:{declaring.FullName!.Replace('+', '.')}.{property}", "");

    static Dictionary<string, string> Read()
    {
        var file = Path.Combine(AppContext.BaseDirectory, typeof(LimitMeaning).Assembly.GetName().Name + ".xml");
        try
        {
            return XDocument.Load(file).Descendants("member")
                .Where(m => m.Attribute("name")?.Value.Contains(".Limits.", StringComparison.Ordinal) == true && m.Element("summary") is not null)
                .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")!));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            return [];
        }
    }

    static string Text(XElement summary)
    {
        foreach (var reference in summary.Descendants().Where(e => e.Attribute("cref") is not null).ToArray())
            reference.ReplaceWith(reference.Attribute("cref")!.Value.Split('.')[^1]);
        return Space().Replace(summary.Value, " ").Trim().TrimEnd('.');
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
