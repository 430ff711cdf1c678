using Pessimist.Engine.Comparing;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Tests.Comparing;

/// <summary>Every reason on a pair of recordings that differ by it, and on pairs that differ otherwise.</summary>
public sealed class ReasonTests : IDisposable
{
    readonly Scope _scope = Scope.New();

    public ReasonTests() => Rng.Seed(7);

    public void Dispose() => _scope.Dispose();

    static Tensor Normal(params long[] shape) => Tensor.Randn(shape);

    static Dictionary<string, Tensor> Arrays(params (string Name, Tensor Value)[] arrays) => arrays.ToDictionary(a => a.Name, a => a.Value);

    /// <summary>What is confirmed, by name; what else is recorded stands before the layer on both sides.</summary>
    static string? Reason(Tensor a, Tensor b, params (string Name, Tensor Value)[] around) => Compare(Arrays([.. around, ("layer", a)]), Arrays([.. around, ("layer", b)])).Reason?.Name;

    static ImplementationComparison Compare(Dictionary<string, Tensor> a, Dictionary<string, Tensor> b) =>
        ImplementationComparer.Compare(new RecordedImplementation("mine", a), new RecordedImplementation("reference", b), null, "");

    static string? Made(string name)
    {
        var y = Normal(6, 8);
        var x = Normal(6, 4, 5, 5);
        switch (name)
        {
            case "flipped-sign":
                return Reason(y, -y);
            case "missing-activation":
                return Reason(y, Functional.Relu(y));
            case "other-activation":
                return Reason(Functional.Gelu(y * 3), Functional.Gelu(y * 3, "tanh"), ("input", y * 3));
            case "softmax-axis":
                return Reason(Functional.Softmax(y, 0), Functional.Softmax(y, 1), ("before", y));
            case "dropout-active":
                return Reason(x, Functional.Dropout(x, 0.3));
            case "normalization-mode":
                {
                    (Tensor mean, Tensor var) = (Normal(4), Tensor.Rand([4]) + 0.5);
                    return Reason(Functional.BatchNorm(x, null, null, mean, var, false), Functional.BatchNorm(x, null, null, null, null, true),
                        ("input", x), ("weights/layer.running_mean", mean), ("weights/layer.running_var", var));
                }

            case "normalization-formula":
                return Reason(Functional.LayerNorm(y * 0.1, [8]), Functional.LayerNorm(y * 0.1, [8], eps: 1e-3), ("input", y * 0.1));
            case "lower-precision":
                return Reason(y, y.To(DType.BFloat16).To(DType.Float32));
            case "rearranged-weight":
                {
                    var weight = Normal(8, 8);
                    return Reason(Functional.Linear(y, weight), Functional.Linear(y, weight.T()), ("input", y), ("weights/layer.weight", weight));
                }

            case "missing-bias":
                {
                    (Tensor weight, Tensor bias) = (Normal(3, 4, 3, 3), Normal(3));
                    return Reason(Functional.Conv2d(x, weight), Functional.Conv2d(x, weight, bias), ("input", x), ("weights/layer.weight", weight), ("weights/layer.bias", bias));
                }

            case "other-weights":
                {
                    (Tensor first, Tensor second) = (Normal(3, 4, 3, 3), Normal(3, 4, 3, 3));
                    return Compare(
                        Arrays(("input", x), ("weights/layer.weight", first), ("layer", Functional.Conv2d(x, first, padding: 1))),
                        Arrays(("input", x), ("weights/layer.weight", second), ("layer", Functional.Conv2d(x, second, padding: 1)))).Reason?.Name;
                }

            case "normalization-momentum":
                {
                    long[] axes = [0, 2, 3];
                    (Tensor mean, Tensor var) = (x.Mean(axes), x.Var(axes));
                    Dictionary<string, Tensor> Side(double m) => Arrays(("input", x), ("weights/layer.running_mean", mean * m), ("weights/layer.running_var", var * m + (1 - m)),
                        ("layer", Functional.BatchNorm(x, null, null, mean * m, var * m + (1 - m), false)));
                    return Compare(Side(0.1), Side(0.9)).Reason?.Name;
                }

            case "flatten-order":
                return Reason(x.Flatten(1), x.Permute(0, 2, 3, 1).Flatten(1), ("before", x));
            case "swapped-axes":
                return Reason(x, x.Permute(0, 2, 3, 1));
            case "permuted-channels":
                return Reason(x, x.Flip(1));
            case "other-input":
                {
                    (Tensor weight, Tensor skipped) = (Normal(8, 8), Functional.Tanh(y));
                    return Reason(Functional.Linear(skipped, weight), Functional.Linear(y, weight), ("first", y), ("second", skipped), ("weights/layer.weight", weight));
                }

            case "inputs-differ":
                {
                    // Of recordings nobody knows what went into a layer: two networks that can be run are needed.
                    (Scaling first, Scaling second) = (new Scaling(0.5), new Scaling(0.25));
                    return ImplementationComparer.Compare(new ModuleImplementation("mine", first), new ModuleImplementation("reference", second), y * 3, "").Reason?.Name;
                }

            case "missing-sum":
                return Reason(y, y + 2 * y.Abs(), ("before", 2 * y.Abs()));
            case "scaled":
                return Reason(y, y * 0.125 + 3);
            default:
                throw new ArgumentException(name);
        }
    }

    sealed class Scaling(double factor) : Module
    {
        public Softmax Softmax { get; } = new(-1);

        protected override Tensor Compute(Tensor input) => Softmax.Forward(input * factor);
    }

    public static TheoryData<string> Names => [.. ReasonCatalog.All.Select(r => r.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Each_reason_is_confirmed_where_it_is_one(string name) => Made(name).ShouldBe(name);

    [Fact]
    public void Nothing_is_a_reason_for_noise()
    {
        (Tensor x, Tensor weight, Tensor bias) = (Normal(6, 4, 5, 5), Normal(3, 4, 3, 3), Normal(3));
        var y = Functional.Conv2d(x, weight, bias);
        for (var i = 0; i < 20; i++)
        {
            Reason(y, y + Normal(6, 3, 3, 3) * Math.Pow(10, -i % 4), ("input", x), ("weights/layer.weight", weight), ("weights/layer.bias", bias)).ShouldBeNull();
            Reason(y, Functional.Relu(y + 0.01), ("input", x)).ShouldBeNull();
        }
    }

    [Fact]
    public void A_few_values_confirm_nothing()
    {
        var y = Normal(1, 5);
        var comparison = Compare(Arrays(("layer", y)), Arrays(("layer", -y)));

        comparison.Reason.ShouldBeNull();
        comparison.Notes.ShouldHaveSingleItem().ShouldContain("too few different values");
    }

    [Fact]
    public void Dead_units_are_no_missing_activation()
    {
        var y = -Tensor.Rand([6, 8]);
        Reason(y, y.ZerosLike()).ShouldBeNull();
    }

    [Fact]
    public void Values_that_cannot_tell_two_activations_apart_name_both()
    {
        var y = Normal(6, 8);
        Compare(Arrays(("input", y), ("layer", Functional.Relu(y))), Arrays(("input", y), ("layer", Functional.Sigmoid(y)))).Reason!.Fact.ShouldBe("layer is ReLU or ReLU6 in mine and sigmoid in reference");
    }

    [Fact]
    public void Other_numbers_in_another_formula_are_not_explained_by_either()
    {
        (Tensor x, Tensor first, Tensor second) = (Normal(6, 8), Normal(8, 8), Normal(8, 8));
        Compare(Arrays(("input", x), ("weights/layer.weight", first), ("layer", Functional.Linear(x, first))),
            Arrays(("input", x), ("weights/layer.weight", second), ("layer", Functional.Relu(Functional.Linear(x, second))))).Reason.ShouldBeNull();
    }
}
