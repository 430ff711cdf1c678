namespace Pessimist.Torch;

/// <summary>One operation on every tensor of a list in one call: what optimizers are made of.</summary>
public static class Foreach
{
    static readonly Operator _add = new("aten::_foreach_add", "List"), _addIn = new("aten::_foreach_add_", "List"), _addScalarIn = new("aten::_foreach_add_", "Scalar");
    static readonly Operator _mulIn = new("aten::_foreach_mul_", "Scalar"), _mulListIn = new("aten::_foreach_mul_", "List");
    static readonly Operator _divScalarsIn = new("aten::_foreach_div_", "ScalarList"), _divListIn = new("aten::_foreach_div_", "List"), _divIn = new("aten::_foreach_div_", "Scalar");
    static readonly Operator _sqrt = new("aten::_foreach_sqrt"), _sqrtIn = new("aten::_foreach_sqrt_"), _zeroIn = new("aten::_foreach_zero_"), _norm = new("aten::_foreach_norm", "Scalar");
    static readonly Operator _addcmulIn = new("aten::_foreach_addcmul_", "Scalar"), _addcdivIn = new("aten::_foreach_addcdiv_", "Scalar"), _addcdivScalarsIn = new("aten::_foreach_addcdiv_", "ScalarList");

    /// <summary>self + alpha · other.</summary>
    public static Tensor[] Add(Tensor[] self, Tensor[] other, double alpha = 1) => _add.CallList(self, other, alpha);

    /// <summary>self[i] += alpha · other[i].</summary>
    public static void AddInPlace(Tensor[] self, Tensor[] other, double alpha = 1) => _addIn.Run(self, other, alpha);

    /// <summary>self[i] += value.</summary>
    public static void AddInPlace(Tensor[] self, double value) => _addScalarIn.Run(self, value);

    /// <summary>self[i] *= value.</summary>
    public static void MulInPlace(Tensor[] self, double value) => _mulIn.Run(self, value);

    /// <summary>self[i] *= other[i].</summary>
    public static void MulInPlace(Tensor[] self, Tensor[] other) => _mulListIn.Run(self, other);

    /// <summary>self[i] /= value.</summary>
    public static void DivInPlace(Tensor[] self, double value) => _divIn.Run(self, value);

    /// <summary>self[i] /= values[i].</summary>
    public static void DivInPlace(Tensor[] self, double[] values) => _divScalarsIn.Run(self, values);

    /// <summary>self[i] /= other[i].</summary>
    public static void DivInPlace(Tensor[] self, Tensor[] other) => _divListIn.Run(self, other);

    /// <summary>√ of each element of each tensor.</summary>
    public static Tensor[] Sqrt(Tensor[] self) => _sqrt.CallList((Value)self);

    /// <summary>√ of each element of each tensor, in place.</summary>
    public static void SqrtInPlace(Tensor[] self) => _sqrtIn.Run((Value)self);

    /// <summary>Fills every tensor with zeros.</summary>
    public static void ZeroInPlace(Tensor[] self) => _zeroIn.Run((Value)self);

    /// <summary>The p-norm of each tensor: scalars.</summary>
    public static Tensor[] Norm(Tensor[] self, double p = 2) => _norm.CallList(self, p);

    /// <summary>self + value · a · b.</summary>
    public static void AddcmulInPlace(Tensor[] self, Tensor[] a, Tensor[] b, double value = 1) => _addcmulIn.Run(self, a, b, value);

    /// <summary>self + value · a / b.</summary>
    public static void AddcdivInPlace(Tensor[] self, Tensor[] a, Tensor[] b, double value = 1) => _addcdivIn.Run(self, a, b, value);

    /// <summary>self + values[i] · a / b.</summary>
    public static void AddcdivInPlace(Tensor[] self, Tensor[] a, Tensor[] b, double[] values) => _addcdivScalarsIn.Run(self, a, b, values);
}
