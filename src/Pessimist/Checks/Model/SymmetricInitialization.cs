using Pessimist.Observations;

namespace Pessimist.Checks.Model;

/// <summary>PES209 symmetric-initialization</summary>
public sealed class SymmetricInitialization() : CauseCheck(About)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES209",
        Name = "symmetric-initialization",
        Level = Level.Error,
        Summary = "all units of a hidden layer start equal and stay equal",
        Explains = [.. Consequences],
        Docs = """
            ## Why it matters
            Units that start with the same weights get the same gradient, and so remain copies of one unit for ever. With zeros no gradient passes
            at all, and only the last layer's bias learns.

            It is an error when confirmed: the units of a hidden layer are equal before and after 20 steps, and from a random start, with nothing
            else changed, the same batch is fitted with two seeds.

            ## When it is a false alarm
            Equal weights in the last layer, in the last layer of a residual branch, in normalization layers or in the second matrix of LoRA are
            common and right. They are not reported, because the batch is fitted all the same.

            ## What to do
            Draw the weights at random: He normal for ReLU, Glorot for tanh. Zeros are for biases.
            """,
    };

    protected override string Message(ExperimentFinished experiment, string symptom) => $"the weights start equal, so the hidden units never differ: {symptom}";
}
