namespace Pessimist.Engine.Replay;

/// <summary>The dataflow of a recorded step.</summary>
static class Graph
{
    /// <summary>Operations that only rearrange: they are looked through.</summary>
    static readonly HashSet<string> s_views = new(StringComparer.Ordinal)
    {
        "view", "reshape", "squeeze", "unsqueeze", "flatten", "transpose", "permute", "t", "contiguous", "to", "_to_copy", "clone", "select", "slice",
        "expand", "expand_as", "view_as", "narrow", "alias", "index_select", "type_as", "float", "double",
    };

    /// <summary>All operators that a tensor was made by, in the order of the step.</summary>
    public static IReadOnlyList<OperatorMove> Ancestors(Recording recording, Source? of)
    {
        var makers = new Dictionary<int, OperatorMove>();
        foreach (var move in recording.Operators)
            foreach (var id in move.Results)
                makers[id] = move;
        var found = new HashSet<OperatorMove>(ReferenceEqualityComparer.Instance);
        var open = new Stack<Source?>([of]);
        while (open.TryPop(out var source))
            if (source is Made made && makers.TryGetValue(made.Id, out var maker) && found.Add(maker))
                foreach (var input in maker.Tensors.Values.SelectMany(s => s)) open.Push(input);
        return [.. recording.Operators.Where(found.Contains)];
    }

    public static bool DependsOnParameters(Recording recording, Source? source) =>
        source is Live { Tensor.RequiresGrad: true } || Ancestors(recording, source).Any(m => m.Tensors.Values.SelectMany(s => s).Any(s => s is Live { Tensor.RequiresGrad: true }));

    /// <summary>What made a tensor, views looked through; null for what came from outside.</summary>
    public static OperatorMove? RealMaker(Recording recording, Source? source)
    {
        var maker = recording.MakerOf(source);
        while (maker is not null && s_views.Contains(maker.Name)) maker = recording.MakerOf(maker.Tensors.GetValueOrDefault(0)?[0]);
        return maker;
    }
}
