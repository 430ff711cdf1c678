using Pessimist.Tests;
using Pessimist.Engine.Watching;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;

namespace Pessimist.Engine.Tests.Watching;

public sealed class ProbeNeutralityTests
{
    public static TheoryData<string> Names => [.. Programs.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_watched_program_computes_what_it_computes_unwatched(string name)
    {
        var program = Programs.All[name];
        var alone = program();
        string watched = "", closely = "";
        var run = new Run();
        Probe.Watch(() => watched = program(), run).Faults.ShouldBeEmpty();
        Probe.Watch(() => closely = program(), new Run(), new ProbeOptions { TraceFrom = 0 }).Faults.ShouldBeEmpty();
        watched.ShouldBe(alone);
        closely.ShouldBe(alone);
        run.All<LoopEvent>().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_run_that_refuses_records_does_not_reach_the_program()
    {
        var alone = Programs.Perceptron();
        var watched = "";
        var result = Probe.Watch(() => watched = Programs.Perceptron(), new Run((_, _) => throw new IOException("the disk is full")));
        watched.ShouldBe(alone);
        result.Error.ShouldBeNull();
        result.Faults.ShouldContain(f => f.Contains("the disk is full"));
    }

    [Fact]
    public void Watching_leaves_no_tensor_behind()
    {
        Probe.Watch(() => Programs.Perceptron(), new Run());
        Garbage.Settle();
        var before = Memory.LiveTensors;
        var run = new Run();
        Probe.Watch(() => Programs.Perceptron(), run);
        Memory.LiveTensors.ShouldBe(before);
        run.Observations.Count.ShouldBeGreaterThan(100);
    }
}
