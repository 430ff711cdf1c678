using Pessimist.Checks;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES107 in watched programs: scores and targets that are laid one behind the other in different orders.</summary>
public sealed class WatchedPairsTests
{
    const string Name = "labels-mispaired";

    static Finding? Of(long[] scores, long[] targets)
    {
        var build = new TraceBuilder();
        var made = build.Op("linear", [build.Input(7, 64, 8), build.Parameter("head.weight", 13, 8)], scores, "head");
        build.Op("cross_entropy_loss", [build.Op("reshape", [made], [448, 13]), build.Op("reshape", [build.Target(targets)], [448], dtype: "int64")], []);
        return Diagnose(build.Operations).FindingOf(Name);
    }

    [Fact]
    public void Positions_first_beside_examples_first_is_proved()
    {
        var finding = Of([7, 64, 13], [64, 7]).ShouldNotBeNull();
        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Proved, 103));
    }

    [Fact]
    public void The_same_order_is_right() => Of([64, 7, 13], [64, 7]).ShouldBeNull();

    [Fact]
    public void Targets_that_were_flat_before_tell_nothing() => Of([7, 64, 13], [448]).ShouldBeNull();
}
