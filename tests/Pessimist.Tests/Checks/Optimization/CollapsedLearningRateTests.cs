using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Loops;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Optimization;

public sealed class CollapsedLearningRateTests
{
    const string Name = "collapsed-learning-rate";
    const int Steps = 400;

    static SchedulerBuilt Scheduler(string type, long? length = null) => new() { Scheduler = 0, Type = type, Optimizer = 0, Length = length, Site = Line(15) };

    static double Cosine(double share) => 0.5 * (1 + Math.Cos(Math.PI * share));

    [Fact]
    public void A_schedule_of_epochs_stepped_per_batch_is_proved_even_after_the_loss_fell()
    {
        var finding = Diagnose([Scheduler("StepLR", 30), .. Loop(Steps, "Z B S D", rate: step => 0.1 * Math.Pow(0.1, step / 10))]).FindingOf(Name).ShouldNotBeNull();

        (finding.Level, finding.EvidenceClass, finding.Location!.Line).ShouldBe((Level.Warning, EvidenceClass.Proved, 15));
        finding.Message.ShouldStartWith("the learning rate fell from 1e-1 to ");
        finding.Notes.ShouldBe(["StepLR was stepped 400 times that were seen, in 400 steps; its schedule takes 30"]);
    }

    [Fact]
    public void A_warm_up_that_is_never_stepped_is_proved() =>
        Diagnose([Scheduler("LambdaLR"), .. Loop(Steps, loss: StaysAtGuessing, rate: _ => 0)]).FindingOf(Name).ShouldNotBeNull().Message.ShouldBe("the learning rate is 0 at every step");

    public static TheoryData<string, Func<int, double>> Healthy => new()
    {
        { "constant", _ => 0.1 },
        { "warm-up from 0", step => 0.1 * Math.Min(1, step / 100.0) },
        { "range test", step => 1e-7 * Math.Pow(10, step / 50.0) },
        { "cosine to 0", step => 0.1 * Cosine(step / (double)Steps) },
        { "restarts", step => 0.1 * Cosine(step % 100 / 100.0) },
        { "ends in the trough of a cycle", step => 0.1 * Cosine(step % 133 / 133.0) },
        { "one-cycle", step => step < 120 ? 0.004 + 0.096 * step / 120 : 4e-7 + 0.1 * Cosine((step - 120) / 280.0) },
        { "exponential over the whole run", step => 0.1 * Math.Pow(1e-4, step / (double)Steps) },
        { "a tenth every third", step => 0.1 * Math.Pow(0.1, step / 133) },
    };

    [Theory, MemberData(nameof(Healthy))]
    public void Schedules_that_last_pass(string why, Func<int, double> rate) =>
        Diagnose([Scheduler("LambdaLR"), .. Loop(Steps, "Z B S D", rate: rate)]).VerdictOf(Name).ShouldBeOfType<Verdict.Passed>(why);

    [Fact]
    public void A_schedule_that_waits_for_a_plateau_is_reported_only_with_a_symptom()
    {
        static double Rate(int step) => step < 100 ? 0.1 : 1e-6;
        Diagnose([Scheduler("ReduceLROnPlateau"), .. Loop(Steps, rate: Rate)]).FindingOf(Name).ShouldBeNull();
        Diagnose([Scheduler("ReduceLROnPlateau"), .. Loop(Steps, loss: StaysAtGuessing, rate: Rate)]).FindingOf(Name).ShouldNotBeNull().EvidenceClass.ShouldBe(EvidenceClass.Suspected);
    }

    [Fact]
    public void Few_steps_say_nothing()
    {
        Diagnose(Loop(30, rate: step => step < 5 ? 0.1 : 0)).VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Diagnose().VerdictOf(Name).ShouldBeOfType<Verdict.NotEnoughEvidence>();
    }
}
