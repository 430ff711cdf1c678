using System.CommandLine;
using Pessimist.Checks;
using Pessimist.Cli.Terminal;
using Pessimist.Text;

namespace Pessimist.Cli.Commands;

/// <summary><c>pessimist explain</c>: the documentation of one check.</summary>
sealed class ExplainCommand : ToolCommand
{
    readonly Screen _screen;
    readonly Argument<string> _check = new("CHECK") { Description = "a check's code (PES201) or its name" };

    readonly Option<string?> _config = CheckOptions.ConfigOption();

    public ExplainCommand(Screen screen) : base("explain", "what a check finds, its limits and what the project sets, when it is wrong, and what to do")
    {
        _screen = screen;
        Arguments.Add(_check);
        Groups = [new OptionGroup("Checks", [_config])];
        AddGroups();
        Examples = [new Example("pessimist explain PES904", "the documentation of one check")];
        SetAction(Run);
    }

    int Run(ParseResult parsed)
    {
        var given = parsed.GetRequiredValue(_check);
        var info = Catalog.Find(given) ?? throw new PessimistException(
            $"there is no check '{given}'{DidYouMean.Suffix(given, Catalog.Infos.SelectMany(i => new[] { i.Name, i.Code }))}", "pessimist checks lists them all");
        _screen.Out.Write(CheckPage.Markdown(info, CheckOptions.FromFile(parsed.GetValue(_config))));
        return ExitCodes.Ok;
    }
}
