using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Resources;

/// <summary>PES801 to PES805.</summary>
public sealed class ResourceChecksTests
{
    const long MiB = 1 << 20;

    const string Growing = "growing-memory";
    const string Out = "out-of-memory";
    const string Starved = "starved-by-loader";
    const string Idle = "idle-device";
    const string Mixed = "mixed-devices";

    static IEnumerable<Observation> Memory(Func<int, long> bytes, Func<int, long>? tensors = null, int count = 100, int every = 10) => Enumerable.Range(0, count)
        .Select(i => new MemoryMeasured { Step = i * every, Resident = bytes(i), Tensors = tensors?.Invoke(i), Capacity = 8192 * MiB, Holders = i == count - 1 ? [new MemoryHolder("losses with their graphs in list total", 1000, 900 * MiB, Line(44))] : [] });

    static LoopEvent Epoch(long step) => new() { Action = LoopAction.Epoch, Step = step };

    [Fact]
    public void Memory_that_grows_steadily_is_a_warning_with_what_holds_it_and_when_it_ends()
    {
        var finding = Diagnose(Memory(i => (500 + 10 * i) * MiB, i => 100 + 10 * i)).FindingOf(Growing).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Warning, EvidenceClass.Suspected, 44));
        finding.Message.ShouldStartWith("memory grows by 1 MiB a step, 7");
        finding.Notes[0].ShouldStartWith("at this pace the memory is used up after 6");
    }

    public static TheoryData<string, Observation[]> Healthy => new()
    {
        { "constant", [.. Memory(_ => 500 * MiB, _ => 100)] },
        { "freed now and then", [.. Memory(i => (500 + 40 * (i % 10)) * MiB, i => 100 + 40 * (i % 10))] },
        { "warms up", [.. Memory(i => (500 + Math.Min(300, 20 * i)) * MiB)] },
        { "a process that grows without tensors", [.. Memory(i => (500 + 10 * i) * MiB, _ => 100)] },
        { "a cache of the first epoch", [Epoch(0), Epoch(800), .. Memory(i => (500 + 10 * Math.Min(80, i)) * MiB)] },
        { "little", [.. Memory(i => 500 * MiB + 1000 * i)] },
    };

    [Theory, MemberData(nameof(Healthy))]
    public void Healthy_programs_are_silent(string why, Observation[] memory) => Diagnose(memory).FindingOf(Growing).ShouldBeNull(why);

    [Fact]
    public void Small_tensors_that_pile_up_are_a_note() =>
        Diagnose(Memory(_ => 500 * MiB, i => 100 + 10 * i)).FindingOf(Growing).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Level.ShouldBe(Level.Note), f => f.Message.ShouldStartWith("each step leaves 1 more tensor alive, "));

    [Fact]
    public void Few_measurements_far_apart_are_enough_when_they_lie_on_a_line()
    {
        static IEnumerable<Observation> At(Func<long, long> tensors, params long[] steps) => steps.Select(s => new MemoryMeasured { Step = s, Resident = 500 * MiB, Tensors = tensors(s) });
        Diagnose(At(s => 24 + s, 0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 200)).FindingOf(Growing).ShouldNotBeNull().Level.ShouldBe(Level.Note);
        Diagnose(At(s => 24 + (long)(100 * Math.Log2(1 + s)), 0, 1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048)).VerdictOf(Growing).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Tensors_of_each_epoch_that_wait_for_the_collector_are_silent()
    {
        long[] steps = [0, 1, 2, 3, 4, 5, 8, 16, 32, 64, 128, 256];
        Diagnose(steps.Select(s => new MemoryMeasured { Step = s, Resident = 500 * MiB, Tensors = 151 + 41 * (s / 40) })).FindingOf(Growing).ShouldBeNull();
    }

    [Fact]
    public void A_short_run_or_a_first_epoch_says_nothing()
    {
        Diagnose(Memory(i => (500 + 10 * i) * MiB, count: 10)).VerdictOf(Growing).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose([Epoch(0), .. Memory(i => (500 + 10 * i) * MiB)]).VerdictOf(Growing).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Growing).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    static readonly ModelBuilt s_model = new()
    {
        Name = "VGG", Memory = new StepMemory(500 * MiB, 500 * MiB, 1000 * MiB, 6000 * MiB, 50 * MiB), Parameters = 130_000_000,
        Layers = [new LayerFact("conv1", "Conv2d", [64, 64, 224, 224], 1728, 800 * MiB), new LayerFact("fc1", "Linear", [64, 4096], 102_764_544, MiB)],
    };

    [Fact]
    public void A_step_that_will_not_fit_is_predicted_with_what_saves_most()
    {
        var finding = Diagnose(s_model with { Capacity = 4096 * MiB }).FindingOf(Out).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Message).ShouldBe((Level.Warning, EvidenceClass.Suspected, "a training step takes about 7.9 GiB, and there are 4 GiB"));
        finding.Evidence[0].ShouldBe(new Evidence("activations", "5.9 GiB"));
        finding.Fixes[0].ShouldBe("checkpointing of activations, for about a third more time: saves about 4.1 GiB");
        Diagnose(s_model with { Capacity = 16384 * MiB }).VerdictOf(Out).ShouldBeOfType<Verdict.Passed>();
        Diagnose(s_model).VerdictOf(Out).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Out).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 8.00 GiB total capacity)", "2 GiB")]
    [InlineData("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to allocate 3221225472 bytes. Error code 12", "3 GiB")]
    public void The_exception_is_explained(string message, string asked)
    {
        var crash = new ExceptionRaised { Type = "RuntimeError", Message = message, Step = 7, Operation = "sub", Stack = [Line(31)], Inputs = [new TensorFacts { Shape = [28_000, 1], DType = "float32" }, new TensorFacts { Shape = [28_000], DType = "float32" }] };
        var finding = Diagnose([.. SmallNet(), crash]).FindingOf(Out).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Error, EvidenceClass.Proved, 31));
        finding.Message.ShouldBe($"the memory is used up: sub asked for {asked} more, at step 7");
        finding.Notes.ShouldContain(n => n.EndsWith("[28000, 1] and [28000] are broadcast against each other", StringComparison.Ordinal));
        finding.Fixes[0].ShouldContain("halve the batch size");
    }

    [Fact]
    public void Another_exception_passes() => Diagnose(new ExceptionRaised { Type = "ValueError", Message = "no such column" }).VerdictOf(Out).ShouldBeOfType<Verdict.Passed>();

    static IEnumerable<Observation> Timed(double waiting, double computing, double? busy = null, int steps = 40) =>
        Enumerable.Range(0, steps).Select(i => new StepTimed { Step = i, Waiting = i == 0 ? 100 : waiting, Computing = computing, Busy = busy });

    [Fact]
    public void Waiting_for_data_most_of_the_time_is_a_note()
    {
        var finding = Diagnose([new LoaderBuilt { Loader = 0, Site = Line(9) }, .. Timed(0.9, 0.1)]).FindingOf(Starved).ShouldNotBeNull();

        (finding.Level, finding.Message, finding.Location!.Line).ShouldBe((Level.Note, "90% of the time is spent waiting for data", 9));
        Diagnose(Timed(0.1, 0.9)).VerdictOf(Starved).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Timed(0.009, 0.001)).VerdictOf(Starved).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Starved).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }

    [Fact]
    public void An_idle_accelerator_is_a_note_unless_data_is_what_it_waits_for()
    {
        Diagnose(Timed(0.1, 0.9, 0.12)).FindingOf(Idle).ShouldNotBeNull().ShouldSatisfyAllConditions(f => f.Level.ShouldBe(Level.Note), f => f.Message.ShouldBe("the accelerator works 12% of the time"));
        Diagnose(Timed(2, 0.9, 0.12)).VerdictOf(Idle).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Timed(0.1, 0.9, 0.8)).VerdictOf(Idle).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Timed(0.001, 0.009, 0.1, 5)).VerdictOf(Idle).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose(Timed(0.1, 0.9)).VerdictOf(Idle).ShouldBeOfType<Verdict.NotApplicable>();
    }

    [Fact]
    public void Tensors_on_two_devices_are_told_apart()
    {
        var crash = new ExceptionRaised
        {
            Type = "RuntimeError", Message = "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!", Operation = "addmm", Module = "fc1", Stack = [Line(31)],
            Inputs = [new TensorFacts { Shape = [8, 4], DType = "float32", Role = "input 0" }, new TensorFacts { Shape = [4, 2], DType = "float32", Device = "cuda:0", Role = "parameter fc1.weight" }],
        };
        var finding = Diagnose(crash).FindingOf(Mixed).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass).ShouldBe((Level.Error, EvidenceClass.Proved));
        finding.Message.ShouldBe("fc1 got 'input 0' on cpu and 'parameter fc1.weight' on cuda:0");
    }

    [Fact]
    public void A_network_partly_on_the_processor_is_a_note_and_several_accelerators_are_silent()
    {
        Diagnose(Parameter("a"), Parameter("b") with { Device = "cuda:0" }).FindingOf(Mixed).ShouldNotBeNull().Level.ShouldBe(Level.Note);
        Diagnose(Parameter("a") with { Device = "cuda:1" }, Parameter("b") with { Device = "cuda:0" }).VerdictOf(Mixed).ShouldBeOfType<Verdict.Passed>();
        Diagnose(Parameter("a"), Parameter("b") with { Model = 1, Device = "cuda:0" }).VerdictOf(Mixed).ShouldBeOfType<Verdict.Passed>();
        Diagnose().VerdictOf(Mixed).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
