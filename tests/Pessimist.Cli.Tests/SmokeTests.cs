namespace Pessimist.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Runs() => Environment.ProcessorCount.ShouldBePositive();
}
