using Pessimist.Observations;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Watching.Structure;

/// <summary>What an optimizer was constructed with.</summary>
static class OptimizerFacts
{
    /// <param name="step">Steps completed when it was constructed.</param>
    public static void Record(Session session, Optimizer optimizer, int number, long step, Site? site)
    {
        var groups = optimizer.Groups.Select(group =>
        {
            List<string> names = [];
            var strangers = 0;
            foreach (var parameter in group.Parameters)
            {
                if (session.Networks.OwnerOf(parameter) is not { } owner)
                {
                    strangers++;
                    continue;
                }

                owner.Optimizers.Add(number);
                names.Add(owner.FullName);
            }

            return new OptimizerGroup(group.LearningRate, names, group.WeightDecay, optimizer.Momentum, strangers);
        }).ToArray();
        session.Recording.Add(new OptimizerBuilt
        {
            Optimizer = number,
            Type = optimizer.GetType().Name,
            Step = step,
            Groups = groups,
            Maximize = optimizer.Maximize,
            Site = site,
        });
    }
}
