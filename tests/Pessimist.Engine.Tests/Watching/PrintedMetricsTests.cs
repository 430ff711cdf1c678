using Pessimist.Engine.Watching;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Tests.Watching;

public sealed class PrintedMetricsTests
{
    [Theory]
    [InlineData("epoch 3: validation accuracy 0.9120", "accuracy", 0.912, "validation", false, 4)]
    [InlineData("test_acc=91.2%", "test_acc", 91.2, "test", true, 1)]
    [InlineData("train loss: 0.31", "loss", 0.31, "train", false, 2)]
    [InlineData("error 12", "error", 12, null, false, 0)]
    public void A_metric_is_read_with_its_split(string line, string name, double value, string? split, bool percent, int digits) =>
        PrintedMetric.In(line).ShouldBe([new PrintedMetric(name, value, split, percent, digits)]);

    [Theory]
    [InlineData("epoch 3 of 10")]
    [InlineData("accelerator 2 is used")]
    [InlineData("accuracy is not known")]
    public void Other_lines_hold_none(string line) => PrintedMetric.In(line).ShouldBeEmpty();

    [Fact]
    public void What_is_printed_goes_through_as_it_was()
    {
        using var plain = new StringWriter();
        using var watched = new StringWriter();
        List<string> lines = [];
        using (var through = new PrintedLines(watched, lines.Add))
        {
            foreach (TextWriter writer in new TextWriter[] { plain, through })
            {
                writer.Write("a");
                writer.Write(1.5);
                writer.Write('b');
                writer.WriteLine("{0} of {1}", 2, 3);
                writer.WriteLine();
                writer.Write("two\nlines\nand a rest");
            }
        }

        watched.ToString().ShouldBe(plain.ToString());
        lines.ShouldBe(["a1.5b2 of 3", "", "two", "lines"]);
    }

    [Theory]
    [InlineData("rows", 12, 12)]
    [InlineData("batches", 3, 12)]
    public void The_division_of_a_printed_accuracy_is_seen(string by, double divisor, long examples)
    {
        var run = Watched.Run(() =>
        {
            using var net = new Linear(3, 2);
            using var sgd = new SGD(net.Parameters());
            Loss.CrossEntropy(net.Forward(Tensor.Randn([4, 3])), Tensor.RandInt(0, 2, [4])).Backward();
            sgd.Step();
            using var quiet = Autograd.NoGrad();
            var wrong = 0L;
            for (var batch = 0; batch < 3; batch++)
            {
                var answers = net.Forward(Tensor.Randn([4, 3])).ArgMax(1);
                // The last answer of each batch is wrong.
                var labels = Tensor.Cat([answers[..3], 1 - answers[3..]], 0);
                wrong += answers.Ne(labels).Sum().Item<long>();
            }

            var accuracy = (12 - wrong) / (by == "rows" ? 12.0 : 3.0);
            Console.WriteLine(FormattableString.Invariant($"test accuracy {accuracy:0.0000}"));
        });
        var printed = run.All<MetricReported>().Last();
        (printed.Split, printed.Counted, printed.DividedBy, printed.Examples, printed.Batches).ShouldBe(("test", 9, divisor, examples, 3));
    }
}
