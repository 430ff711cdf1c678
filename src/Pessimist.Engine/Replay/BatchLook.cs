using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Pessimist.Experiments;
using Pessimist.Torch;

namespace Pessimist.Engine.Replay;

/// <summary>The frozen batch of a recorded step, and what the network makes of it.</summary>
sealed class BatchLook
{
    const double RawScale = 5;

    public BatchLook(Recording recording, LossCall loss, StepReplay replay)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in new[] { recording.Input, loss.Target }.OfType<External>().Select(e => replay[e]).OfType<Tensor>())
            hash.AppendData(MemoryMarshal.AsBytes(tensor.To(Device.Cpu, DType.Float64).ToArray<double>().AsSpan()));
        Hash = Convert.ToHexStringLower(hash.GetHashAndReset())[..12];
        if (recording.Input is not External || replay[recording.Input] is not { } input || !input.DType.IsFloatingPoint() || input.Numel < 2) return;
        var values = input.To(DType.Float64);
        (Mean, Std) = (values.Mean().Item<double>(), values.Std().Item<double>());
    }

    public string Hash { get; }
    public double Mean { get; }
    public double Std { get; } = 1;

    /// <summary>Far from mean 0 and standard deviation 1, as raw pixels or prices are.</summary>
    public static bool LooksRaw(Recording recording, StepReplay replay)
    {
        if (recording.Input is not External || replay[recording.Input] is not { Rank: >= 2 } input || !input.DType.IsFloatingPoint()) return false;
        using var scope = Scope.New();
        var values = input.Detach().To(DType.Float64);
        var (mean, std) = (values.Mean().Item<double>(), values.Std().Item<double>());
        return Math.Abs(mean) > RawScale || std > RawScale || std < 0.01 && Math.Abs(mean) < 0.1;
    }

    public static double RootMeanSquare(Tensor? output)
    {
        if (output is null || !output.DType.IsFloatingPoint()) return 0;
        using var noGrad = Autograd.NoGrad();
        return Math.Sqrt(output.To(DType.Float64).Square().Mean().Item<double>());
    }

    public static double? Error(LossCall loss, StepReplay replay) =>
        replay[loss.Prediction] is { } prediction && replay[loss.Target] is { } target ? Error(loss.Kind, prediction, target) : null;

    /// <summary>Share of wrong examples; null where there are no classes.</summary>
    public static double? Error(string kind, Tensor prediction, Tensor target)
    {
        using var noGrad = Autograd.NoGrad();
        Tensor wrong;
        switch (kind)
        {
            case "cross-entropy" or "nll" when prediction.Rank >= 2 && !target.DType.IsFloatingPoint(): wrong = prediction.ArgMax(1).Ne(target); break;
            case "bce": wrong = prediction.Gt(0.5).Ne(target.Gt(0.5)); break;
            case "bce-with-logits": wrong = prediction.Gt(0).Ne(target.Gt(0.5)); break;
            default: return null;
        }

        return wrong.To(DType.Float32).Mean().Item<double>();
    }

    /// <summary>The loss of each example, from the framework's own call without its reduction.</summary>
    public static double[] SampleLosses(LossCall loss, StepReplay replay)
    {
        if (loss is not { Call: { } call, ReductionAt: { } at } || loss.Kind is "kl-div" || replay[loss.Prediction] is not { } prediction || replay[loss.Target] is not { } target) return [];
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        var args = call.Args.ToArray();
        foreach (var (position, sources) in call.Tensors) args[position] = replay[sources[0]];
        if (args.Length <= at) return [];
        args[0] = prediction.Detach();
        args[1] = target;
        args[at] = (long)0;
        var losses = call.Op.Call(args);
        if (losses.Rank == 0) return [];
        return losses.Reshape(losses.Size(0), -1).Mean([1]).To(Device.Cpu, DType.Float64).ToArray<double>();
    }

    public static BatchFloor Floor(Recording recording, LossCall loss, StepReplay replay)
    {
        const int most = 1 << 22;
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        if (recording.Input is not External || replay[recording.Input] is not { Rank: >= 1, Numel: > 0 and <= most } input || replay[loss.Target] is not { Rank: >= 1 } target || input.Size(0) != target.Size(0))
            return BatchFloor.Zero;
        var inputs = input.To(Device.Cpu, DType.Float32).Contiguous().ToArray<float>();
        switch (loss.Kind)
        {
            case "cross-entropy" or "nll" when target.Rank == 1 && !target.DType.IsFloatingPoint() && replay[loss.Prediction] is { Rank: 2 } prediction:
                int[] labels = [.. target.To(Device.Cpu, DType.Int64).ToArray<long>().Select(l => (int)l)];
                var classes = (int)prediction.Size(1);
                return labels.Any(l => l < 0 || l >= classes) ? BatchFloor.Zero : BatchFloor.OfClasses(inputs, labels, classes, loss.LabelSmoothing);
            case "mse":
                return BatchFloor.OfValues(inputs, target.To(Device.Cpu, DType.Float32).Contiguous().ToArray<float>(), (int)target.Size(0));
            case "bce" or "bce-with-logits":
                return BatchFloor.OfYesNo(inputs, target.To(Device.Cpu, DType.Float32).Contiguous().ToArray<float>(), (int)target.Size(0));
            default:
                return BatchFloor.Zero;
        }
    }

    /// <summary>After a forward pass whose loss is not finite: the first operation that made it so.</summary>
    public static NonFiniteOrigin FirstNonFinite(Recording recording, StepReplay replay, int step)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        if (recording.Input is External && replay[recording.Input] is { } input && !AllFinite(input)) return new(step, "input");
        foreach (var (tensor, name) in recording.Names)
            // The weights went bad in the step before.
            if (!AllFinite(tensor)) return new(Math.Max(0, step - 1), $"update of {name}");
        foreach (var move in recording.Moves.TakeWhile(m => m is not BackwardMove).OfType<OperatorMove>())
            if (move.Results.Any(id => replay[new Made(id)] is { } made && !AllFinite(made)))
                return new(step, $"output of {move.Name}{(move.Module is { Length: > 0 } module ? $" in {module}" : "")}{(move.Site is { } site ? $" ({Path.GetFileName(site.File)}:{site.Line})" : "")}");
        return new(step, "loss");
    }

    static bool AllFinite(Tensor tensor) => !tensor.DType.IsFloatingPoint() || tensor.IsFinite().All().Item<double>() != 0;
}
