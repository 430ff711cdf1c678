using System.Globalization;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Replay;

/// <summary>
/// A network that predicts the next token of each place must not see it. Where targets are the inputs moved by one place, the inputs behind a place
/// are changed: the prediction at that place must stay what it was.
/// </summary>
static class FutureSeen
{
    /// <summary>Share of targets that are the next input.</summary>
    const double Shifted = 0.98;

    /// <summary>Share of inputs that equal their own target, above which the two cannot be told apart.</summary>
    const double Same = 0.7;

    public static ExperimentFinished? At(Recording recording)
    {
        if (recording.Input is not External at || recording.Externals[at.Index] is not { Rank: 2 } input || input.DType.IsFloatingPoint() || input.Size(1) < 4 || input.Size(0) < 1) return null;
        using var scope = Scope.New();
        try
        {
            recording.Restore();
            var loss = LossCall.Of(recording);
            if (loss.Kind is not ("cross-entropy" or "nll") || loss.Prediction is null || loss.Target is null) return null;
            using var replay = new StepReplay(recording, loss, Recipe.AsIs, 0);
            replay.Forward(evaluate: true);
            using var noGrad = Autograd.NoGrad();
            long rows = input.Size(0), places = input.Size(1);
            if (replay[loss.Target] is not { } target || target.Numel != rows * places || ByPlace(replay[loss.Prediction], rows, places) is not { } before) return null;
            long[] tokens = input.To(Device.Cpu, DType.Int64).ToArray<long>(), next = target.Reshape(-1).To(Device.Cpu, DType.Int64).ToArray<long>();
            long moved = 0, same = 0, compared = 0;
            for (var r = 0; r < rows; r++)
                for (var t = 0; t < places - 1; t++)
                {
                    compared++;
                    if (next[r * places + t] == tokens[r * places + t + 1]) moved++;
                    if (next[r * places + t] == tokens[r * places + t]) same++;
                }

            if (moved < Shifted * compared || same > Same * compared) return null;
            // The last half of each row is turned round: other tokens, none that the network does not know.
            var half = places / 2;
            var changed = Tensor.Cat([input.Narrow(1, 0, half), input.Narrow(1, half, places - half).Flip(1).Roll(1, 0)], 1);
            using var again = new StepReplay(recording, loss, Recipe.AsIs, 0);
            again.Put(at, changed);
            recording.Restore();
            again.Forward(evaluate: true);
            if (ByPlace(again[loss.Prediction], rows, places) is not { } after) return null;
            var difference = (after - before).Narrow(1, 0, half).Abs().AMax([0, 2]).To(Device.Cpu, DType.Float64).ToArray<double>();
            var size = before.Abs().Mean().Item<double>();
            var seen = Array.FindLastIndex(difference, d => d > 1e-4 * size);
            return new ExperimentFinished
            {
                Id = "future",
                For = "program",
                Question = "does the prediction at a place depend on the tokens behind it?",
                Reading = seen < 0 ? "tokens behind a place leave its prediction as it is"
                    : string.Create(CultureInfo.InvariantCulture, $"with other tokens from place {half} on, the prediction at place {seen} changes by {difference[seen]:0.###}; its target is the token at place {seen + 1}"),
                Outcome = seen < 0 ? ExperimentOutcome.Refuted : ExperimentOutcome.Confirmed,
                Cause = "leaked-target",
                Confirmation = seen < 0 ? null : "tokens that are to be predicted reach their own prediction",
                Site = recording.Moves.OfType<BackwardMove>().FirstOrDefault()?.Site,
            };
        }
        catch (TorchException)
        {
            return null;
        }
    }

    /// <summary>[rows, places, classes]; null for another layout.</summary>
    static Tensor? ByPlace(Tensor? prediction, long rows, long places) => prediction switch
    {
        { Rank: 2 } flat when flat.Size(0) == rows * places => flat.Reshape(rows, places, -1).Clone(),
        { Rank: 3 } deep when deep.Size(0) == rows && deep.Size(2) == places => deep.Permute(0, 2, 1).Clone(),
        _ => null,
    };
}
