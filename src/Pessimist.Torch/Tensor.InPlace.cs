namespace Pessimist.Torch;

// PyTorch's methods with a trailing underscore.
public sealed partial class Tensor
{
    static readonly Operator _addIn = new("aten::add_", "Tensor"), _addScalarIn = new("aten::add_", "Scalar"), _subIn = new("aten::sub_", "Tensor");
    static readonly Operator _mulIn = new("aten::mul_", "Tensor"), _mulScalarIn = new("aten::mul_", "Scalar"), _divIn = new("aten::div_", "Tensor"), _divScalarIn = new("aten::div_", "Scalar");
    static readonly Operator _fillIn = new("aten::fill_", "Scalar"), _zeroIn = new("aten::zero_"), _copyIn = new("aten::copy_"), _clampIn = new("aten::clamp_");
    static readonly Operator _lerpIn = new("aten::lerp_", "Scalar"), _addcmulIn = new("aten::addcmul_"), _addcdivIn = new("aten::addcdiv_");
    static readonly Operator _normalIn = new("aten::normal_"), _uniformIn = new("aten::uniform_"), _bernoulliIn = new("aten::bernoulli_", "float");
    static readonly Operator _maskedFillIn = new("aten::masked_fill_", "Scalar"), _indexPutIn = new("aten::index_put_"), _reluIn = new("aten::relu_");

    Tensor Run(Operator op, params ReadOnlySpan<Value> args)
    {
        op.Run(args);
        return this;
    }

    /// <summary>this += alpha · other; returns this tensor.</summary>
    public Tensor AddInPlace(Tensor other, double alpha = 1) => Run(_addIn, this, other, alpha);

    /// <summary>this += number; returns this tensor.</summary>
    public Tensor AddInPlace(double other) => Run(_addScalarIn, this, other);

    /// <summary>this -= alpha · other; returns this tensor.</summary>
    public Tensor SubInPlace(Tensor other, double alpha = 1) => Run(_subIn, this, other, alpha);

    /// <summary>this *= other, element by element; returns this tensor.</summary>
    public Tensor MulInPlace(Tensor other) => Run(_mulIn, this, other);

    /// <summary>this *= number; returns this tensor.</summary>
    public Tensor MulInPlace(double other) => Run(_mulScalarIn, this, other);

    /// <summary>this /= other, element by element; returns this tensor.</summary>
    public Tensor DivInPlace(Tensor other) => Run(_divIn, this, other);

    /// <summary>this /= number; returns this tensor.</summary>
    public Tensor DivInPlace(double other) => Run(_divScalarIn, this, other);

    /// <summary>Every element becomes a number; returns this tensor.</summary>
    public Tensor FillInPlace(double value) => Run(_fillIn, this, value);

    /// <summary>Every element becomes 0; returns this tensor.</summary>
    public Tensor ZeroInPlace() => Run(_zeroIn, this);

    /// <summary>Copies the other's elements here, converting and broadcasting.</summary>
    public Tensor CopyInPlace(Tensor source) => Run(_copyIn, this, source);

    /// <summary>Nothing stays below min or above max; returns this tensor.</summary>
    public Tensor ClampInPlace(double? min = null, double? max = null) => Run(_clampIn, this, min, max);

    /// <summary>this + weight · (end - this).</summary>
    public Tensor LerpInPlace(Tensor end, double weight) => Run(_lerpIn, this, end, weight);

    /// <summary>this + value · a · b.</summary>
    public Tensor AddcmulInPlace(Tensor a, Tensor b, double value = 1) => Run(_addcmulIn, this, a, b, value);

    /// <summary>this + value · a / b.</summary>
    public Tensor AddcdivInPlace(Tensor a, Tensor b, double value = 1) => Run(_addcdivIn, this, a, b, value);

    /// <summary>Filled with draws of a normal distribution; returns this tensor.</summary>
    public Tensor NormalInPlace(double mean = 0, double std = 1) => Run(_normalIn, this, mean, std);

    /// <summary>Filled with draws from [from, to); returns this tensor.</summary>
    public Tensor UniformInPlace(double from = 0, double to = 1) => Run(_uniformIn, this, from, to);

    /// <summary>Filled with 1 at probability p, else 0; returns this tensor.</summary>
    public Tensor BernoulliInPlace(double p = 0.5) => Run(_bernoulliIn, this, p);

    /// <summary>A number where the mask (bool, broadcast) is true; returns this tensor.</summary>
    public Tensor MaskedFillInPlace(Tensor mask, double value) => Run(_maskedFillIn, this, mask, value);

    /// <summary>Writes <paramref name="values"/> where the indices point; a null index stands for the whole dimension.</summary>
    public Tensor IndexPutInPlace(Tensor?[] indices, Tensor values, bool accumulate = false) => Run(_indexPutIn, this, indices, values, accumulate);

    /// <summary>max(0, x); returns this tensor.</summary>
    public Tensor ReluInPlace() => Run(_reluIn, this);
}
