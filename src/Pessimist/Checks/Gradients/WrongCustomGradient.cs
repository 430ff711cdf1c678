using System.Globalization;
using Pessimist.Observations;

namespace Pessimist.Checks.Gradients;

/// <summary>PES407 wrong-custom-gradient</summary>
public sealed class WrongCustomGradient() : ProgramCheck(About)
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
            directions, measured in float64 by small steps both ways, against the gradient's.

            ## When it is a false alarm
            Gradients that are meant to differ: straight-through estimators, reversed gradients, gradients cut or scaled by hooks. While the loss
            falls it is a note. Kinks (ReLU) blur the slope; several directions and two step lengths have to agree.

            ## What to do
            Test the backward pass by itself (`torch.autograd.gradcheck`, in float64), or let autograd derive it.
            """,
    };

    public override Verdict Conclude()
    {
        var about = Experiments.Where(e => e.Cause == Info.Name).ToArray();
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
}
