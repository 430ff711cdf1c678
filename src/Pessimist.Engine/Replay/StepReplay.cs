using Pessimist.Experiments;
using Pessimist.Torch;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Optim;

namespace Pessimist.Engine.Replay;

/// <summary>Takes a recorded training step again, as often as wanted, with a recipe of changes.</summary>
sealed class StepReplay : IDisposable
{
    readonly Recording _recording;
    readonly Recipe _recipe;
    readonly Tensor[] _externals;
    readonly Dictionary<int, Tensor> _made = [];
    readonly Optimizer? _extra;
    readonly double _firstRate;

    /// <summary>The recording must stand at its beginning: see <see cref="Recording.Restore"/>.</summary>
    public StepReplay(Recording recording, LossCall loss, Recipe recipe, int seed)
    {
        (_recording, Loss, _recipe) = (recording, loss, recipe);
        _firstRate = recording.Optimizers is [var first, ..] ? first.LearningRate : 0;
        // A copy of a copy: the program may change it in place.
        using var noGrad = Autograd.NoGrad();
        _externals = [.. recording.Externals.Select(t => t.Detach().Clone().Keep())];
        Change(seed);
        if (recipe.Has<OptimizeAll>() || recipe.Has<Unfreeze>()) _extra = Forgotten();
        if (recipe.Has<UseReferenceLoop>()) _extra = new Adam(recording.Parameters, lr: 1e-3);
    }

    public LossCall Loss { get; }

    public Tensor? this[Source? source] => source switch
    {
        Made made => _made.GetValueOrDefault(made.Id),
        Live live => live.Tensor,
        GradientOf gradient => gradient.Parameter.Grad,
        External external => _externals[external.Index],
        _ => null,
    };

    /// <summary>Other values for what came from outside; a copy is taken.</summary>
    public void Put(External external, Tensor with)
    {
        using var noGrad = Autograd.NoGrad();
        Replace(external, with.Detach().Clone());
    }

    /// <summary>The moves up to the first backward pass; the loss is then to be read.</summary>
    /// <param name="evaluate">Dropout off, batch norm on its running statistics.</param>
    public void Forward(bool evaluate = false)
    {
        _made.Clear();
        foreach (var (copy, original) in _externals.Zip(_recording.Externals))
            if (original.RequiresGrad)
            {
                copy.RequiresGrad = true;
                copy.Grad = null;
            }

        if (OwnZeroing) Clear();
        foreach (var move in _recording.Moves.TakeWhile(m => m is not BackwardMove)) Take(move, evaluate);
    }

    /// <summary>The rest of the step, the backward pass first.</summary>
    /// <param name="beforeStep">Called before the first optimizer moves.</param>
    public void Finish(Action? beforeStep = null)
    {
        // Weights moved by hand move right after the last backward pass.
        var last = _recording.Moves.FindLastIndex(m => m is BackwardMove);
        var stepped = _recording.Optimizers.Count == 0;
        foreach (var move in _recording.Moves.SkipWhile(m => m is not BackwardMove))
        {
            if (move is StepMove && !stepped)
            {
                stepped = true;
                beforeStep?.Invoke();
            }

            Take(move, false);
            if (_recording.Optimizers.Count == 0 && move is BackwardMove && ReferenceEquals(move, _recording.Moves[last])) beforeStep?.Invoke();
        }

        _made.Clear();
    }

    /// <summary>The task's loss of the last <see cref="Forward"/>, one number.</summary>
    public Tensor TaskLoss()
    {
        if (OwnLoss && PlainLoss() is { } plain) return plain;
        var value = this[Loss.Value] ?? throw new TorchException("the loss of the recorded step was not made again");
        return value.Numel == 1 ? value : value.Mean();
    }

    bool OwnZeroing => _recipe.Has<ZeroGradients>() || _recipe.Has<UseReferenceLoop>();

    bool OwnLoss => _recipe.Has<UsePlainLoss>() || _recipe.Has<UseReferenceLoop>();

    void Take(Move move, bool evaluate)
    {
        switch (move)
        {
            case OperatorMove op: Run(op, evaluate); break;
            case BackwardMove back: Backward(back); break;
            case GradMove grad: Gradient(grad); break;
            case StepMove step: Step(step.Optimizer); break;
            case ZeroGradMove zero: if (!OwnZeroing) zero.Clear(); break;
            case ClipMove when _recipe.Has<LeaveOutClipping>(): break;
            case ClipMove clip when clip.ByValue: GradientClip.ByValue(clip.Parameters, clip.Limit); break;
            case ClipMove clip: GradientClip.ByNorm(clip.Parameters, clip.Limit); break;
            case ScheduleMove schedule: if (!_recipe.Has<LeaveOutSchedule>()) schedule.Scheduler.Step(); break;
        }
    }

    void Run(OperatorMove move, bool evaluate)
    {
        var args = move.Args.ToArray();
        foreach (var (position, sources) in move.Tensors)
        {
            Tensor?[] tensors = [.. sources.Select(s => this[s])];
            // A gradient that is not there, where the program had one: nothing to do.
            if (sources.Where((s, i) => s is not null && tensors[i] is null).Any()) return;
            args[position] = move.Args[position].IsTensors ? tensors : tensors[0];
        }

        if (_recipe.Find<BypassOperation>() is { } bypass && bypass.Index == IndexOf(move))
        {
            _made[move.Results[0]] = args[0].AsTensor();
            return;
        }

        if (move.Name == "batch_norm" && _recipe.Has<LeaveOutBatchNorm>())
        {
            _made[move.Results[0]] = args[0].AsTensor();
            return;
        }

        if (_recipe.Find<SetDimension>() is { } other && other.Index == IndexOf(move)) args[1] = (long)other.Dimension;
        var quiet = evaluate || _recipe.Has<SetDropout>();
        if (move.Name is "dropout" or "alpha_dropout" or "feature_dropout" && (quiet || _recipe.Has<UseTrainingMode>())) args[2] = !quiet;
        if (move.Name == "batch_norm" && (evaluate || _recipe.Has<UseTrainingMode>())) args[5] = !evaluate;
        var gradients = move.Gradients || _recipe.Has<RecordGradients>();
        if (gradients)
        {
            using var record = Autograd.EnableGrad();
            Call(move, args);
        }
        else
        {
            using var noGrad = Autograd.NoGrad();
            Call(move, args);
        }
    }

    void Call(OperatorMove move, Value[] args)
    {
        Tensor[] results = [.. move.Op.CallAny(args).SelectMany(v => v.IsTensor ? [v.AsTensor()] : v.IsTensors ? v.AsTensors() : [])];
        for (var i = 0; i < move.Results.Length; i++)
            if (i < results.Length) _made[move.Results[i]] = results[i];
            else if (args.Length > 0 && args[0].IsTensor) _made[move.Results[i]] = args[0].AsTensor();
    }

    void Backward(BackwardMove move)
    {
        var loss = OwnLoss ? PlainLoss() : null;
        loss ??= this[move.Loss] ?? throw new TorchException("what backward starts from was not made again");
        if (_recipe.Find<ScaleLoss>() is { } scale) loss *= scale.Factor;
        loss.Backward(retainGraph: move.RetainGraph);
    }

    void Gradient(GradMove move)
    {
        Tensor[] outputs = [.. move.Outputs.Select(o => this[o]!)], inputs = [.. move.Inputs.Select(i => this[i]!)];
        var results = Autograd.Grad(outputs, inputs, createGraph: move.CreateGraph, retainGraph: true, allowUnused: true);
        for (var i = 0; i < results.Length; i++)
            if (move.Results[i] >= 0 && results[i] is { } result) _made[move.Results[i]] = result;
    }

    void Step(Optimizer optimizer)
    {
        if (_recipe.Has<UseReferenceLoop>())
        {
            _extra!.Step();
            return;
        }

        var scheduled = _recording.Schedulers.Count > 0 && !_recipe.Has<LeaveOutSchedule>();
        double[] rates = [.. optimizer.Groups.Select(g => g.LearningRate)];
        foreach (var group in optimizer.Groups)
        {
            if (_recipe.Find<SetLearningRate>() is { } rate) group.LearningRate = scheduled && _firstRate > 0 ? group.LearningRate * rate.Value / _firstRate : rate.Value;
            if (_recipe.Find<SetWeightDecay>() is { } decay) group.WeightDecay = decay.Value;
        }

        optimizer.Step();
        _extra?.Step();
        if (!scheduled) return;
        // The schedule goes on from its own rate.
        foreach (var (group, rate) in optimizer.Groups.Zip(rates)) group.LearningRate = rate;
    }

    void Clear()
    {
        foreach (var parameter in _recording.Parameters) parameter.Grad = null;
    }

    /// <summary>Cross-entropy of class ids, else the mean squared error of tensors of one shape; null where neither fits.</summary>
    Tensor? PlainLoss()
    {
        if (this[Loss.Prediction] is not { } prediction || this[Loss.Target] is not { } target) return null;
        if (!target.DType.IsFloatingPoint() && prediction.Rank == 2 && target.Rank == 1) return Torch.Nn.Loss.CrossEntropy(prediction, target);
        return prediction.Numel == target.Numel ? Torch.Nn.Loss.Mse(prediction.Reshape(-1), target.To(prediction.DType).Reshape(-1)) : null;
    }

    int IndexOf(OperatorMove move) => _recording.Moves.IndexOf(move);

    void Change(int seed)
    {
        foreach (var change in _recipe.Changes)
            switch (change)
            {
                case UseDefaultInitialization: Initialize(); break;
                case UseFloat64: Widen(); break;
                case Unfreeze: Thaw(); break;
                case ZeroInputs when _recording.Input is External x: _externals[x.Index].ZeroInPlace(); break;
                case ShuffleLabels when Loss.Target is External y: Replace(y, Shuffled(_externals[y.Index], seed)); break;
                case ShuffleInputs when _recording.Input is External x: Replace(x, Shuffled(_externals[x.Index], seed)); break;
                case NormalizeInputs when _recording.Input is External x: Replace(x, Normalized(_externals[x.Index])); break;
            }
    }

    void Replace(External external, Tensor with)
    {
        _externals[external.Index].Dispose();
        _externals[external.Index] = with.Keep();
    }

    static Tensor Shuffled(Tensor tensor, int seed)
    {
        var order = Enumerable.Range(0, (int)tensor.Size(0)).Select(i => (long)i).ToArray();
        new Random(seed).Shuffle(order);
        return tensor.IndexSelect(0, Tensor.From<long>(order, order.Length).To(tensor.Device));
    }

    /// <summary>Columns of a table one by one; a picture or sequence as a whole.</summary>
    static Tensor Normalized(Tensor inputs)
    {
        if (inputs.Rank == 2)
        {
            var std = inputs.Std([0], keepDim: true);
            return (inputs - inputs.Mean([0], keepDim: true)) / (std + 1e-6);
        }

        return (inputs - inputs.Mean()) / (inputs.Std() + 1e-6);
    }

    /// <summary>PyTorch's default: uniform in 1 / sqrt(fan in); norms at 1, biases at 0.</summary>
    void Initialize()
    {
        foreach (var (tensor, name) in _recording.Names)
        {
            if (!tensor.RequiresGrad) continue;
            if (tensor.Rank >= 2) Init.Uniform(tensor, -1 / Math.Sqrt(Init.Fans(tensor).In), 1 / Math.Sqrt(Init.Fans(tensor).In));
            else if (name.EndsWith("weight", StringComparison.Ordinal)) Init.Ones(tensor);
            else Init.Zeros(tensor);
        }
    }

    void Widen()
    {
        foreach (var network in _recording.Networks) network.To(DType.Float64);
        for (var i = 0; i < _externals.Length; i++)
            if (_externals[i].DType.IsFloatingPoint()) Replace(new External(i), _externals[i].To(DType.Float64));
    }

    void Thaw()
    {
        foreach (var network in _recording.Networks) network.RequiresGrad(true);
    }

    /// <summary>Adam, or what the program takes, for the parameters that no optimizer holds.</summary>
    Optimizer? Forgotten()
    {
        var held = _recording.Optimizers.SelectMany(o => o.Groups).SelectMany(g => g.Parameters).ToHashSet(ReferenceEqualityComparer.Instance);
        Tensor[] missing = [.. _recording.Networks.SelectMany(n => n.Parameters()).Where(p => p.RequiresGrad && !held.Contains(p))];
        if (missing.Length == 0) return null;
        var rate = _recording.Optimizers[0].LearningRate;
        return _recording.Optimizers[0] is SGD ? new SGD(missing, lr: rate) : new Adam(missing, lr: rate);
    }

    public void Dispose()
    {
        _made.Clear();
        _extra?.Dispose();
        foreach (var tensor in _externals) tensor.Dispose();
    }
}
