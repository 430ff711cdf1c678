using System.Globalization;
using System.Text;

namespace Pessimist.Checks;

/// <summary>The page of one check, as <c>pessimist explain</c> prints it and as <c>docs/checks/</c> holds it.</summary>
public static class CheckPage
{
    public static string Markdown(CheckInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {info.Name} ({info.Code})\n\n{info.Summary}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{LevelWords(info.Level)}. Since {info.Since}.\n\n");
        text.Append(info.Docs.Trim()).Append('\n');
        var limits = Catalog.LimitsOf(info);
        if (limits.Count > 0)
        {
            text.Append("\n## Limits\n\n| limit | default | origin |\n|---|---|---|\n");
            foreach (var limit in limits) text.Append(CultureInfo.InvariantCulture, $"| {limit.Name} | {limit.DefaultText} | {limit.OriginText} |\n");
        }

        if (info.Explains.Count > 0)
        {
            text.Append("\n## Folds\n\nWhen found, these are its consequences and not reported apart: ");
            text.AppendJoin(", ", info.Explains.Select(c => Catalog.Find(c) is { } other ? $"{other.Name} ({c})" : c)).Append('\n');
        }

        return text.ToString();
    }

    static string LevelWords(Level level) => level switch
    {
        Level.Error => "Error at most, when proved or confirmed; a warning when only suspected",
        Level.Warning => "Warning at most",
        _ => "Note",
    };
}
