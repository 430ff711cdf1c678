using System.Globalization;
using System.Text;
using Pessimist.Checks.Settings;

namespace Pessimist.Checks;

/// <summary>The page of one check, as <c>pessimist explain</c> prints it and as <c>docs/checks/</c> holds it.</summary>
public static class CheckPage
{
    /// <param name="settings">What the project sets; null for the defaults alone.</param>
    public static string Markdown(CheckInfo info, CheckSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(info);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {info.Name} ({info.Code})\n\n{info.Summary}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{LevelWords(info.Level)}. Since {info.Since}.\n\n");
        text.Append(info.Docs.Trim()).Append('\n');
        var limits = Catalog.LimitsOf(info);
        if (limits.Count > 0)
        {
            var changed = settings?.ChangedLimits().Where(c => c.Check == info.Name).ToDictionary(c => c.Limit, c => Limit.Text(c.Value)) ?? [];
            text.Append(changed.Count == 0 ? "\n## Limits\n\n| limit | default | what it is | origin |\n|---|---|---|---|\n"
                : $"\n## Limits\n\n| limit | default | {settings!.File} | what it is | origin |\n|---|---|---|---|---|\n");
            foreach (var limit in limits)
                text.Append(CultureInfo.InvariantCulture, $"| {limit.Name} | {limit.DefaultText} | {(changed.Count == 0 ? "" : $"{changed.GetValueOrDefault(limit.Name)} | ")}{Cell(limit.Meaning)} | {Cell(limit.OriginText)} |\n");
        }

        if (info.Explains.Count > 0)
        {
            text.Append("\n## Folds\n\nWhen found, these are its consequences and not reported apart: ");
            text.AppendJoin(", ", info.Explains.Select(c => Catalog.Find(c) is { } other ? $"{other.Name} ({c})" : c)).Append('\n');
        }

        if (settings?.ExclusionOf(info) is { } excluded) text.Append(CultureInfo.InvariantCulture, $"\n## Here\n\nThe check is {excluded.Why}.\n");
        return text.ToString();
    }

    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    static string LevelWords(Level level) => level switch
    {
        Level.Error => "Error at most, when proved or confirmed; a warning when only suspected",
        Level.Warning => "Warning at most",
        _ => "Note",
    };
}
