using System.Runtime.InteropServices;
using Pessimist.Engine.Watching.Structure;
using Pessimist.Engine.Watching.Tracing;
using Pessimist.Observations;
using Pessimist.Torch;

namespace Pessimist.Engine.Watching;

/// <summary>Follows forward passes until it is known what they are for.</summary>
sealed class Passes(Session session)
{
    const int MostPending = 1024;

    /// <summary>Evaluation passes that are all recorded; later the first ones of each turn are.</summary>
    const int NewEvaluations = 64;
    const int FirstOfTurn = 2;

    /// <summary>Turns in which the data of a kind of pass are followed as well as the gradients; then in those that are measured.</summary>
    const int FollowedTurns = 3;

    readonly List<Pass> _pending = [];
    /// <summary>Kinds of passes through which no gradient flows and whose data take part all the same: how many in a turn.</summary>
    readonly Dictionary<int, int> _partOfTraining = [];

    /// <summary>In how many turns a kind of pass was followed, and which was the last.</summary>
    readonly Dictionary<int, (int Turns, long Last)> _followed = [];
    readonly Dictionary<(int Model, int Phase), (Pass Pass, int Signature, long Count)> _last = [];
    int[] _patternKeys = [];
    bool[] _pattern = [];
    long _evaluations;
    int _evaluationsOfTurn;

    /// <summary>The pass that runs, or ran last.</summary>
    public Pass? Current { get; private set; }

    public Pass Begin(ModuleNote note, Tensor input)
    {
        var gradients = Autograd.IsEnabled;
        var training = note.Network.Root?.Training ?? true;
        var evaluates = !gradients || !training;
        if (evaluates)
        {
            _evaluations++;
            _evaluationsOfTurn++;
        }

        // The calls of a long evaluation are nobody's ancestors, and hold its tensors.
        if (!gradients && session.Flight.Count > 256 && _pending.Count == 0) session.Flight.Clear();
        var records = evaluates ? _evaluations <= NewEvaluations || _evaluationsOfTurn <= FirstOfTurn && session.Sampling.CanAfford || long.IsPow2(_evaluations) : session.Sampling.Records;
        var isLean = session.Sampling.IsLean && !records;
        return Current = new Pass(note.Network)
        {
            Step = session.Step,
            Turn = session.Sampling.Turn,
            GradientsOn = gradients,
            Training = training,
            Trainable = records ? note.Network.Root?.Parameters().Any(p => p.RequiresGrad) : null,
            Examples = records && input.Rank > 0 ? input.Size(0) : null,
            LooksAtBatch = records && (evaluates || session.Sampling.IsNew || session.Sampling.Measures),
            IsLean = isLean,
            Follows = !isLean && Follows(HashCode.Combine(note.Network.Number, gradients, training)),
            Site = session.Sites.Of(HashCode.Combine(1, note.Id, gradients), session.Sampling.Turn),
            Records = records,
            Measures = evaluates ? records && (_evaluations <= 8 || long.IsPow2(_evaluations)) : session.Sampling.Measures,
        };
    }

    public void End(Pass pass, Tensor output)
    {
        if (!pass.GradientsOn && !pass.Follows && !_partOfTraining.ContainsKey(pass.Kind))
        {
            Resolve(pass, Phase.Evaluate);
            return;
        }

        pass.Output = output;
        // What is recorded may be asked about in a later turn; else the number is worked out when it is needed.
        if (pass.Records) _ = pass.Number;
        _pending.Add(pass);
        if (_pending.Count > MostPending) ResolveAt(0, Phase.Evaluate);
    }

    /// <summary>Operations in the graph behind the last backward pass that was looked at, and behind the first one after the loop had begun.</summary>
    public (long First, long Last) GraphNodes { get; private set; }

    /// <summary>A pass that threw: it was meant for something, and nobody knows for what.</summary>
    public void Fail(Pass pass)
    {
        if (pass.Records) session.Recording.Add(pass.ToObservation(Phase.Unknown, 1));
    }

    /// <summary>A backward pass starts: tells which forward passes it goes through, and which operations of <paramref name="others"/>.</summary>
    public bool[] Backward(Tensor root, long[] others)
    {
        if (others.Length == 0 && IsPattern())
        {
            Apply(_pattern);
            return [];
        }

        long[] numbers = [.. _pending.Select(p => p.Number), .. others];
        var graph = root.RequiresGrad ? Graph.From(root, numbers, []) : new(0, 0, new bool[numbers.Length]);
        var found = graph.Found;
        GraphNodes = (GraphNodes.First == 0 && session.Sampling.Turn > 1 ? graph.Nodes : GraphNodes.First, graph.Nodes);
        bool[] reached = found[.._pending.Count];
        var ancestors = _pending.Any(p => p.Follows && p.Output is not null) ? Ancestry.Of(root, session) : null;
        for (var i = 0; i < reached.Length; i++)
        {
            if (reached[i]) continue;
            if (_pending[i] is not { Follows: true, Output: { } output } || ancestors is null)
            {
                reached[i] = _pending[i].Number < 0 && IsPartOfTraining(i);
                continue;
            }

            // The data take part though no gradient does: a teacher, a target network, a generator behind a detach.
            if (!(reached[i] = ancestors.Contains(Session.IdentityOf(output)))) continue;
            var kind = _pending[i].Kind;
            _partOfTraining[kind] = Math.Max(_partOfTraining.GetValueOrDefault(kind), _pending.Where((p, j) => reached[j] && p.Kind == kind).Count());
        }

        // A graph that is cut: the pass that was meant is the last one.
        if (!reached.Contains(true) && _pending.FindLastIndex(p => p.GradientsOn) is >= 0 and var last) reached[last] = true;
        _patternKeys = [.. _pending.Select(p => p.Kind)];
        _pattern = reached;
        Apply(reached);
        return found[_patternKeys.Length..];
    }

    /// <summary>Gradients were asked for without accumulating them, as a penalty on them does: a backward pass all the same.</summary>
    public bool[] Differentiated(Tensor output, long[] others)
    {
        long[] numbers = [.. _pending.Select(p => p.Number), .. others];
        var found = output.RequiresGrad ? Graph.From(output, numbers, []).Found : new bool[numbers.Length];
        var passes = _pending.Count;
        Apply(found[..passes]);
        return found[passes..];
    }

    public void NextTurn()
    {
        if (session.Module is null) Current = null;
        _evaluationsOfTurn = 0;
        // What still waits may be for the step of the next optimizer, as a generator's pass does; after that it was for nothing.
        for (var i = _pending.Count - 1; i >= 0; i--)
        {
            if (_pending[i].GradientsOn && _pending[i].Turn >= session.Sampling.Turn)
            {
                _ = _pending[i].Number;
                _pending[i].Output = null;
            }
            else
            {
                ResolveAt(i, Phase.Evaluate);
            }
        }
    }

    /// <param name="failed">The program failed: what the last passes were for, nobody knows.</param>
    public void Finish(bool failed)
    {
        while (_pending.Count > 0) ResolveAt(0, failed && _pending[0].GradientsOn ? Phase.Unknown : Phase.Evaluate);
        foreach (var ((_, phase), (pass, _, count)) in _last)
            if (count > 0)
                session.Recording.Add(pass.ToObservation((Phase)phase, count));
        _last.Clear();
    }

    bool Follows(int kind)
    {
        ref var followed = ref CollectionsMarshal.GetValueRefOrAddDefault(_followed, kind, out var known);
        if (!known || followed.Last != session.Sampling.Turn) followed = (followed.Turns + 1, session.Sampling.Turn);
        return followed.Turns <= FollowedTurns || session.Sampling.Traces || session.Sampling.Measures;
    }

    /// <summary>One of the last of its kind, as many as took part before: those before them may evaluate the same network.</summary>
    bool IsPartOfTraining(int index)
    {
        var kind = _pending[index].Kind;
        if (!_partOfTraining.TryGetValue(kind, out var usual)) return false;
        var later = 0;
        for (var i = index + 1; i < _pending.Count; i++)
            if (_pending[i].Kind == kind)
                later++;
        return later < usual;
    }

    // In the thick of training every turn is as the one before: then the graph is not walked again.
    bool IsPattern()
    {
        if (session.Sampling.Records || _pending.Count != _patternKeys.Length) return false;
        for (var i = 0; i < _patternKeys.Length; i++)
            if (_pending[i].Kind != _patternKeys[i])
                return false;
        return true;
    }

    void Apply(bool[] reached)
    {
        for (int i = 0, at = 0; i < reached.Length; i++)
        {
            if (reached[i]) ResolveAt(at, Phase.Train);
            else at++;
        }
    }

    void ResolveAt(int index, Phase phase)
    {
        var pass = _pending[index];
        _pending.RemoveAt(index);
        Resolve(pass, phase);
    }

    void Resolve(Pass pass, Phase phase)
    {
        pass.Output = null;
        pass.Phase = phase;
        if (phase == Phase.Train) pass.Network.Trained = true;
        if (pass.WhenKnown is { } waiting)
            foreach (var tell in waiting)
                tell(phase);
        pass.WhenKnown = null;
        if (pass.Batch is { } batch) session.Recording.Add(batch with { Phase = phase });
        if (pass.Activations is { Count: > 0 } activations)
            session.Recording.Add(new ActivationsMeasured { Step = pass.Step, Model = pass.Network.Number, Phase = phase, Modules = activations });

        ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_last, (pass.Network.Number, (int)phase), out var known);
        if (known && pass.IsLean && last.Pass.Kind == pass.Kind && !pass.Records)
        {
            last.Count++;
            return;
        }

        var signature = pass.Signature;
        if (!known || last.Signature != signature || pass.Records)
        {
            if (known && last.Count > 0 && last.Signature != signature) session.Recording.Add(last.Pass.ToObservation(phase, last.Count));
            var alike = known && last.Signature == signature ? last.Count : 0;
            session.Recording.Add(pass.ToObservation(phase, alike + 1));
            last = (pass, signature, 0);
        }
        else
        {
            last.Count++;
        }
    }
}
