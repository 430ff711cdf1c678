using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Numerics;

public sealed class UnstableFormulaTests
{
    const string Name = "unstable-formula";

    static TensorFacts Tensor(long id, double min, double max, string dtype = "float32", bool asks = true) => new() { Id = id, Shape = [32, 10], DType = dtype, Min = min, Max = max, NonFinite = 0, RequiresGrad = asks };

    static OperationSeen Operation(int index, string name, TensorFacts output, params TensorFacts[] inputs) => new()
    {
        Step = 1, Index = index, Operation = name, Module = "head", Inputs = inputs, Outputs = [output], Site = new Site("net.py", 31),
    };

    static OperationSeen[] LogSoftmax(double least) =>
        [Operation(0, "softmax", Tensor(2, least, 1), Tensor(1, -9, 9)), Operation(1, "view", Tensor(3, least, 1), Tensor(2, least, 1)), Operation(2, "log", Tensor(4, -99, 0), Tensor(3, least, 1))];

    static double Breaks(int step) => step < 30 ? Falls(step) : double.NaN;

    [Fact]
    public void The_logarithm_of_a_softmax_near_0_is_a_warning_when_the_loss_breaks()
    {
        var finding = Diagnose([.. LogSoftmax(1e-30), .. Loop(40, loss: Breaks)]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Warning, EvidenceClass.Suspected, 31));
        finding.Message.ShouldBe("the logarithm of a softmax is taken, which rounds to 0, in head");
        finding.Fixes[0].ShouldContain("log_softmax");
    }

    [Fact]
    public void It_is_a_note_while_the_loss_falls_or_the_values_stay_away_from_the_edge()
    {
        Diagnose([.. LogSoftmax(1e-30), .. Loop(40)]).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Note);
        Diagnose([.. LogSoftmax(0.01), .. Loop(40, loss: Breaks)]).FindingOf(Name).ShouldNotBeNull().Level.ShouldBe(Level.Note);
    }

    public static TheoryData<string, OperationSeen> Near => new()
    {
        { "a logarithm comes near to 0", Operation(0, "log", Tensor(2, -99, 0), Tensor(1, 0, 1)) },
        { "sqrt comes near to 0, where its slope has no bound", Operation(0, "sqrt", Tensor(2, 0, 1), Tensor(1, 0, 1)) },
        { "a division comes near to 0", Operation(0, "div", Tensor(3, 0, 1e30), Tensor(1, 0, 1), Tensor(2, 1e-30, 1)) },
        { "exp comes near to overflow", Operation(0, "exp", Tensor(2, 0, 1e38), Tensor(1, -5, 86)) },
        { "exp comes near to overflow", Operation(0, "exp", Tensor(2, 0, 3e4), Tensor(1, -5, 10.5, "float16")) },
        { "the std of a single value is NaN", Operation(0, "std", Tensor(2, 0, 0) with { NonFinite = 32 }, Tensor(1, 0, 1)) },
    };

    [Theory, MemberData(nameof(Near))]
    public void Formulas_at_the_edge_are_named(string message, OperationSeen operation) =>
        Diagnose([operation, .. Loop(60, loss: StaysAtGuessing)]).FindingOf(Name).ShouldNotBeNull().ShouldSatisfyAllConditions(
            f => f.Message.ShouldBe(message + ", in head"), f => f.Level.ShouldBe(Level.Warning));

    public static TheoryData<string, OperationSeen> Safe => new()
    {
        { "log with an epsilon", Operation(0, "log", Tensor(2, -19, 0), Tensor(1, 1e-8, 1)) },
        { "log of data", Operation(0, "log", Tensor(2, -19, 0), Tensor(1, 0, 1, asks: false)) },
        { "root of an optimizer", Operation(0, "sqrt", Tensor(2, 0, 1), Tensor(1, 0, 1)) with { GradientsOn = false } },
        { "variance of a VAE", Operation(0, "exp", Tensor(2, 0, 9), Tensor(1, -5, 3)) },
        { "softmax by hand", Operation(0, "exp", Tensor(2, 0, 1), Tensor(1, -150, 0)) },
        { "division by a signed number", Operation(0, "div", Tensor(3, 0, 9), Tensor(1, 0, 1), Tensor(2, -1, 1)) },
        { "division by a count", Operation(0, "div", Tensor(3, 0, 9), Tensor(1, 0, 1), Tensor(2, 32, 32, asks: false)) },
    };

    [Theory, MemberData(nameof(Safe))]
    public void Safe_formulas_pass_even_with_a_symptom(string why, OperationSeen operation) => Diagnose([operation, .. Loop(60, loss: StaysAtGuessing)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>(why);

    [Fact]
    public void Without_a_trace_nothing_is_known() => Diagnose(Loop(60)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
}
