using System.Globalization;
using System.Text.Json.Serialization;

namespace Pessimist.Experiments;

/// <summary>One thing to change in the user's program while everything else stays. Plain data, so that it can cross a process boundary.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(SetLearningRate), "learning-rate")]
[JsonDerivedType(typeof(ScaleLoss), "scale-loss")]
[JsonDerivedType(typeof(SetWeightDecay), "weight-decay")]
[JsonDerivedType(typeof(SetDropout), "dropout")]
[JsonDerivedType(typeof(UseDefaultInitialization), "default-initialization")]
[JsonDerivedType(typeof(NormalizeInputs), "normalize-inputs")]
[JsonDerivedType(typeof(UseFloat64), "float64")]
[JsonDerivedType(typeof(ZeroInputs), "zero-inputs")]
[JsonDerivedType(typeof(ShuffleInputs), "shuffle-inputs")]
[JsonDerivedType(typeof(ShuffleLabels), "shuffle-labels")]
[JsonDerivedType(typeof(UseReferenceModel), "reference-model")]
[JsonDerivedType(typeof(ZeroGradients), "zero-gradients")]
[JsonDerivedType(typeof(BypassOperation), "bypass-operation")]
[JsonDerivedType(typeof(SetDimension), "dimension")]
[JsonDerivedType(typeof(UsePlainLoss), "plain-loss")]
[JsonDerivedType(typeof(RecordGradients), "record-gradients")]
[JsonDerivedType(typeof(OptimizeAll), "optimize-all")]
[JsonDerivedType(typeof(Unfreeze), "unfreeze")]
[JsonDerivedType(typeof(UseTrainingMode), "training-mode")]
[JsonDerivedType(typeof(UseReferenceLoop), "reference-loop")]
[JsonDerivedType(typeof(LeaveOutBatchNorm), "no-batch-norm")]
[JsonDerivedType(typeof(LeaveOutSchedule), "no-schedule")]
[JsonDerivedType(typeof(LeaveOutClipping), "no-clipping")]
public abstract record Intervention
{
    /// <summary>What is changed, for people: "lr 0.001".</summary>
    [JsonIgnore] public abstract string Words { get; }

    /// <summary>What to use, as it stands behind "use": "lr 0.001 instead of lr 1".</summary>
    /// <param name="found">What the program uses.</param>
    public virtual string Remedy(string found) => $"{Words} instead of {found}";

    public sealed override string ToString() => Words;

    protected static string Text(double value) =>
        value.ToString(Math.Abs(value) is >= 1e5 or (> 0 and < 1e-4) ? "0.###e0" : "0.#####", CultureInfo.InvariantCulture);
}

/// <summary>The same learning rate in every parameter group; a schedule that the program steps at every batch goes on from it.</summary>
public sealed record SetLearningRate(double Value) : Intervention
{
    public override string Words => $"lr {Text(Value)}";
}

/// <summary>Multiplies the loss that the program descends, before the backward pass: -1 turns a climb into a descent.</summary>
public sealed record ScaleLoss(double Factor) : Intervention
{
    public override string Words => Factor == -1 ? "the sign of the loss turned" : $"the loss times {Text(Factor)}";

    public override string Remedy(string found) => Factor == -1 ? $"the loss with the other sign instead of {found}" : base.Remedy(found);
}

public sealed record SetWeightDecay(double Value) : Intervention
{
    public override string Words => Value == 0 ? "no weight decay" : $"weight decay {Text(Value)}";
}

/// <summary>The rate of every dropout layer.</summary>
public sealed record SetDropout(double Value) : Intervention
{
    public override string Words => Value == 0 ? "no dropout" : $"dropout {Text(Value)}";
}

/// <summary>Draws every weight again as the layer's class does by default.</summary>
public sealed record UseDefaultInitialization : Intervention
{
    public override string Words => "the default initialization";
}

/// <summary>Subtracts the mean and divides by the standard deviation of the training inputs, or feeds them as they are.</summary>
public sealed record NormalizeInputs(bool On = true) : Intervention
{
    public override string Words => On ? "normalized inputs" : "raw inputs";
}

public sealed record UseFloat64 : Intervention
{
    public override string Words => "float64";
}

/// <summary>Every input is 0; the targets stay.</summary>
public sealed record ZeroInputs : Intervention
{
    public override string Words => "inputs of 0";
}

/// <summary>The batch is frozen no longer: each step deals the inputs to the targets anew.</summary>
public sealed record ShuffleInputs : Intervention
{
    public override string Words => "inputs shuffled at every step";
}

/// <summary>The targets are permuted once, before the first step.</summary>
public sealed record ShuffleLabels : Intervention
{
    public override string Words => "targets shuffled once";
}

/// <summary>A network of two linear layers with ReLU, the task's standard loss, Adam with lr 1e-3, on the same batch.</summary>
public sealed record UseReferenceModel : Intervention
{
    public override string Words => "a plain two-layer network with Adam, lr 0.001";
}

/// <summary>Gradients are cleared before every forward pass, and nowhere else.</summary>
public sealed record ZeroGradients : Intervention
{
    public override string Words => "zero_grad before every forward pass";
}

/// <summary>One operation hands on what it was given: a softmax before the loss, a detach.</summary>
/// <param name="Index">Its position among the moves of the recorded step.</param>
/// <param name="Operation">Its name, and where it is, e.g. <c>softmax (net.py:31)</c>.</param>
/// <param name="Site">Its line, for a program whose steps are not recorded; null for every one of that name.</param>
public sealed record BypassOperation(int Index, string Operation, Observations.Site? Site = null) : Intervention
{
    public override string Words => $"the {Operation} left out";

    public override string Remedy(string found) => $"what goes into the {Operation} instead of what comes out of it";
}

/// <summary>One operation works along another dimension.</summary>
public sealed record SetDimension(int Index, string Operation, int Dimension, Observations.Site? Site = null) : Intervention
{
    public override string Words => string.Create(CultureInfo.InvariantCulture, $"the {Operation} over dimension {Dimension}");
}

/// <summary>The task's standard loss on the program's own prediction and target, in matching shapes.</summary>
public sealed record UsePlainLoss : Intervention
{
    public override string Words => "the plain loss of matching shapes";
}

/// <summary>Gradients are recorded all the way from the parameters to the loss.</summary>
public sealed record RecordGradients : Intervention
{
    public override string Words => "gradients recorded in the whole forward pass";
}

/// <summary>Parameters that no optimizer holds are optimized too.</summary>
public sealed record OptimizeAll : Intervention
{
    public override string Words => "all parameters in the optimizer";
}

/// <summary>The program's own network, descended by Adam with lr 1e-3 on the plain loss, gradients cleared before every step.</summary>
public sealed record UseReferenceLoop : Intervention
{
    public override string Words => "a plain loop with Adam, lr 0.001, around the same network";
}

/// <summary>Batch normalization hands on what it was given.</summary>
public sealed record LeaveOutBatchNorm : Intervention
{
    public override string Words => "no batch normalization";
}

/// <summary>The learning rate stays what it is: no scheduler steps.</summary>
public sealed record LeaveOutSchedule : Intervention
{
    public override string Words => "no learning-rate schedule";
}

/// <summary>Gradients go into the step as they are.</summary>
public sealed record LeaveOutClipping : Intervention
{
    public override string Words => "no clipping of gradients";
}

/// <summary>Batch normalization by the statistics of the batch, dropout on.</summary>
public sealed record UseTrainingMode : Intervention
{
    public override string Words => "training mode";
}

/// <summary>Every parameter requires a gradient, and is optimized.</summary>
public sealed record Unfreeze : Intervention
{
    public override string Words => "no frozen parameter";
}

/// <summary>The user's program with some things changed. Two recipes are equal when they change the same things, in any order.</summary>
public sealed class Recipe : IEquatable<Recipe>
{
    readonly Intervention[] _changes;
    readonly string _key;

    Recipe(IEnumerable<Intervention> changes)
    {
        _changes = [.. changes.OrderBy(c => c.GetType().Name, StringComparer.Ordinal)];
        _key = string.Join("; ", _changes.Select(c => $"{c.GetType().Name} {c.Words}"));
    }

    /// <summary>The program as it is.</summary>
    public static Recipe AsIs { get; } = new([]);

    public IReadOnlyList<Intervention> Changes => _changes;

    public static Recipe Of(params IEnumerable<Intervention> changes) => changes.Aggregate(AsIs, (recipe, change) => recipe.With(change));

    /// <summary>One more change; it replaces an earlier one of the same kind.</summary>
    public Recipe With(Intervention change) => new([.. _changes.Where(c => c.GetType() != change.GetType()), change]);

    public T? Find<T>() where T : Intervention => _changes.OfType<T>().FirstOrDefault();

    public bool Has<T>() where T : Intervention => Find<T>() is not null;

    public bool Equals(Recipe? other) => other is not null && _key == other._key;

    public override bool Equals(object? obj) => Equals(obj as Recipe);

    public override int GetHashCode() => _key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _changes.Length == 0 ? "as it is" : string.Join(" and ", _changes.Select(c => c.Words));
}
