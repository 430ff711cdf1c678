using System.Text.Json;
using Pessimist.Torch.Optim;

namespace Pessimist.Torch.Tests.Optim;

public sealed class OptimizerGoldenTests
{
    static readonly JsonElement Cases = Golden.Read("optimizers.json");

    static readonly Dictionary<string, Func<Tensor[], Optimizer>> Optimizers = new()
    {
        ["sgd"] = p => new SGD(p, 0.1),
        ["sgd_momentum"] = p => new SGD(p, 0.1, momentum: 0.9),
        ["sgd_dampening"] = p => new SGD(p, 0.1, momentum: 0.9, dampening: 0.3),
        ["sgd_nesterov_decay"] = p => new SGD(p, 0.05, momentum: 0.8, nesterov: true, weightDecay: 0.1),
        ["sgd_decay"] = p => new SGD(p, 0.1, weightDecay: 0.2),
        ["sgd_maximize"] = p => new SGD(p, 0.1, momentum: 0.5, maximize: true, weightDecay: 0.1),
        ["adam"] = p => new Adam(p, 0.01),
        ["adam_options"] = p => new Adam(p, 0.02, beta1: 0.8, beta2: 0.9, epsilon: 1e-4, weightDecay: 0.1),
        ["adam_maximize"] = p => new Adam(p, 0.02, maximize: true, weightDecay: 0.1),
        ["adamw"] = p => new AdamW(p, 0.01),
        ["adamw_options"] = p => new AdamW(p, 0.02, beta1: 0.8, beta2: 0.9, epsilon: 1e-4, weightDecay: 0.3),
        ["adamw_maximize"] = p => new AdamW(p, 0.02, maximize: true, weightDecay: 0.3),
        ["rmsprop"] = p => new RMSprop(p, 0.01),
        ["rmsprop_momentum"] = p => new RMSprop(p, 0.01, alpha: 0.9, momentum: 0.7, weightDecay: 0.1),
        ["rmsprop_centered"] = p => new RMSprop(p, 0.01, alpha: 0.9, centered: true, epsilon: 1e-4),
        ["rmsprop_maximize"] = p => new RMSprop(p, 0.01, momentum: 0.5, centered: true, weightDecay: 0.1, maximize: true),
        ["rmsprop_all"] = p => new RMSprop(p, 0.01, alpha: 0.9, centered: true, momentum: 0.7, weightDecay: 0.1),
        ["sgd_groups"] = p => new SGD([new ParameterGroup([p[0]]), new ParameterGroup([p[1]], lr: 0.5, weightDecay: 0.25)], 0.1, momentum: 0.9, weightDecay: 0.1),
        ["adam_groups"] = p => new Adam([new ParameterGroup([p[0]]), new ParameterGroup([p[1]], lr: 0.5, weightDecay: 0.25)], 0.01),
        ["adam_missing_gradients"] = p => new Adam(p, 0.01),
        ["sgd_missing_gradients"] = p => new SGD(p, 0.1, momentum: 0.9),
    };

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    [Fact]
    public void Every_golden_has_an_optimizer() =>
        Cases.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Object && p.Value.TryGetProperty("trajectory", out _)).Select(p => p.Name)
            .ShouldBe(Optimizers.Keys, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void Goes_where_PyTorch_goes(string name)
    {
        using var scope = Scope.New();
        var parameters = Start();
        using var optimizer = Optimizers[name](parameters);
        foreach (var (step, expected) in Cases.GetProperty(name).GetProperty("trajectory").EnumerateArray().Index())
        {
            Feed(parameters, step, name);
            optimizer.Step();
            Values(parameters).ShouldMatch(expected.Doubles(), 1e-10, $"step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Continues_from_its_state_dict_as_if_nothing_had_happened(string name)
    {
        using var scope = Scope.New();
        var parameters = Start();
        using var before = Optimizers[name](parameters);
        using var after = Optimizers[name](parameters);
        for (var step = 0; step < 20; step++)
        {
            if (step == 7)
            {
                foreach (var group in after.Groups)
                    group.LearningRate = 123;
                after.LoadStateDict(before.StateDict());
            }
            Feed(parameters, step, name);
            (step < 7 ? before : after).Step();
        }
        Values(parameters).ShouldMatch(Cases.GetProperty(name).GetProperty("trajectory")[19].Doubles(), 1e-10, "the last step");
    }

    [Theory]
    [InlineData("clip_norm", 1.5, 2.0)]
    [InlineData("clip_norm_not_needed", 1e3, 2.0)]
    [InlineData("clip_norm_inf", 0.5, double.PositiveInfinity)]
    [InlineData("clip_norm_one", 0.5, 1.0)]
    [InlineData("clip_value", 0.4, null)]
    public void Clips_as_PyTorch_clips(string name, double limit, double? p)
    {
        using var scope = Scope.New();
        var parameters = Start();
        Feed(parameters, 1, "");
        var golden = Cases.GetProperty(name);
        if (p is { } power)
            GradientClip.ByNorm(parameters, limit, power).ShouldBe(golden.GetProperty("norm").GetDouble(), 1e-10);
        else
            GradientClip.ByValue(parameters, limit);
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].Grad.ShouldMatch(golden.GetProperty("gradients")[i], $"gradient {i}");
    }

    static Tensor[] Start() => [.. Cases.GetProperty("start").EnumerateArray().Select(t => t.Tensor().RequireGrad())];

    static void Feed(Tensor[] parameters, int step, string name)
    {
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].Grad = name.EndsWith("missing_gradients", StringComparison.Ordinal) && i == 1 && step % 3 == 0
                ? null
                : Cases.GetProperty("gradients")[step][i].Tensor();
    }

    static double[] Values(Tensor[] parameters) => [.. parameters.SelectMany(p => p.ToArray<double>())];
}
