using Pessimist.Checks;
using Pessimist.Observations;
using static Pessimist.Tests.Checks.Programs;
using static Pessimist.Tests.Checks.SingleBatchRuns;

namespace Pessimist.Tests.Checks.Data;

/// <summary>PES104 and PES105: what becomes of pictures before the network.</summary>
public sealed class InputDtypeAndLayoutTests
{
    static readonly Dictionary<string, double> s_wraps = new() { ["wrapped"] = 0.4 };

    static TensorFacts Facts(TensorFacts tensor, string dtype, double min, double max, double whole = 1, double zeros = 0.1) =>
        tensor with { DType = dtype, Min = min, Max = max, Std = (max - min) / 4, Whole = whole, Zeros = zeros };

    /// <summary>One operation on a picture, then a cast, then a layer or an embedding.</summary>
    static IEnumerable<Observation> Trace(string operation, Func<TensorFacts, TensorFacts> before, Func<TensorFacts, TensorFacts> after, IReadOnlyDictionary<string, double>? settings = null, bool embedding = false)
    {
        var trace = new TraceBuilder();
        var x = before(trace.Input(8, 16));
        var y = after(trace.Op(operation, x));
        if (embedding) trace.Op("embedding", [trace.Parameter("embedding.weight", 10, 4), y], [8, 16, 4], "embedding");
        else trace.Linear(trace.Op("to", y), "fc", 10);
        return trace.Operations.Select((o, i) => i == 0 ? o with { Outputs = [y], Settings = settings ?? o.Settings } : o);
    }

    static Verdict Dtype(IEnumerable<Observation> run) => Diagnose(run).VerdictOf("input-dtype-truncated");

    [Fact]
    public void Arithmetic_on_bytes_that_wraps_around_is_proved()
    {
        var finding = Dtype(Trace("sub", x => Facts(x, "uint8", 0, 255), y => Facts(y, "uint8", 0, 255), s_wraps)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Error);
        finding.Message.ShouldBe("sub on uint8 wraps around: 40 % of the exact results do not fit");
        finding.Location.ShouldBe(new Location("net.py", 100, "forward"));
    }

    [Fact]
    public void Fractions_cut_off_are_proved() =>
        Dtype(Trace("to", x => Facts(x, "float32", 0, 1, whole: 0.2), y => Facts(y, "int64", 0, 1))).ShouldBeOfType<Verdict.Found>().Finding.Message
            .ShouldBe("fractions are cut off to whole numbers: to leaves 0..1 of 0..1");

    [Fact]
    public void A_whole_division_that_leaves_zeros_is_proved() =>
        Dtype(Trace("floor_divide", x => Facts(x, "uint8", 0, 255), y => Facts(y, "uint8", 0, 1, zeros: 0.99))).ShouldBeOfType<Verdict.Found>();

    [Fact]
    public void Bytes_that_wrap_around_before_a_loader_hands_them_out_are_proved()
    {
        static IEnumerable<Observation> Prepared(params long[] shape)
        {
            var trace = new TraceBuilder();
            var pixels = trace.Op("mul", [Facts(trace.Tensor(null, shape), "uint8", 0, 240)], shape, dtype: "uint8");
            trace.Op("to", pixels);
            trace.Linear(trace.Input(8, 16), "fc", 10);
            return trace.Operations.Select((o, i) => i == 0 ? o with { Settings = s_wraps } : o);
        }

        Dtype(Prepared(1000, 16)).ShouldBeOfType<Verdict.Found>();
        Dtype(Prepared(1000, 5)).ShouldBeOfType<Verdict.Passed>("not what the network gets");
    }

    [Fact]
    public void Standardized_values_cut_off_are_proved_and_rounded_ones_or_ages_in_decades_are_silent()
    {
        static Verdict Cast(double min, double max, double mean, double std, double whole) =>
            Dtype(Trace("to", x => Facts(x, "float32", min, max, whole: whole) with { Mean = mean, Std = std }, y => Facts(y, "int8", Math.Truncate(min), Math.Truncate(max))));

        Cast(-3.4, 4.2, 0, 1, 0.01).ShouldBeOfType<Verdict.Found>().Finding.Message.ShouldBe("standardized values are cut off to whole numbers: to leaves -3..4 of -3.4..4.2");
        Cast(-3, 4, 0, 1, 1).ShouldBeOfType<Verdict.Passed>("rounded before, as for quantization");
        Cast(0.3, 9.6, 4.1, 1.9, 0.05).ShouldBeOfType<Verdict.Passed>("decades of age");
    }

    [Fact]
    public void What_picks_the_largest_score_cuts_nothing_off() =>
        Dtype(Trace("argmax", x => Facts(x, "float32", -2.3, 2.5, whole: 0) with { Mean = 0, Std = 1 }, y => Facts(y, "int64", 0, 11))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Quantization_to_many_levels_is_silent() =>
        Dtype(Trace("to", x => Facts(x, "float32", 0, 255, whole: 0.01), y => Facts(y, "uint8", 0, 255))).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Whole_numbers_and_masks_are_silent()
    {
        Dtype(Trace("to", x => Facts(x, "float32", 0, 1), y => Facts(y, "int64", 0, 1))).ShouldBeOfType<Verdict.Passed>("0 and 1 were whole before");
        Dtype(Trace("gt", x => Facts(x, "float32", 0, 1, whole: 0.2), y => Facts(y, "bool", 0, 1))).ShouldBeOfType<Verdict.Passed>();
        Dtype(Trace("floor_divide", x => Facts(x, "uint8", 0, 255), y => Facts(y, "uint8", 0, 1, zeros: 0.5))).ShouldBeOfType<Verdict.Passed>("two levels on purpose");
    }

    [Fact]
    public void Ids_for_an_embedding_are_silent()
    {
        Dtype(Trace("to", x => Facts(x, "float32", 0, 2, whole: 0.2), y => Facts(y, "int64", 0, 2), embedding: true)).ShouldBeOfType<Verdict.Passed>();
        Dtype(Trace("mul", x => Facts(x, "uint8", 0, 255), y => Facts(y, "uint8", 0, 255), s_wraps, embedding: true)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Hashes_that_wrap_in_wide_integers_are_silent() =>
        Dtype(Trace("mul", x => Facts(x, "int64", 0, 1e9), y => Facts(y, "int64", -1e18, 1e18), s_wraps)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Without_a_trace_nothing_is_known() => Dtype(StuckLosses).ShouldBeOfType<Verdict.NotEnoughEvidence>();

    static ModuleBuilt Conv(double channels, double kernel = 3, string name = "conv1") => new()
    {
        Name = name, Type = "Conv2d", Settings = new Dictionary<string, double> { ["in_channels"] = channels, ["out_channels"] = 16, ["kernel_size"] = kernel }, Site = At(5, "Net"),
    };

    static BatchObserved Pictures(params long[] shape) => Batch(0, Phase.Train, TrainLoader, Enumerable.Range(0, 8)) with { Inputs = [Tensor(shape)] };

    static Verdict Layout(params IEnumerable<Observation> run) => Diagnose(run).VerdictOf("input-layout-swapped");

    [Fact]
    public void Rows_taken_for_channels_are_found()
    {
        var finding = Layout(Conv(28), Pictures(32, 28, 28, 1)).ShouldBeOfType<Verdict.Found>().Finding;

        finding.Level.ShouldBe(Level.Warning);
        finding.EvidenceClass.ShouldBe(EvidenceClass.Suspected);
        finding.Message.ShouldBe("pictures of shape (32, 28, 28, 1) have their channels last, and the convolution takes their 28 rows for channels");
        finding.Related[0].Line.ShouldBe(5);
        Layout(Conv(32), Conv(16, name: "conv2"), Pictures(8, 32, 32, 3)).ShouldBeOfType<Verdict.Found>();
    }

    [Fact]
    public void The_usual_layout_passes() => Layout(Conv(3), Pictures(8, 3, 32, 32)).ShouldBeOfType<Verdict.Passed>();

    [Fact]
    public void Joints_over_time_and_spectrograms_are_silent()
    {
        Layout(Conv(25), Pictures(8, 25, 300, 3)).ShouldBeOfType<Verdict.Passed>();
        Layout(Conv(64), Pictures(8, 64, 100, 1)).ShouldBeOfType<Verdict.Passed>();
        Layout(Conv(22, kernel: 1), Pictures(8, 22, 22, 1)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_network_that_moves_the_axes_itself_is_silent()
    {
        Layout(Conv(3), Pictures(8, 32, 32, 3)).ShouldBeOfType<Verdict.Passed>();
        Layout(Conv(32), Conv(3, name: "other"), Pictures(8, 32, 32, 3)).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void A_view_in_place_of_a_permute_is_proved()
    {
        var trace = new TraceBuilder();
        trace.Conv(trace.Op("view", [trace.Input(8, 32, 32, 3)], [8, 3, 32, 32]), "conv1", 16);

        var finding = Layout(trace.Operations).ShouldBeOfType<Verdict.Found>().Finding;
        finding.EvidenceClass.ShouldBe(EvidenceClass.Proved);
        finding.Message.ShouldBe("a view turns (8, 32, 32, 3) into (8, 3, 32, 32) without moving the axes: rows and colours are mixed");
    }

    [Fact]
    public void A_permute_a_single_channel_and_activations_are_silent()
    {
        var trace = new TraceBuilder();
        trace.Conv(trace.Op("permute", [trace.Input(8, 32, 32, 3)], [8, 3, 32, 32]), "conv1", 16);
        trace.Conv(trace.Op("view", [trace.Input(8, 28, 28, 1)], [8, 1, 28, 28]), "conv2", 16);
        trace.Op("view", [trace.Linear(trace.Input(8, 16, 16, 3), "fc", 3)], [8, 3, 16, 16]);

        Layout([Pictures(8, 3, 32, 32), .. trace.Operations]).ShouldBeOfType<Verdict.Passed>();
    }

    [Fact]
    public void Without_batches_or_convolutions_nothing_is_known()
    {
        Layout(Conv(28)).ShouldBeOfType<Verdict.NotEnoughEvidence>();
        Layout(Pictures(8, 28, 28, 1)).ShouldBeOfType<Verdict.NotApplicable>();
    }
}
