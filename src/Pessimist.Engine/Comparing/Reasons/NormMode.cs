namespace Pessimist.Engine.Comparing.Reasons;

/// <summary>Batch normalization by the running statistics on one side, by those of the batch on the other.</summary>
public sealed class NormMode : IReason
{
    public string Name => "normalization-mode";

    public ConfirmedReason? Confirm(Difference difference)
    {
        foreach (var (running, batch) in difference.Ways)
        {
            if (!NormFormulas.HasStatistics(running.Own)) continue;
            foreach (var (_, input) in difference.Inputs)
            {
                if (input.Rank < 2 || !input.Shape.AsSpan().SequenceEqual(running.Output.Shape)) continue;
                foreach (var epsilon in NormFormulas.Epsilons)
                {
                    var parameters = running.Own;
                    if (Difference.Try(() => NormFormulas.ByRunning(input, parameters, epsilon)) is not { } evaluated || !difference.Gives(evaluated, running.Output)) continue;
                    if (Difference.Try(() => NormFormulas.ByBatch(input, parameters, epsilon)) is not { } trained || !difference.Gives(trained, batch.Output)) continue;
                    return new ConfirmedReason(Name, $"{difference.Path} normalizes by the statistics of the batch in {batch.Name}, and by the running ones in {running.Name}",
                        $"by the batch's mean and variance {running.Name} gives the output of {batch.Name}: {Difference.Left(trained, batch.Output)}",
                        $"put {batch.Name} into evaluation mode (model.eval()) and compare again");
                }
            }
        }

        return null;
    }
}
