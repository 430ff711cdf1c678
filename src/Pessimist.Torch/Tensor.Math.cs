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

    public static Tensor operator +(Tensor left, Tensor right) => _add.Call(left, right);

    public static Tensor operator +(Tensor left, double right) => _addScalar.Call(left, right);

    public static Tensor operator +(double left, Tensor right) => _addScalar.Call(right, left);

    public static Tensor operator -(Tensor left, Tensor right) => _sub.Call(left, right);

    public static Tensor operator -(Tensor left, double right) => _subScalar.Call(left, right);

    public static Tensor operator -(double left, Tensor right) => _rsub.Call(right, left);

    public static Tensor operator -(Tensor value) => _neg.Call(value);

    public static Tensor operator *(Tensor left, Tensor right) => _mul.Call(left, right);

    public static Tensor operator *(Tensor left, double right) => _mulScalar.Call(left, right);

    public static Tensor operator *(double left, Tensor right) => _mulScalar.Call(right, left);

    public static Tensor operator /(Tensor left, Tensor right) => _div.Call(left, right);

    public static Tensor operator /(Tensor left, double right) => _divScalar.Call(left, right);

    public static Tensor operator /(double left, Tensor right)
    {
        using var reciprocal = _reciprocal.Call(right);
        return _mulScalar.Call(reciprocal, left);
    }

    /// <summary>This plus <paramref name="alpha"/> times the other.</summary>
    public Tensor Add(Tensor other, double alpha = 1) => _add.Call(this, other, alpha);

    /// <summary>This minus <paramref name="alpha"/> times the other.</summary>
    public Tensor Sub(Tensor other, double alpha = 1) => _sub.Call(this, other, alpha);

    public Tensor Mul(Tensor other) => _mul.Call(this, other);

    public Tensor Div(Tensor other) => _div.Call(this, other);

    /// <summary>The remainder of the division, with the divisor's sign.</summary>
    public Tensor Remainder(Tensor other) => _remainder.Call(this, other);

    public Tensor Remainder(double other) => _remainderScalar.Call(this, other);

    public Tensor Neg() => _neg.Call(this);

    public Tensor Abs() => _abs.Call(this);

    public Tensor Sign() => _sign.Call(this);

    public Tensor Reciprocal() => _reciprocal.Call(this);

    public Tensor Pow(double exponent) => _powScalar.Call(this, exponent);

    public Tensor Pow(Tensor exponent) => _pow.Call(this, exponent);

    public Tensor Exp() => _exp.Call(this);

    public Tensor Expm1() => _expm1.Call(this);

    public Tensor Log() => _log.Call(this);

    public Tensor Log1p() => _log1p.Call(this);

    public Tensor Log2() => _log2.Call(this);

    public Tensor Sqrt() => _sqrt.Call(this);

    public Tensor Rsqrt() => _rsqrt.Call(this);

    public Tensor Square() => _square.Call(this);

    public Tensor Sin() => _sin.Call(this);

    public Tensor Cos() => _cos.Call(this);

    public Tensor Tanh() => _tanh.Call(this);

    public Tensor Erf() => _erf.Call(this);

    public Tensor Floor() => _floor.Call(this);

    public Tensor Ceil() => _ceil.Call(this);

    /// <summary>Rounds to the nearest integer, ties to even.</summary>
    public Tensor Round() => _round.Call(this);

    public Tensor Clamp(double? min = null, double? max = null) => _clamp.Call(this, min, max);

    /// <summary>The larger of the two, element by element; NaN wins.</summary>
    public Tensor Maximum(Tensor other) => _maximum.Call(this, other);

    public Tensor Minimum(Tensor other) => _minimum.Call(this, other);

    /// <summary>Elements of <paramref name="yes"/> where the condition holds, of <paramref name="no"/> elsewhere.</summary>
    public static Tensor Where(Tensor condition, Tensor yes, Tensor no) => _where.Call(condition, yes, no);

    public Tensor NanToNum(double nan = 0, double? positiveInfinity = null, double? negativeInfinity = null) =>
        _nanToNum.Call(this, nan, positiveInfinity, negativeInfinity);

    public Tensor IsNaN() => _isNaN.Call(this);

    public Tensor IsInf() => _isInf.Call(this);

    public Tensor IsFinite() => _isFinite.Call(this);

    public Tensor Eq(Tensor other) => _eq.Call(this, other);

    public Tensor Eq(double other) => _eqScalar.Call(this, other);

    public Tensor Ne(Tensor other) => _ne.Call(this, other);

    public Tensor Ne(double other) => _neScalar.Call(this, other);

    public Tensor Lt(Tensor other) => _lt.Call(this, other);

    public Tensor Lt(double other) => _ltScalar.Call(this, other);

    public Tensor Le(Tensor other) => _le.Call(this, other);

    public Tensor Le(double other) => _leScalar.Call(this, other);

    public Tensor Gt(Tensor other) => _gt.Call(this, other);

    public Tensor Gt(double other) => _gtScalar.Call(this, other);

    public Tensor Ge(Tensor other) => _ge.Call(this, other);

    public Tensor Ge(double other) => _geScalar.Call(this, other);

    public Tensor LogicalAnd(Tensor other) => _logicalAnd.Call(this, other);

    public Tensor LogicalOr(Tensor other) => _logicalOr.Call(this, other);

    public Tensor LogicalNot() => _logicalNot.Call(this);

    /// <summary>Matrix product; leading dimensions are batches and broadcast.</summary>
    public Tensor MatMul(Tensor other) => _matmul.Call(this, other);

    public Tensor Mm(Tensor other) => _mm.Call(this, other);

    public Tensor Bmm(Tensor other) => _bmm.Call(this, other);

    /// <summary><paramref name="beta"/> · this + <paramref name="alpha"/> · (left · right).</summary>
    public Tensor AddMm(Tensor left, Tensor right, double beta = 1, double alpha = 1) => _addmm.Call(this, left, right, beta, alpha);

    public Tensor Dot(Tensor other) => _dot.Call(this, other);

    /// <summary>Same shape and same elements.</summary>
    public bool ContentEquals(Tensor other) => _equal.CallAny(this, other)[0].AsBool();

    /// <summary>|this - other| &lt;= atol + rtol · |other| everywhere.</summary>
    public bool AllClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNaN = false) =>
        _allclose.CallAny(this, other, rtol, atol, equalNaN)[0].AsBool();
}
