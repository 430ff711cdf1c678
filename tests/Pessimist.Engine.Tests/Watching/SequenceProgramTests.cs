using Pessimist.Checks;
using Pessimist.Diagnosis;
using Pessimist.Engine.Programs;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;
using Pessimist.Torch.Data;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Tests.Watching;

/// <summary>Recurrent networks and attention: seen as what they are, and quiet while they learn.</summary>
public sealed class SequenceProgramTests
{
    const int Steps = 12;

    /// <summary>The class is the half in which the pulse is, and its sign; the rest is noise.</summary>
    static (Tensor X, Tensor Y) Pulses(int count)
    {
        var y = Tensor.RandInt(0, 4, [count]);
        var at = Tensor.RandInt(0, Steps / 2, [count]) + y.Remainder(2).To(DType.Int64) * (Steps / 2);
        var pulse = at.To(DType.Int64).OneHot(Steps).To(DType.Float32) * ((y.Ge(2.0).To(DType.Float32) * 2 - 1) * 3).Unsqueeze(1); // [N, T]
        return (Tensor.Stack([pulse, Tensor.Zeros([count, Steps])], 2) + Tensor.Randn([count, Steps, 2]) * 0.3, y); // [N, T, 2]
    }

    sealed class LastState : Module
    {
        public LSTM Lstm { get; } = new(2, 24);
        public Linear Head { get; } = new(24, 4);

        protected override Tensor Compute(Tensor input) => Head.Forward(Lstm.Forward(input, null).Hidden[0]); // [N, 4]
    }

    sealed class GatedMean : Module
    {
        public GRU Gru { get; } = new(2, 16, layers: 2, dropout: 0.1, bidirectional: true);
        public Linear Head { get; } = new(32, 4);

        protected override Tensor Compute(Tensor input) => Head.Forward(Gru.Forward(input).Mean(1));
    }

    sealed class Attentive : Module
    {
        public Linear Embed { get; } = new(2, 16);
        public SinusoidalPositions Positions { get; } = new(16);
        public TransformerEncoder Encoder { get; } = new(2, 16, 4, 32, dropout: 0.1, normFirst: true);
        public Linear Head { get; } = new(16, 4);

        protected override Tensor Compute(Tensor input) => Head.Forward(Encoder.Forward(Positions.Forward(Embed.Forward(input))).Mean(1));
    }

    sealed class Convolutional : Module
    {
        public Conv1d First { get; } = new(2, 16, 1);
        public Residual Block1 { get; } = new(new Sequential(new CausalConv1d(16, 16, 3), new GroupNorm(4, 16), new ReLU()));
        public Residual Block2 { get; } = new(new Sequential(new CausalConv1d(16, 16, 3, dilation: 4), new GroupNorm(4, 16), new ReLU()));
        public Linear Head { get; } = new(16, 4);

        protected override Tensor Compute(Tensor input) => Head.Forward(Block2.Forward(Block1.Forward(First.Forward(input.Transpose(1, 2)))).Mean(2));
    }

    static Module Make(string network) => network switch
    {
        "LSTM" => new LastState(),
        "GRU" => new GatedMean(),
        "Transformer" => new Attentive(),
        _ => new Convolutional(),
    };

    static double Train(string network)
    {
        Rng.Seed(5);
        using var all = Scope.New();
        var (x, y) = Pulses(384);
        using var data = new TensorDataset(x, y);
        using var train = data.Subset([.. Enumerable.Range(0, 256)]);
        using var valid = data.Subset([.. Enumerable.Range(256, 128)]);
        using var net = Make(network);
        using var adam = new Adam(net.Parameters(), lr: 5e-3);
        var loader = new Loader(train, 32, seed: 5);
        var accuracy = 0.0;
        for (var epoch = 0; epoch < 10; epoch++)
        {
            net.Train();
            foreach (var (inputs, labels) in loader)
            {
                using var step = Scope.New();
                adam.ZeroGrad();
                Loss.CrossEntropy(net.Forward(inputs), labels).Backward();
                adam.Step();
            }

            net.Eval();
            using var scope = Scope.New();
            using var quiet = Autograd.NoGrad();
            accuracy = net.Forward(valid.Inputs).ArgMax(1).Eq(valid.Targets).To(DType.Float32).Mean().Item<double>();
        }

        return accuracy;
    }

    [Theory]
    [InlineData("LSTM")]
    [InlineData("GRU")]
    [InlineData("Transformer")]
    [InlineData("convolutions")]
    public void A_healthy_network_gets_no_error_and_no_warning(string network)
    {
        var run = new Run();
        List<double> trained = [];
        var watched = ProgramDiagnosis.Run(() => trained.Add(Train(network)), run, cancel: TestContext.Current.CancellationToken);
        watched.Error.ShouldBeNull();
        watched.Faults.ShouldBeEmpty();
        trained[0].ShouldBeGreaterThan(0.7); // chance is 0.25
        Diagnose.Everything(run).Findings.Where(f => f.Level >= Level.Warning).Select(f => $"{f.Code} {f.Message}").ShouldBeEmpty();
        run.All<OperationSeen>().ShouldNotBeEmpty();
        run.All<StageFinished>().Single(s => s.Name == "single batch").Status.ShouldBe(StageStatus.Passed);
    }

    [Fact]
    public void An_LSTM_is_recorded_under_PyTorchs_names()
    {
        var run = Watched.Run(() => Step(new LastState()));
        var lstm = run.All<ModuleBuilt>().Single(m => m.Type == "LSTM");
        lstm.Name.ShouldBe("lstm");
        lstm.Registered.ShouldBeTrue();
        lstm.Settings.ShouldBe(new Dictionary<string, double> { ["input_size"] = 2, ["hidden_size"] = 24, ["num_layers"] = 1, ["bias"] = 1, ["batch_first"] = 1 }, ignoreOrder: true);
        run.All<ParameterObserved>().Select(p => p.Name).ShouldBe(
            ["lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0", "head.weight", "head.bias"]);
        run.All<ParameterObserved>().ShouldAllBe(p => p.Registered && p.Optimizers!.Count == 1);
        run.All<ParametersMeasured>().First().Parameters.ShouldAllBe(p => p.Gradient > 0);
        var call = run.Operation("lstm");
        (call.Module, call.Settings["batch_first"]).ShouldBe(("lstm", 1));
        run.All<ActivationsMeasured>().SelectMany(a => a.Modules).First(m => m.Name == "lstm").Units.ShouldBe(24);
    }

    [Fact]
    public void A_Transformer_is_recorded_under_PyTorchs_names()
    {
        var run = Watched.Run(() => Step(new Attentive()));
        var attention = run.All<ModuleBuilt>().Single(m => m.Name == "encoder.layers.1.self_attn");
        (attention.Type, attention.Registered, attention.Settings["num_heads"], attention.Settings["embed_dim"]).ShouldBe(("MultiheadAttention", true, 4, 16));
        run.All<ModuleBuilt>().ShouldAllBe(m => m.Registered);
        run.All<ParameterObserved>().Select(p => p.Name).Where(n => n.StartsWith("encoder.layers.0.", StringComparison.Ordinal)).ShouldBe(
        [
            .. new[] { "self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight", "self_attn.out_proj.bias", "linear1.weight", "linear1.bias",
                "linear2.weight", "linear2.bias", "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias" }.Select(n => $"encoder.layers.0.{n}"),
        ]);
        run.All<ParameterObserved>().ShouldAllBe(p => p.Registered);
        run.All<ParametersMeasured>().First().Parameters.ShouldAllBe(p => p.Gradient > 0);
        run.Operation("softmax").Module.ShouldBe("encoder.layers.0.self_attn");
    }

    static void Step(Module net)
    {
        var adam = new Adam(net.Parameters());
        for (var i = 0; i < 3; i++)
        {
            var (x, y) = Pulses(16);
            adam.ZeroGrad();
            Loss.CrossEntropy(net.Forward(x), y).Backward();
            adam.Step();
        }
    }
}
