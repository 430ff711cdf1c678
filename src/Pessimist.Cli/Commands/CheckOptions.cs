using System.CommandLine;
using Pessimist.Checks.Settings;
using Pessimist.Text;

namespace Pessimist.Cli.Commands;

/// <summary>Which checks are judged, and with which limits: the project's file, and what the command line adds.</summary>
sealed class CheckOptions
{
    const string NoFile = "none";

    readonly Option<string[]> _select = Words("--select", "judge these checks only: codes, names, beginnings of codes such as PES3, or all");

    readonly Option<string[]> _ignore = Words("--ignore", "put the findings of these checks aside; they are listed as ignored");

    public static Option<string?> ConfigOption() => ToolCommand.Valued("--config", "FILE",
        $"the project's settings ({ProjectFile.FileName} here or above, up to the root of the repository); '{NoFile}' takes none", text => text);

    readonly Option<string?> _config = ConfigOption();

    public OptionGroup Group => new("Checks", [_select, _ignore, _config]);

    /// <exception cref="PessimistException">A word names no check, or the project's file is wrong.</exception>
    public CheckSettings Read(ParseResult parsed)
    {
        var settings = FromFile(parsed.GetValue(_config));
        Selector[] select = [.. Parse(parsed, _select)], ignore = [.. Parse(parsed, _ignore)];
        if (select.Length > 0) settings = settings with { Select = select };
        return ignore.Length > 0 ? settings with { Ignore = [.. settings.Ignore, .. ignore] } : settings;
    }

    public static CheckSettings FromFile(string? given)
    {
        var here = Directory.GetCurrentDirectory();
        if (given is null) return ProjectFile.Around(here);
        if (given == NoFile) return CheckSettings.Default;
        if (!File.Exists(given))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(given));
            var names = Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Take(10_000).Select(f => Path.GetFileName(f)) : [];
            throw new PessimistException($"--config: there is no file '{given}'{DidYouMean.Suffix(Path.GetFileName(given), names)}", $"name a file, or '{NoFile}' for the defaults");
        }

        return ProjectFile.Read(given, here);
    }

    static IEnumerable<Selector> Parse(ParseResult parsed, Option<string[]> option) =>
        (parsed.GetValue(option) ?? []).SelectMany(text => Selector.ParseAll(text, option.Name));

    static Option<string[]> Words(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "CHECKS",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };
}
