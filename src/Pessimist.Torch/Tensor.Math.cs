namespace Pessimist.Torch;

public sealed partial class Tensor
{
    static readonly Operator _add = new("aten::add", "Tensor"), _addScalar = new("aten::add", "Scalar");
    static readonly Operator _sub = new("aten::sub", "Tensor"), _subScalar = new("aten::sub", "Scalar"), _rsub = new("aten::rsub", "Scalar");
    static readonly Operator _mul = new("aten::mul", "Tensor"), _mulScalar = new("aten::mul", "Scalar");
    static readonly Operator _div = new("aten::div", "Tensor"), _divScalar = new("aten::div", "Scalar"), _reciprocal = new("aten::reciprocal");
    static readonly Operator _remainder = new("aten::remainder", "Tensor"), _remainderScalar = new("aten::remainder", "Scalar");
    static readonly Operator _neg = new("aten::neg"), _abs = new("aten::abs"), _sign = new("aten::sign");
    static readonly Operator _pow = new("aten::pow", "Tensor_Tensor"), _powScalar = new("aten::pow", "Tensor_Scalar");
    static readonly Operator _exp = new("aten::exp"), _expm1 = new("aten::expm1"), _log = new("aten::log"), _log1p = new("aten::log1p"), _log2 = new("aten::log2");
    static readonly Operator _sqrt = new("aten::sqrt"), _rsqrt = new("aten::rsqrt"), _square = new("aten::square");
    static readonly Operator _sin = new("aten::sin"), _cos = new("aten::cos"), _tanh = new("aten::tanh"), _erf = new("aten::erf");
    static readonly Operator _floor = new("aten::floor"), _ceil = new("aten::ceil"), _round = new("aten::round");
    static readonly Operator _clamp = new("aten::clamp"), _maximum = new("aten::maximum"), _minimum = new("aten::minimum");
    static readonly Operator _where = new("aten::where", "self"), _nanToNum = new("aten::nan_to_num");
    static readonly Operator _isNaN = new("aten::isnan"), _isInf = new("aten::isinf"), _isFinite = new("aten::isfinite");
    static readonly Operator _eq = new("aten::eq", "Tensor"), _eqScalar = new("aten::eq", "Scalar"), _ne = new("aten::ne", "Tensor"), _neScalar = new("aten::ne", "Scalar");
    static readonly Operator _lt = new("aten::lt", "Tensor"), _ltScalar = new("aten::lt", "Scalar"), _le = new("aten::le", "Tensor"), _leScalar = new("aten::le", "Scalar");
    static readonly Operator _gt = new("aten::gt", "Tensor"), _gtScalar = new("aten::gt", "Scalar"), _ge = new("aten::ge", "Tensor"), _geScalar = new("aten::ge", "Scalar");
    static readonly Operator _logicalAnd = new("aten::logical_and"), _logicalOr = new("aten::logical_or"), _logicalNot = new("aten::logical_not");
    static readonly Operator _matmul = new("aten::matmul"), _mm = new("aten::mm"), _bmm = new("aten::bmm"), _addmm = new("aten::addmm"), _dot = new("aten::dot");
    static readonly Operator _equal = new("aten::equal"), _allclose = new("aten::allclose");

    /// <summary>The sum, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public static Tensor operator +(Tensor left, Tensor right) => _add.Call(left, right);

    /// <summary>Each element plus a number, of the same shape.</summary>
    public static Tensor operator +(Tensor left, double right) => _addScalar.Call(left, right);

    /// <summary>Each element plus a number, of the same shape.</summary>
    public static Tensor operator +(double left, Tensor right) => _addScalar.Call(right, left);

    /// <summary>The difference, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public static Tensor operator -(Tensor left, Tensor right) => _sub.Call(left, right);

    /// <summary>Each element minus a number, of the same shape.</summary>
    public static Tensor operator -(Tensor left, double right) => _subScalar.Call(left, right);

    /// <summary>A number minus each element, of the same shape.</summary>
    public static Tensor operator -(double left, Tensor right) => _rsub.Call(right, left);

    /// <summary>Each element with its sign turned, of the same shape.</summary>
    public static Tensor operator -(Tensor value) => _neg.Call(value);

    /// <summary>The product, element by element; shapes that broadcast are broadcast, as in PyTorch; not the matrix product, which is <see cref="MatMul"/>.</summary>
    public static Tensor operator *(Tensor left, Tensor right) => _mul.Call(left, right);

    /// <summary>Each element times a number, of the same shape.</summary>
    public static Tensor operator *(Tensor left, double right) => _mulScalar.Call(left, right);

    /// <summary>Each element times a number, of the same shape.</summary>
    public static Tensor operator *(double left, Tensor right) => _mulScalar.Call(right, left);

    /// <summary>The quotient, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public static Tensor operator /(Tensor left, Tensor right) => _div.Call(left, right);

    /// <summary>Each element divided by a number, of the same shape.</summary>
    public static Tensor operator /(Tensor left, double right) => _divScalar.Call(left, right);

    /// <summary>A number divided by each element, of the same shape.</summary>
    public static Tensor operator /(double left, Tensor right)
    {
        using var reciprocal = _reciprocal.Call(right);
        return _mulScalar.Call(reciprocal, left);
    }

    /// <summary>This plus <paramref name="alpha"/> times the other.</summary>
    public Tensor Add(Tensor other, double alpha = 1) => _add.Call(this, other, alpha);

    /// <summary>This minus <paramref name="alpha"/> times the other.</summary>
    public Tensor Sub(Tensor other, double alpha = 1) => _sub.Call(this, other, alpha);

    /// <summary>The product, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Mul(Tensor other) => _mul.Call(this, other);

    /// <summary>The quotient, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Div(Tensor other) => _div.Call(this, other);

    /// <summary>The remainder of the division, with the divisor's sign.</summary>
    public Tensor Remainder(Tensor other) => _remainder.Call(this, other);

    /// <summary>The remainder of each element, of the same shape; it has the sign of the divisor.</summary>
    public Tensor Remainder(double other) => _remainderScalar.Call(this, other);

    /// <summary>-x, of the same shape.</summary>
    public Tensor Neg() => _neg.Call(this);

    /// <summary>|x|, of the same shape.</summary>
    public Tensor Abs() => _abs.Call(this);

    /// <summary>-1, 0 or 1, of the same shape.</summary>
    public Tensor Sign() => _sign.Call(this);

    /// <summary>1 / x, of the same shape.</summary>
    public Tensor Reciprocal() => _reciprocal.Call(this);

    /// <summary>x to the power of a number, of the same shape.</summary>
    public Tensor Pow(double exponent) => _powScalar.Call(this, exponent);

    /// <summary>x to the power of another tensor, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Pow(Tensor exponent) => _pow.Call(this, exponent);

    /// <summary>eˣ, of the same shape.</summary>
    public Tensor Exp() => _exp.Call(this);

    /// <summary>eˣ - 1, of the same shape; exact where x is small.</summary>
    public Tensor Expm1() => _expm1.Call(this);

    /// <summary>ln x, of the same shape; -∞ at 0, NaN below.</summary>
    public Tensor Log() => _log.Call(this);

    /// <summary>ln(1 + x), of the same shape; exact where x is small.</summary>
    public Tensor Log1p() => _log1p.Call(this);

    /// <summary>The logarithm to base 2, of the same shape.</summary>
    public Tensor Log2() => _log2.Call(this);

    /// <summary>√x, of the same shape; NaN below 0, and its gradient is infinite at 0.</summary>
    public Tensor Sqrt() => _sqrt.Call(this);

    /// <summary>1 / √x, of the same shape.</summary>
    public Tensor Rsqrt() => _rsqrt.Call(this);

    /// <summary>x², of the same shape.</summary>
    public Tensor Square() => _square.Call(this);

    /// <summary>sin x, of the same shape.</summary>
    public Tensor Sin() => _sin.Call(this);

    /// <summary>cos x, of the same shape.</summary>
    public Tensor Cos() => _cos.Call(this);

    /// <summary>tanh x, from -1 to 1, of the same shape.</summary>
    public Tensor Tanh() => _tanh.Call(this);

    /// <summary>The error function, of the same shape.</summary>
    public Tensor Erf() => _erf.Call(this);

    /// <summary>The largest whole number that is not above x, of the same shape.</summary>
    public Tensor Floor() => _floor.Call(this);

    /// <summary>The smallest whole number that is not below x, of the same shape.</summary>
    public Tensor Ceil() => _ceil.Call(this);

    /// <summary>Rounds to the nearest integer, ties to even.</summary>
    public Tensor Round() => _round.Call(this);

    /// <summary>x, but not below <paramref name="min"/> nor above <paramref name="max"/>, of the same shape.</summary>
    public Tensor Clamp(double? min = null, double? max = null) => _clamp.Call(this, min, max);

    /// <summary>The larger of the two, element by element; NaN wins.</summary>
    public Tensor Maximum(Tensor other) => _maximum.Call(this, other);

    /// <summary>The smaller of two, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Minimum(Tensor other) => _minimum.Call(this, other);

    /// <summary>Elements of <paramref name="yes"/> where the condition holds, of <paramref name="no"/> elsewhere.</summary>
    public static Tensor Where(Tensor condition, Tensor yes, Tensor no) => _where.Call(condition, yes, no);

    /// <summary>Numbers in the place of NaN and infinities (the largest and smallest of the type, where none are given), of the same shape.</summary>
    public Tensor NanToNum(double nan = 0, double? positiveInfinity = null, double? negativeInfinity = null) =>
        _nanToNum.Call(this, nan, positiveInfinity, negativeInfinity);

    /// <summary>Where x is NaN: bool of the same shape.</summary>
    public Tensor IsNaN() => _isNaN.Call(this);

    /// <summary>Where x is infinite: bool of the same shape.</summary>
    public Tensor IsInf() => _isInf.Call(this);

    /// <summary>Where x is neither NaN nor infinite: bool of the same shape.</summary>
    public Tensor IsFinite() => _isFinite.Call(this);

    /// <summary>Where this is equal to the other: bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Eq(Tensor other) => _eq.Call(this, other);

    /// <summary>Where an element is equal to a number: bool of the same shape.</summary>
    public Tensor Eq(double other) => _eqScalar.Call(this, other);

    /// <summary>Where this is different from the other: bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Ne(Tensor other) => _ne.Call(this, other);

    /// <summary>Where an element is different from a number: bool of the same shape.</summary>
    public Tensor Ne(double other) => _neScalar.Call(this, other);

    /// <summary>Where this is below the other: bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Lt(Tensor other) => _lt.Call(this, other);

    /// <summary>Where an element is below a number: bool of the same shape.</summary>
    public Tensor Lt(double other) => _ltScalar.Call(this, other);

    /// <summary>Where this is below or equal to the other: bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Le(Tensor other) => _le.Call(this, other);

    /// <summary>Where an element is below or equal to a number: bool of the same shape.</summary>
    public Tensor Le(double other) => _leScalar.Call(this, other);

    /// <summary>Where this is above the other: bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Gt(Tensor other) => _gt.Call(this, other);

    /// <summary>Where an element is above a number: bool of the same shape.</summary>
    public Tensor Gt(double other) => _gtScalar.Call(this, other);

    /// <summary>Where this is above or equal to the other: bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor Ge(Tensor other) => _ge.Call(this, other);

    /// <summary>Where an element is above or equal to a number: bool of the same shape.</summary>
    public Tensor Ge(double other) => _geScalar.Call(this, other);

    /// <summary>Where both are true (not 0): bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor LogicalAnd(Tensor other) => _logicalAnd.Call(this, other);

    /// <summary>Where one is true (not 0): bool, element by element; shapes that broadcast are broadcast, as in PyTorch.</summary>
    public Tensor LogicalOr(Tensor other) => _logicalOr.Call(this, other);

    /// <summary>Where it is false (0): bool of the same shape.</summary>
    public Tensor LogicalNot() => _logicalNot.Call(this);

    /// <summary>Matrix product; leading dimensions are batches and broadcast.</summary>
    public Tensor MatMul(Tensor other) => _matmul.Call(this, other);

    /// <summary>The matrix product of [n, k] and [k, m]: [n, m].</summary>
    public Tensor Mm(Tensor other) => _mm.Call(this, other);

    /// <summary>Matrix products of a batch: [b, n, k] and [b, k, m] to [b, n, m].</summary>
    public Tensor Bmm(Tensor other) => _bmm.Call(this, other);

    /// <summary><paramref name="beta"/> · this + <paramref name="alpha"/> · (left · right).</summary>
    public Tensor AddMm(Tensor left, Tensor right, double beta = 1, double alpha = 1) => _addmm.Call(this, left, right, beta, alpha);

    /// <summary>The inner product of two vectors [n]: a scalar.</summary>
    public Tensor Dot(Tensor other) => _dot.Call(this, other);

    /// <summary>Same shape and same elements.</summary>
    public bool ContentEquals(Tensor other) => _equal.CallAny(this, other)[0].AsBool();

    /// <summary>|this - other| &lt;= atol + rtol · |other| everywhere.</summary>
    public bool AllClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNaN = false) =>
        _allclose.CallAny(this, other, rtol, atol, equalNaN)[0].AsBool();
}
