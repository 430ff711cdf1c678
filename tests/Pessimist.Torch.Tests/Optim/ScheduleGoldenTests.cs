using System.Text.Json;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests.Optim;

public sealed class ScheduleGoldenTests
{
    static readonly JsonElement Cases = Golden.Read("schedules.json");

    static readonly Dictionary<string, Schedule> Schedules = new()
    {
        ["step"] = new StepLR(7, 0.3),
        ["multi_step"] = new MultiStepLR([3, 10, 10, 20], 0.5),
        ["exponential"] = new ExponentialLR(0.9),
        ["cosine"] = new CosineAnnealingLR(30, 0.001),
        ["cosine_past_the_end"] = new CosineAnnealingLR(12),
        ["linear"] = new LinearLR(0.1, Steps: 8),
        ["linear_to"] = new LinearLR(1, 0.2, 20),
        ["constant"] = new ConstantLR(0.25, 6),
        ["one_cycle"] = new OneCycleLR(31),
        ["one_cycle_adam"] = new OneCycleLR(31),
        ["one_cycle_linear"] = new OneCycleLR(31, RisingShare: 0.4, Anneal: Anneal.Linear, DivFactor: 10, FinalDivFactor: 100),
        ["one_cycle_three_phase"] = new OneCycleLR(31, ThreePhase: true, CycleMomentum: false),
        ["warm_up_then_cosine"] = new LinearLR(0.1, Steps: 5).Then(5, new CosineAnnealingLR(25)),
        ["three_in_sequence"] = new ConstantLR(0.1, 4).Then(4, new ExponentialLR(0.9)).Then(8, new StepLR(3, 0.5)),
        ["chained"] = new ChainedLR([new LinearLR(0.1, Steps: 5), new ExponentialLR(0.9), new StepLR(10, 0.5)]),
    };

    public static TheoryData<string> Names => [.. Cases.Names()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Moves_the_rates_of_all_groups_as_PyTorch_does(string name)
    {
        using var scope = Scope.New();
        ParameterGroup[] groups = [new([Tensor.Zeros([1])]), new([Tensor.Zeros([1])], lr: 0.02)];
        using Optimizer optimizer = name.EndsWith("adam", StringComparison.Ordinal) ? new Adam(groups, 0.5) : new SGD(groups, 0.5, momentum: name.StartsWith("one_cycle", StringComparison.Ordinal) ? 0.9 : 0);
        var scheduler = new Scheduler(optimizer, Schedules[name]);
        List<double> rates = [], momenta = [];
        foreach (var _ in Cases.GetProperty(name).GetProperty("rates").EnumerateArray())
        {
            rates.AddRange(optimizer.Groups.Select(g => g.LearningRate));
            momenta.Add(optimizer.Momentum);
            scheduler.Step();
        }
        rates.ToArray().ShouldMatch([.. Cases.GetProperty(name).GetProperty("rates").EnumerateArray().SelectMany(r => r.Doubles())], 1e-12, "rates");
        momenta.ToArray().ShouldMatch(Cases.GetProperty(name).GetProperty("momenta").Doubles(), 1e-12, "momenta");
    }

    [Fact]
    public void Continues_at_the_step_it_is_set_to()
    {
        using var scope = Scope.New();
        using var optimizer = new SGD([Tensor.Zeros([1])], 0.8);
        var scheduler = new Scheduler(optimizer, new StepLR(2, 0.5)) { StepCount = 4 };
        optimizer.LearningRate.ShouldBe(0.2);
        scheduler.Step();
        scheduler.Step();
        optimizer.LearningRate.ShouldBe(0.1);
    }

    [Fact]
    public void One_cycle_stays_at_its_end() => new OneCycleLR(10).RateAt(500, 1).ShouldBe(1 / 25.0 / 1e4, 1e-15);
}
