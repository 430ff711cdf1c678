using Pessimist.Cli.Parsing;
using Pessimist.Experiments;

namespace Pessimist.Cli.Tests.Parsing;

public sealed class ChangesTests
{
    [Fact]
    public void Changes_are_read()
    {
        Changes.Set("lr=1e-4").ShouldBe(new SetLearningRate(1e-4));
        Changes.Set("loss_factor=-1").ShouldBe(new ScaleLoss(-1));
        Changes.Insert("zero_grad").ShouldBe(new ZeroGradients());
        Changes.Drop("softmax").ShouldBe(new BypassOperation(0, "softmax"));
        Changes.Drop("dropout").ShouldBe(new SetDropout(0));
    }

    [Theory]
    [InlineData("lr", "'lr' is not a setting and its value")]
    [InlineData("lr=fast", "'fast' is not a learning rate above 0")]
    [InlineData("lrr=1", "did you mean 'lr'?")]
    public void A_setting_that_cannot_be_read_is_named(string text, string message) =>
        Should.Throw<PessimistException>(() => Changes.Set(text)).Message.ShouldContain(message);

    [Fact]
    public void A_word_that_is_not_known_brings_the_one_that_was_meant() =>
        Should.Throw<PessimistException>(() => Changes.Drop("sotfmax")).Message.ShouldContain("did you mean 'softmax'?");
}
