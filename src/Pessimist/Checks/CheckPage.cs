using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace Pessimist.Checks;

/// <summary>The page of one check, as <c>pessimist explain</c> prints it and as <c>docs/checks/</c> holds it.</summary>
public static partial class CheckPage
{
    public static string Markdown(CheckInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {info.Name} ({info.Code})\n\n{info.Summary}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{LevelWords(info.Level)}. Since {info.Since}.\n\n");
        text.Append(info.Docs.Trim()).Append('\n');
        var limits = Limits(info);
        if (limits.Count > 0)
        {
            text.Append("\n## Limits\n\n| limit | default | origin |\n|---|---|---|\n");
            foreach (var limit in limits) text.Append(CultureInfo.InvariantCulture, $"| {limit.Name} | {limit.Default} | {limit.Origin} |\n");
        }

        if (info.Explains.Count > 0)
        {
            text.Append("\n## Folds\n\nWhen found, these are its consequences and not reported apart: ");
            text.AppendJoin(", ", info.Explains.Select(c => Catalog.Find(c) is { } other ? $"{other.Name} ({c})" : c)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Name, default and origin of each limit, from the check's nested Limits record.</summary>
    public static IReadOnlyList<(string Name, string Default, string Origin)> Limits(CheckInfo info)
    {
        if (TypeOf(info)?.GetNestedType("Limits") is not { } type || Activator.CreateInstance(type) is not { } defaults) return [];
        return
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(p => p.Name != "EqualityContract")
                .Select(p => (Kebab(p.Name), Convert.ToString(p.GetValue(defaults), CultureInfo.InvariantCulture) ?? "", OriginOf(p))),
        ];
    }

    static Type? TypeOf(CheckInfo info) => typeof(CheckPage).Assembly.GetTypes()
        .FirstOrDefault(t => !t.IsAbstract && t.IsSubclassOf(typeof(Check)) && (t.GetField("About", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as CheckInfo)?.Code == info.Code);

    static string OriginOf(PropertyInfo property) => property.GetCustomAttribute<OriginAttribute>() is not { } origin ? "convention"
        : origin.Source is null ? origin.Origin.ToString().ToLowerInvariant() : $"{origin.Origin.ToString().ToLowerInvariant()}: {origin.Source}";

    static string LevelWords(Level level) => level switch
    {
        Level.Error => "Error at most, when proved or confirmed; a warning when only suspected",
        Level.Warning => "Warning at most",
        _ => "Note",
    };

    static string Kebab(string name) => Capital().Replace(name, m => (m.Index == 0 ? "" : "-") + m.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
