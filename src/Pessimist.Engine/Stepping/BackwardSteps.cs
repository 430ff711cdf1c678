namespace Pessimist.Engine.Stepping;

/// <summary>The way back: every operation whose result was differentiated, the last first, with the gradient that comes in and those that go out.</summary>
sealed class BackwardSteps
{
    int _count;

    /// <param name="forward">What ran, loss included.</param>
    public BackwardSteps(IReadOnlyList<StepNode> forward)
    {
        _count = forward.SelectMany(f => f.All()).Select(n => n.Last).DefaultIfEmpty().Max();
        Roots = [.. forward.Reverse().Select(f => Turn(f, null)).OfType<StepNode>()];
    }

    public IReadOnlyList<StepNode> Roots { get; }

    StepNode? Turn(StepNode forward, StepNode? parent)
    {
        if (!forward.IsModule)
        {
            if (!forward.Outputs.Any(o => o.IsDifferentiated)) return null;
            var number = ++_count;
            var gradients = forward.Outputs.Select(o => o.Gradient).OfType<SteppedTensor>().ToArray();
            var onward = forward.Inputs.Where(i => i.IsDifferentiated).ToArray();
            return new StepNode
            {
                Phase = StepPhase.Backward,
                Layer = forward.Layer,
                Name = forward.Name,
                Parent = parent,
                Site = forward.Site,
                Settings = forward.Settings,
                Number = number,
                Last = number,
                Inputs = gradients,
                Outputs = [.. onward.Select(i => i.Gradient).OfType<SteppedTensor>().Distinct()],
                Note = forward.Outputs.Concat(onward).Any(t => t.HasNoGradient) ? "overwritten in place: autograd leaves no gradient for the state before"
                    : gradients.Length == 0 ? "no gradient comes here from the loss"
                    : onward.Length == 0 ? "nothing before it asks for a gradient" : null,
            };
        }

        var node = new StepNode
        {
            Phase = StepPhase.Backward,
            Layer = forward.Layer,
            Name = forward.Name,
            IsModule = true,
            Parent = parent,
            Site = forward.Site,
            Number = _count + 1,
            Inputs = [.. forward.Outputs.Select(o => o.Gradient).OfType<SteppedTensor>()],
            Outputs = [.. forward.Inputs.Select(i => i.Gradient).OfType<SteppedTensor>()],
        };
        foreach (var child in forward.Children.AsEnumerable().Reverse())
            if (Turn(child, node) is { } turned)
                node.Children.Add(turned);
        node.Last = _count;
        return node.Children.Count == 0 ? null : node;
    }
}
