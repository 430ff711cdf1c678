using Pessimist.Cli.Terminal;

namespace Pessimist.Cli.Tests.Terminal;

public sealed class PastedTests
{
    [Theory]
    [InlineData("next:   pessimist explain PES302", "next:   ./pessimist explain PES302")]
    [InlineData("     $ pessimist run --confirm train.py", "     $ ./pessimist run --confirm train.py")]
    [InlineData("pessimist diagnose pessimist report", "./pessimist diagnose ./pessimist report")]
    [InlineData("usage: pessimist COMMAND [options]", "usage: ./pessimist COMMAND [options]")]
    [InlineData("report: .pessimist/runs/1/report.html", "report: .pessimist/runs/1/report.html")]
    [InlineData("/usr/bin/pessimist run", "/usr/bin/pessimist run")]
    [InlineData("a pessimist reports, and pessimist running", "a pessimist reports, and pessimist running")]
    [InlineData("pessimist: train.py runs", "pessimist: train.py runs")]
    public void A_command_begins_as_the_tool_was_started(string text, string expected)
    {
        Pasted.Commands(text, "./pessimist").ShouldBe(expected);
        Pasted.Commands(text, "pessimist").ShouldBe(text);
    }
}
