using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Gradients;

/// <summary>PES407 wrong-custom-gradient</summary>
public sealed class WrongCustomGradient(WrongCustomGradient.Limits limits) : ProgramCheck(About), IReads<GradientCompared>
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES407",
        Name = "wrong-custom-gradient",
        Level = Level.Error,
        Summary = "the gradient is not the slope of the loss",
        Explains = [.. Consequences.OfCause],
        Docs = """
            ## Why it matters
            A hand-written backward pass with a mistake in it trains towards something else. An experiment compares: the slope of the loss along random
            directions, measured in float64 by small steps both ways, against the gradient's. Of an element-wise `autograd.Function` of a watched PyTorch
            program the slope is also seen in passing: from the differences between neighbouring elements of one call.

            ## When it is a false alarm
            Gradients that are meant to differ: straight-through estimators, reversed gradients, gradients cut or scaled by hooks. While the loss
            falls it is a note, and a warning where a smooth function of each element was seen with another gradient than its slope. Functions that are flat but for their jumps (rounding, signs), that change nothing (reversal), or whose gradient
            is the slope times a positive constant are left out where only the call was seen. Kinks (ReLU) blur the slope; several directions and two step lengths have to agree.

            ## What to do
            Test the backward pass by itself (`torch.autograd.gradcheck`, in float64), or let autograd derive it.
            """,
    };

    public sealed record Limits
    {
        /// <summary>Share of the elements whose gradient is not the slope, in each call that was looked at.</summary>
        [Origin(Origin.Convention, "a gradient that is cut at the extremes differs at few")] public double Wrong { get; init; } = 0.5;
    }

    readonly Dictionary<string, List<GradientCompared>> _compared = new(StringComparer.Ordinal);

    public void Read(GradientCompared observation)
    {
        ArgumentNullException.ThrowIfNull(observation);
        if (!_compared.TryGetValue(observation.Function, out var calls))
        {
            if (_compared.Count >= 64) return;
            _compared[observation.Function] = calls = [];
        }

        if (calls.Count < 64) calls.Add(observation);
    }

    public override Verdict Conclude()
    {
        if (_compared.Values.FirstOrDefault(c => c.All(o => o.Wrong > limits.Wrong)) is { } guilty) return Found(Seen(guilty));
        var about = Experiments.Where(e => e.Cause == Info.Name).ToArray();
        if (about.Length == 0 && _compared.Count > 0) return Passed($"the hand-written backward {(_compared.Count == 1 ? "pass gives" : "passes give")} the slope of the forward pass");
        if (about.Length == 0) return NotEnoughEvidence("the gradient was not compared with the slope of the loss");
        if (about.FirstOrDefault(e => e.Outcome == ExperimentOutcome.Confirmed) is not { } shown)
            return about[^1].Outcome == ExperimentOutcome.Refuted ? Passed(about[^1].Reading) : NotEnoughEvidence(about[^1].Reading);
        return Found(Finding($"the gradient is not the slope of the loss: {shown.Reading}", EvidenceClass.Proved, HasSymptom ? Level.Error : Level.Note) with
        {
            Location = At(shown.Site),
            Evidence = [.. shown.Measured.Select(m => new Evidence(m.Key, m.Value.ToString("0.###e0", CultureInfo.InvariantCulture)))],
            Confirmation = shown.Confirmation ?? shown.Reading,
            Causes = [new Cause(Info.Name, 1, shown.Id)],
            Notes = HasSymptom ? [] : ["the loss falls all the same: it may be meant so (a straight-through or reversed gradient)"],
            Fixes = ["test the hand-written backward pass by itself, in float64; or let autograd derive it"],
        });
    }

    Finding Seen(List<GradientCompared> calls)
    {
        var worst = calls.MaxBy(c => c.Wrong)!;
        var forgets = calls.All(c => c.IgnoresIncoming);
        return Finding($"the backward pass of {worst.Function} {(forgets ? "leaves out the gradient that comes in" : "is not the derivative of its forward pass")}", EvidenceClass.Proved, HasSymptom ? Level.Error : Level.Warning) with
        {
            Location = At(worst.Site),
            Evidence =
            [
                new("elements whose gradient is not the slope", string.Create(CultureInfo.InvariantCulture, $"{worst.Wrong:0%} of {worst.Points}"), string.Create(CultureInfo.InvariantCulture, $"{limits.Wrong:0%}"), "convention"),
                new(string.Create(CultureInfo.InvariantCulture, $"factor on the gradient at {worst.Element:G3}"), worst.Gradient.ToString("G3", CultureInfo.InvariantCulture), $"the slope, {worst.Slope.ToString("G3", CultureInfo.InvariantCulture)}", "definition"),
            ],
            Notes = HasSymptom ? [Symptom] : ["the loss falls all the same: it may be meant so"],
            Fixes = [forgets ? "multiply by the gradient that comes in: `return grad_output * derivative`" : "test the backward pass by itself (`torch.autograd.gradcheck`, in float64); or let autograd derive it"],
        };
    }
}
