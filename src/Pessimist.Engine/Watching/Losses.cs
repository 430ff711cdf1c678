using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Records calls of losses, and for what they were made.</summary>
sealed class Losses(Session session, Passes passes, OperationSites operations)
{
    const int MostPending = 256;
    const int MostLeaves = 4096;

    readonly List<Pending> _pending = [];

    sealed record Pending(LossObserved Loss, long Number, long Turn);

    /// <summary>Numbers in autograd's graph of the losses whose purpose is not known yet.</summary>
    public long[] Numbers => _pending.Count == 0 ? [] : [.. _pending.Select(p => p.Number)];

    /// <summary>Target of the last loss of the turn; for the batch that it belongs to.</summary>
    public TensorFacts? LastTarget { get; private set; }

    public void Called(OperatorKind kind, ReadOnlySpan<Value> args, Tensor result)
    {
        var site = session.Sites.Of(HashCode.Combine(2, kind.Id, Autograd.IsEnabled), session.Sampling.Turn);
        var pass = passes.Current;
        var gradients = Autograd.IsEnabled;
        // The last pass may be another's: a teacher's, without gradients, inside of a step that trains.
        if (pass?.GradientsOn != gradients) pass = gradients ? null : pass;
        if (!(pass?.Records ?? session.Sampling.Records) || !args[0].TryTensor(out var input) || args.Length < 2 || !args[1].TryTensor(out var target)) return;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var measures = pass?.Measures ?? session.Sampling.Measures;
        var number = Graph.NumberOf(result);
        var maker = session.Flight.ValueMakerOf(input, before: 0);
        var made = maker >= 0 ? session.Flight.Back(maker) : default;
        LastTarget = Facts.Measure(target, "target");
        var loss = new LossObserved
        {
            Step = session.Step,
            Kind = kind.Loss!,
            Reduction = ReductionOf(kind, args),
            Input = measures ? Facts.Measure(input) : Facts.Outline(input),
            Target = LastTarget,
            Value = ValueOf(result),
            LabelSmoothing = kind.Loss == "cross-entropy" && args.Length > 5 && args[5].TryNumber(out var smoothing) ? smoothing : 0,
            Weighted = args.Length > 2 && args[2].TryTensor(out _) || kind.Loss == "bce-with-logits" && args.Length > 3 && args[3].TryTensor(out _),
            IgnoreIndex = kind.Loss is "cross-entropy" or "nll" && args.Length > 4 && args[4].TryNumber(out var ignored) ? (long)ignored : null,
            Prediction = measures ? Predictions.Of(input) : null,
            MadeBy = made.Kind?.Name,
            MadeIn = made.Module?.FullPath,
            MadeAt = maker >= 0 ? operations.Of(maker) : null,
            Site = site,
        };
        if (!gradients)
        {
            // Its pass may yet turn out to be a part of training.
            if (pass is null or { WhenKnown: null, Output: null }) session.Recording.Add(loss with { Phase = Phase.Evaluate });
            else (pass.WhenKnown ??= []).Add(phase => session.Recording.Add(loss with { Phase = phase }));
            return;
        }

        _pending.Add(new Pending(loss, number, session.Sampling.Turn));
        if (_pending.Count > MostPending) Tell(0, Phase.Evaluate);
    }

    /// <summary>A backward pass starts.</summary>
    /// <param name="reached">For each of <see cref="Numbers"/>, whether the pass goes through it.</param>
    public void Backward(Tensor root, bool[] reached, double? value, Site? site)
    {
        var any = false;
        for (int i = 0, at = 0; i < reached.Length; i++)
        {
            // Where no gradient was recorded there is nothing to reach, and yet the last loss is what was meant.
            if (!reached[i] && !(root.RequiresGrad is false && i == reached.Length - 1))
            {
                at++;
                continue;
            }

            any = true;
            _pending[at] = _pending[at] with { Loss = _pending[at].Loss with { ReachesParameters = Reaches(root) } };
            Tell(at, Phase.Train);
        }

        if (!any && session.Sampling.Records) Custom(root, value, site);
    }

    /// <summary>Gradients of these losses were asked for without accumulating them.</summary>
    public void Differentiated(bool[] reached)
    {
        for (int i = 0, at = 0; i < reached.Length; i++)
        {
            if (reached[i]) Tell(at, Phase.Train);
            else at++;
        }
    }

    public void NextTurn()
    {
        LastTarget = null;
        for (var i = _pending.Count - 1; i >= 0; i--)
            if (_pending[i].Turn < session.Sampling.Turn)
                Tell(i, Phase.Evaluate);
    }

    /// <param name="failed">The program failed: what the last losses were for, nobody knows.</param>
    public void Finish(bool failed)
    {
        while (_pending.Count > 0) Tell(0, failed ? Phase.Unknown : Phase.Evaluate);
    }

    void Custom(Tensor root, double? value, Site? site)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var formula = LossFormula.Of(root, session);
        var maker = formula.Input is null ? -1 : session.Flight.ValueMakerOf(formula.Input);
        var made = maker >= 0 ? session.Flight.Back(maker) : default;
        session.Recording.Add(new LossObserved
        {
            Step = session.Step,
            Phase = Phase.Train,
            Kind = formula.Kind,
            Reduction = formula.Reduction,
            Input = formula.Input is null ? null : Facts.Measure(formula.Input),
            Target = formula.Target is null ? null : LastTarget = Facts.Measure(formula.Target, "target"),
            Value = value ?? ValueOf(root),
            ReachesParameters = Reaches(root),
            Prediction = formula.Input is null || !session.Sampling.Measures ? null : Predictions.Of(formula.Input),
            MadeBy = made.Kind?.Name,
            MadeIn = made.Module?.FullPath,
            MadeAt = maker >= 0 ? operations.Of(maker) : null,
            Site = site,
        });
    }

    bool? Reaches(Tensor root)
    {
        if (!root.RequiresGrad) return false;
        Tensor[] leaves = [.. session.Networks.All.SelectMany(session.Networks.ParametersOf).Select(p => p.Tensor).Where(t => !t.IsDisposed && t.RequiresGrad).Take(MostLeaves)];
        return leaves.Length == 0 ? null : Graph.From(root, [], leaves).Leaves > 0;
    }

    void Tell(int index, Phase phase)
    {
        session.Recording.Add(_pending[index].Loss with { Phase = phase });
        _pending.RemoveAt(index);
    }

    public static double ValueOf(Tensor result) => result.Numel == 1 ? result.Item<double>() : result.Numel == 0 ? double.NaN : result.To(DType.Float64).Mean().Item<double>();

    static string ReductionOf(OperatorKind kind, ReadOnlySpan<Value> args)
    {
        var index = kind.Loss switch
        {
            "cross-entropy" or "nll" or "bce" => 3,
            "bce-with-logits" => 4,
            "poisson-nll" => 5,
            _ => 2,
        };
        return args.Length > index && args[index].TryNumber(out var number) ? number switch { 0 => "none", 2 => "sum", _ => "mean" } : "mean";
    }
}
