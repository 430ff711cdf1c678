using Pessimist.Cli.Terminal;
using Pessimist.Engine.Walk;

namespace Pessimist.Cli.Tests.Terminal;

public sealed class ProgressTests
{
    [Fact]
    public void The_line_shows_stage_bar_and_the_time_left_at_this_pace() =>
        ProgressLine.Line("8/12 train", new WalkStep("epoch 5 of 20", 5, 20), TimeSpan.FromSeconds(10), 100, colors: false)
            .ShouldBe("8/12 train  [#####...............]  25 %  epoch 5 of 20  30 s left");

    [Fact]
    public void The_walk_may_know_the_time_left_better() =>
        ProgressLine.Line("11/12 tune", new WalkStep("trial 3", 0, 0, TimeSpan.FromSeconds(90)), TimeSpan.FromSeconds(10), 100, colors: false)
            .ShouldBe("11/12 tune  trial 3  1 min 30 s left");

    [Fact]
    public void Without_a_total_the_time_so_far_is_shown() =>
        ProgressLine.Line("2/12 data", new WalkStep("reading", 0, 0), TimeSpan.FromSeconds(5), 100, colors: false).ShouldBe("2/12 data  reading  5 s");

    [Theory]
    [InlineData(40)]
    [InlineData(20)]
    [InlineData(5)]
    public void The_line_never_wraps(int columns) =>
        ProgressLine.Line("8/12 train", new WalkStep(new string('x', 200), 5, 20), TimeSpan.FromSeconds(10), columns, colors: false).Length.ShouldBeLessThan(columns);

    [Fact]
    public void Control_characters_of_the_data_do_not_reach_the_terminal() =>
        ProgressLine.Line("2/12 data", new WalkStep("column \e[31mred\a", 0, 0), TimeSpan.Zero, 100, colors: false).ShouldNotContain('\e');

    [Fact]
    public void On_a_terminal_the_line_is_gone_at_the_end_and_what_was_said_stays()
    {
        using var tool = new ToolSession { Terminal = true };
        tool.Diagnose(new FakeWalker((run, progress) =>
        {
            FakeWalker.Stage(run, progress);
            progress.Said("reads 64 columns as one picture");
            return Observations.RunEnding.Completed;
        })).ShouldBe(0);
        tool.Error.ShouldContain("reads 64 columns as one picture\n");
        tool.Error.ShouldEndWith("\r\e[K");
        tool.Error.ShouldNotContain("passed in");
    }
}
