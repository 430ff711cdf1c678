using Pessimist.Engine.Stepping;
using Pessimist.Observations;

namespace Pessimist.Engine.Tests.Stepping;

public sealed class StepConditionTests
{
    static StepNode Node(TensorFacts facts) => new()
    {
        Phase = StepPhase.Forward,
        Layer = "conv2",
        Name = "conv2d",
        Outputs = [new SteppedTensor { Label = "#1", Facts = facts }],
    };

    static readonly TensorFacts Facts = new() { Shape = [32, 10], DType = "float32", Min = -2, Mean = 0.5, Max = 120, Std = 3, Zeros = 0.25, NonFinite = 0 };

    [Theory]
    [InlineData("shape=32,10", true)]
    [InlineData("shape=32x10", true)]
    [InlineData("shape=[*, 10]", true)]
    [InlineData("shape=10", false)]
    [InlineData("shape=32,11", false)]
    [InlineData("op=conv2d", true)]
    [InlineData("op=conv", false)]
    [InlineData("dtype=float32", true)]
    [InlineData("dtype=float64", false)]
    [InlineData("max>100", true)]
    [InlineData("max > 200", false)]
    [InlineData("min<-1.5", true)]
    [InlineData("zeros>20", true)]
    [InlineData("nonfinite", false)]
    [InlineData("forward", true)]
    [InlineData("backward", false)]
    public void A_condition_holds_where_it_should(string text, bool holds) => StepCondition.Parse(text).Holds(Node(Facts)).ShouldBe(holds);

    [Fact]
    public void A_value_that_is_not_finite_is_seen() => StepCondition.Parse("nonfinite").Holds(Node(Facts with { NonFinite = 1 })).ShouldBeTrue();

    [Theory]
    [InlineData("nonfinit", "did you mean 'nonfinite'")]
    [InlineData("shape=a", "is no condition")]
    [InlineData("max=3", "is no condition")]
    [InlineData("max>nan", "is no condition")]
    [InlineData("op>3", "is no condition")]
    [InlineData("", "is no condition")]
    public void What_is_no_condition_is_refused(string text, string why) => Should.Throw<PessimistException>(() => StepCondition.Parse(text)).Message.ShouldContain(why);
}
