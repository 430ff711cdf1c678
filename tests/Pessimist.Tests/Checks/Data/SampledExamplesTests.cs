using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES107 and PES109 of watched programs, from the examples of the first training batches.</summary>
public sealed class SampledExamplesTests
{
    static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>Twenty batches of 32 examples of six numbers; the answer is computed from them.</summary>
    static IEnumerable<Observation> Batches(Func<double[], Random, double> answer, string type = "int64")
    {
        var random = new Random(3);
        for (var b = 0; b < 20; b++)
        {
            double[][] values = [.. Enumerable.Range(0, 32).Select(_ => Enumerable.Range(0, 6).Select(_ => 2 * (2 * random.Next(2) - 1) + 0.5 * Gauss(random)).ToArray())];
            yield return new BatchObserved
            {
                Step = b, Phase = Phase.Train, Inputs = [new TensorFacts { Shape = [32, 6], DType = "float32" }], Target = new TensorFacts { Shape = [32], DType = type },
                Values = values, Columns = 6, Answers = [.. values.Select(v => answer(v, random))], Site = Line(12),
            };
        }
    }

    static double Sides(double[] values, Random random) => (values[0] > 0 ? 1 : 0) + (values[1] > 0 ? 2 : 0);

    static double Guessed(double[] values, Random random) => random.Next(4);

    static Finding? Judge(string name, IEnumerable<Observation> batches, Func<int, double> loss) => Diagnose([.. batches, .. Loop(60, loss: loss)]).FindingOf(name);

    [Fact]
    public void Labels_that_nothing_tells_are_suspected_while_the_loss_stands() =>
        Judge("labels-mispaired", Batches(Guessed), StaysAtGuessing).ShouldNotBeNull().Level.ShouldBe(Level.Warning);

    [Fact]
    public void Labels_that_inputs_tell_are_not() => Judge("labels-mispaired", Batches(Sides), StaysAtGuessing).ShouldBeNull();

    [Fact]
    public void A_program_that_learns_is_not_asked() => Judge("labels-mispaired", Batches(Guessed), Falls).ShouldBeNull();

    [Fact]
    public void Labels_of_which_half_are_guessed_are_noisy() =>
        Judge("noisy-labels", Batches((v, r) => r.Next(2) == 0 ? r.Next(4) : Sides(v, r)), StaysAtGuessing).ShouldNotBeNull().Level.ShouldBe(Level.Warning);

    [Fact]
    public void Clean_labels_of_a_program_that_does_not_learn_are_not_noisy() => Judge("noisy-labels", Batches(Sides), StaysAtGuessing).ShouldBeNull();
}
