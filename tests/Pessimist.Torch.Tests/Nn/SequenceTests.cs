using Pessimist.Torch.Nn;

namespace Pessimist.Torch.Tests.Nn;

public sealed class SequenceTests
{
    public static TheoryData<string> Causal => ["convolution", "lstm", "attention"];

    [Theory]
    [MemberData(nameof(Causal))]
    public void What_is_causal_does_not_see_the_future(string kind)
    {
        using var scope = Scope.New();
        Rng.Seed(1);
        Func<Tensor, Tensor> run = kind switch
        {
            "convolution" => x => new CausalConv1d(4, 4, 3, dilation: 2).Forward(x.Transpose(1, 2)).Transpose(1, 2),
            "lstm" => x => new LSTM(4, 4).Forward(x),
            _ => x => new MultiheadAttention(4, 2).Forward(x, AttentionMask.Causal(x.Size(1))),
        };
        var input = Tensor.Randn([1, 8, 4]).RequireGrad();
        run(input).Select(1, 4).Sum().Backward();
        var reached = input.Grad!.Abs().Sum([0, 2]).ToArray<float>();
        reached[5..].ShouldAllBe(g => g == 0);
        reached[4].ShouldBeGreaterThan(0);
        reached[2].ShouldBeGreaterThan(0);
    }

    [Fact]
    public void What_stands_after_the_end_of_a_sequence_does_not_matter()
    {
        using var scope = Scope.New();
        Rng.Seed(1);
        var lengths = Tensor.From([2L, 5L]);
        var padding = AttentionMask.Padding(lengths, 5);
        padding.ToArray<bool>().ShouldBe([false, false, true, true, true, false, false, false, false, false]);
        using var lstm = new LSTM(4, 3, bidirectional: true);
        using var encoder = new TransformerEncoder(2, 4, 2, 8, dropout: 0);
        var x = Tensor.Randn([2, 5, 4]);
        var other = x.MaskedFill(padding.Unsqueeze(2), 100);
        var (output, hidden, _) = lstm.Forward(x, null, lengths);
        var (again, hiddenAgain, _) = lstm.Forward(other, null, lengths);
        output.ContentEquals(again).ShouldBeTrue();
        hidden.ContentEquals(hiddenAgain).ShouldBeTrue();
        output[0, 2].Abs().Sum().Item<double>().ShouldBe(0);
        encoder.Forward(x, null, padding)[0][..2].AllClose(encoder.Forward(other, null, padding)[0][..2], 1e-5, 1e-6).ShouldBeTrue();
    }

    [Fact]
    public void Dropout_between_recurrent_layers_follows_the_mode()
    {
        using var scope = Scope.New();
        using var gru = new GRU(2, 8, layers: 2, dropout: 0.5);
        var x = Tensor.Randn([3, 4, 2]);
        gru.Forward(x).ContentEquals(gru.Forward(x)).ShouldBeFalse();
        gru.Eval();
        gru.Forward(x).ContentEquals(gru.Forward(x)).ShouldBeTrue();
    }

    [Fact]
    public void Hooks_run_for_calls_with_states_and_masks_as_well()
    {
        using var scope = Scope.New();
        using var encoder = new TransformerEncoder(1, 4, 2, 8);
        List<string> seen = [];
        foreach (var (name, module) in encoder.NamedModules())
            module.AfterForward((_, _, _) => seen.Add(name));
        encoder.Forward(Tensor.Randn([1, 3, 4]), AttentionMask.Causal(3));
        seen.ShouldBe(
        [
            "layers.0.self_attn.out_proj", "layers.0.self_attn", "layers.0.dropout1", "layers.0.norm1", "layers.0.linear1", "layers.0.dropout",
            "layers.0.linear2", "layers.0.dropout2", "layers.0.norm2", "layers.0", "",
        ]);
        using var lstm = new LSTM(4, 2);
        lstm.AfterForward((_, _, output) => output * 0);
        lstm.Forward(Tensor.Randn([1, 3, 4]), null).Output.Abs().Sum().Item<double>().ShouldBe(0);
    }

    [Fact]
    public void Gradients_are_turned_around()
    {
        using var scope = Scope.New();
        using var layer = new GradientReversal(0.5);
        var x = Tensor.From([1f, -2f, float.PositiveInfinity]).RequireGrad();
        var y = layer.Forward(x);
        y.ContentEquals(x).ShouldBeTrue();
        (y * Tensor.From([1f, 10f, 100f])).Sum().Backward();
        x.Grad!.ToArray<float>().ShouldBe([-0.5f, -5f, -50f]);
        layer.Strength = 2;
        x.Grad = null;
        layer.Forward(x).Sum().Backward();
        x.Grad!.ToArray<float>().ShouldBe([-2f, -2f, -2f]);
        layer.ToString().ShouldBe("GradientReversal(strength=2)");
    }

    [Fact]
    public void Recurrent_layers_of_a_network_start_with_Glorot_gates_and_an_open_forget_gate()
    {
        using var scope = Scope.New();
        Rng.Seed(1);
        using var net = new Sequential(new LSTM(20, 30));
        InitScheme.He.Apply(net);
        var state = net.StateDict();
        state["0.bias_ih_l0"].ToArray<float>().ShouldBe([.. Enumerable.Range(0, 120).Select(i => i is >= 30 and < 60 ? 1f : 0f)]);
        state["0.bias_hh_l0"].ToArray<float>().ShouldAllBe(b => b == 0);
        foreach (var gate in state["0.weight_ih_l0"].Detach().Chunk(4))
            gate.Std().Item<double>().ShouldBe(Math.Sqrt(2.0 / 50), 0.02);
        InitScheme.Zeros.Apply(net);
        net.Parameters().ShouldAllBe(p => p.ToArray<float>().All(v => v == 0));
        var before = net.Parameters()[0].Clone();
        InitScheme.PyTorch.Apply(net);
        net.Parameters()[0].ContentEquals(before).ShouldBeTrue();
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        var before = Memory.LiveTensors;
        using (Scope.New())
        {
            using var lstm = new LSTM(3, 4, layers: 2);
            using var encoder = new TransformerEncoder(1, 4, 2, 8);
            var (output, _, _) = lstm.Forward(Tensor.Randn([2, 5, 3]), null, Tensor.From([5L, 2L]));
            encoder.Forward(output, AttentionMask.Causal(5)).Sum().Backward();
        }
        Memory.LiveTensors.ShouldBe(before);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "features", "takes [batch, time, 3], not float32[2, 5, 4]" },
        { "length", "length 6 of sequence 1 is not valid; it must be from 1 to 5" },
        { "lengths", "lengths are int64[2], one for each sequence" },
        { "state", "the initial state of this LSTM is [1, 2, 4] (layers and directions, batch, hidden), not float32[2, 2, 4]" },
        { "dropout", "dropout 0.5 would do nothing: it stands between layers, and there is one" },
        { "heads", "4 heads do not divide a width of 6" },
        { "mask", "the mask is bool[4, 4], and it must be [3, 3]" },
        { "padding", "the padding mask is int64[2, 3], and it must be of bool" },
        { "positions", "6 steps are more than the 5 positions that this layer learns" },
        { "groups", "3 groups do not divide 4 channels" },
        { "channels", "was made for 3 channels, and float32[2, 4, 5] has 4" },
        { "residual", "the body gives float32[2, 1] and the shortcut float32[2, 3]" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Says_what_is_wrong(string mistake, string message)
    {
        using var scope = Scope.New();
        Action act = mistake switch
        {
            "features" => () => new LSTM(3, 4).Forward(Tensor.Randn([2, 5, 4])),
            "length" => () => new GRU(3, 4).Forward(Tensor.Randn([2, 5, 3]), null, Tensor.From([1L, 6L])),
            "lengths" => () => new GRU(3, 4).Forward(Tensor.Randn([2, 5, 3]), null, Tensor.From([1L])),
            "state" => () => new LSTM(3, 4).Forward(Tensor.Randn([2, 5, 3]), (Tensor.Zeros([2, 2, 4]), Tensor.Zeros([2, 2, 4]))),
            "dropout" => () => _ = new LSTM(3, 4, dropout: 0.5),
            "heads" => () => _ = new MultiheadAttention(6, 4),
            "mask" => () => new MultiheadAttention(4, 2).Forward(Tensor.Randn([2, 3, 4]), AttentionMask.Causal(4)),
            "padding" => () => new MultiheadAttention(4, 2).Forward(Tensor.Randn([2, 3, 4]), null, Tensor.Zeros([2, 3], DType.Int64)),
            "positions" => () => new LearnedPositions(5, 4).Forward(Tensor.Randn([2, 6, 4])),
            "groups" => () => _ = new GroupNorm(3, 4),
            "channels" => () => new InstanceNorm1d(3).Forward(Tensor.Randn([2, 4, 5])),
            _ => () => new Residual(new Linear(3, 1)).Forward(Tensor.Randn([2, 3])),
        };
        Should.Throw<TorchException>(act).Message.ShouldContain(message);
    }
}
