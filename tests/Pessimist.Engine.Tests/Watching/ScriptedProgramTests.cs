using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Engine.Watching;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;
using Pessimist.Torch.Scripting;

namespace Pessimist.Engine.Tests.Watching;

public sealed class ScriptedProgramTests
{
    [Fact]
    public void A_healthy_program_that_trains_a_TorchScript_network_gets_no_errors_and_no_warnings()
    {
        var run = new Run((_, _) => { });
        var losses = new List<float>();
        Probe.Watch(() =>
        {
            Rng.Seed(3);
            using var network = ScriptModule.Load(Path.Combine(AppContext.BaseDirectory, "net.ts"));
            using var optimizer = new Adam(network.Parameters(), 1e-2);
            using var all = Scope.New();
            var inputs = Tensor.Randn([256, 3]);
            var labels = inputs.Select(1, 0).Gt(0).To(DType.Int64);
            for (var step = 0; step < 200; step++)
            {
                using var scope = Scope.New();
                var at = Tensor.From(Enumerable.Range(0, 32).Select(i => (step * 32L + i * 7) % 256).ToArray());
                var loss = Loss.CrossEntropy(network.Forward(inputs.IndexSelect(0, at)), labels.IndexSelect(0, at));
                optimizer.ZeroGrad();
                loss.Backward();
                optimizer.Step();
                losses.Add(loss.Item<float>());
            }
        }, run).Error.ShouldBeNull();
        losses[^1].ShouldBeLessThan(losses[0] / 2);
        Diagnose.Everything(run).Findings.Where(f => f.Level != Level.Note).Select(f => $"{f.Code} {f.Message}").ShouldBeEmpty();
        run.All<ModuleBuilt>().Select(m => m.Type).ShouldContain("Block");
    }
}
