using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching.Tracing;

/// <summary>Decides when operations are traced: in whole turns, and in the first evaluation.</summary>
sealed class Traces(Session session, OperationSites sites, NonFinites nonFinites)
{
    /// <summary>Passes of the first evaluation that are traced: what is summed over batches shows in the second.</summary>
    const int EvaluationPasses = 2;

    /// <summary>The turn whose results should be gone some turns later: in the first one, much is made to stay.</summary>
    const int LeakTurn = 1;

    readonly List<Trace> _ended = [];
    Trace? _open;
    bool _evaluated;

    /// <summary>The trace whose results are followed, once it has ended.</summary>
    public Trace? Leaks { get; private set; }

    /// <summary>The trace that is being recorded; null when none is.</summary>
    public Trace? Open => _open;

    public void BeginTurn()
    {
        if (session.Sampling.Traces && _open is null) Start(evaluation: false);
    }

    public void BeginPass(Pass pass, Tensor input)
    {
        var evaluates = !pass.GradientsOn || !pass.Training;
        if (_open is null && evaluates && !_evaluated && session.Step > 0) Start(evaluation: true);
        else if (_open is not null && _open.IsEvaluation && (!evaluates || _open.Passes.Count >= EvaluationPasses)) End();
        _evaluated |= evaluates && session.Step > 0 && _open is not null;
        if (_open is null) return;
        _open.Passes.Add(pass);
        _open.Role(input, "input 0");
    }

    /// <summary>The loop moves on from evaluating.</summary>
    public void LeaveEvaluation()
    {
        if (_open is { IsEvaluation: true }) End();
    }

    /// <param name="finite">Loss and gradients of the turn were finite.</param>
    public void EndTurn(bool finite)
    {
        if (_open is { IsEvaluation: false, NonFinite: { } masked } && finite) nonFinites.Masked(masked);
        if (session.Sampling.Turn == LeakTurn) Leaks = _open;
        End();
        TellKnown();
    }

    public void Finish()
    {
        End();
        foreach (var trace in _ended) trace.Tell();
        _ended.Clear();
    }

    void TellKnown()
    {
        while (_ended.Count > 0 && _ended[0].Passes.TrueForAll(p => p.Phase != Phase.Unknown))
        {
            _ended[0].Tell();
            _ended.RemoveAt(0);
        }
    }

    void Start(bool evaluation) => _open = new Trace(session, sites, evaluation, keepsResults: session.Sampling.Turn == LeakTurn);

    void End()
    {
        if (_open is null) return;
        _ended.Add(_open);
        _open = null;
    }
}
