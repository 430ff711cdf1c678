namespace Pessimist.Torch;

public sealed partial class Tensor
{
    static readonly Operator _sum = new("aten::sum"), _sumDim = new("aten::sum", "dim_IntList"), _mean = new("aten::mean"), _meanDim = new("aten::mean", "dim");
    static readonly Operator _std = new("aten::std", "correction"), _var = new("aten::var", "correction"), _varMean = new("aten::var_mean", "correction");
    static readonly Operator _max = new("aten::max"), _maxDim = new("aten::max", "dim"), _min = new("aten::min"), _minDim = new("aten::min", "dim");
    static readonly Operator _amax = new("aten::amax"), _amin = new("aten::amin"), _argmax = new("aten::argmax"), _argmin = new("aten::argmin");
    static readonly Operator _prod = new("aten::prod"), _cumsum = new("aten::cumsum"), _logsumexp = new("aten::logsumexp"), _norm = new("aten::linalg_vector_norm");
    static readonly Operator _any = new("aten::any"), _anyDim = new("aten::any", "dim"), _all = new("aten::all"), _allDim = new("aten::all", "dim"), _countNonzero = new("aten::count_nonzero");
    static readonly Operator _median = new("aten::median"), _quantile = new("aten::quantile", "scalar"), _quantiles = new("aten::quantile");
    static readonly Operator _sort = new("aten::sort"), _argsort = new("aten::argsort"), _topk = new("aten::topk"), _unique = new("aten::_unique2");
    static readonly Operator _bincount = new("aten::bincount"), _histc = new("aten::histc");

    /// <summary>The sum of all elements: a scalar; of integers and bools as int64.</summary>
    public Tensor Sum(DType? dtype = null) => _sum.Call(this, dtype);

    /// <summary>The sum over some axes; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor Sum(long[] dimensions, bool keepDim = false, DType? dtype = null) => _sumDim.Call(this, dimensions, keepDim, dtype);

    /// <summary>The sum over one axis; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor Sum(int dimension, bool keepDim = false) => Sum([dimension], keepDim);

    /// <summary>The mean of all elements: a scalar.</summary>
    public Tensor Mean(DType? dtype = null) => _mean.Call(this, dtype);

    /// <summary>The mean over some axes; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor Mean(long[] dimensions, bool keepDim = false, DType? dtype = null) => _meanDim.Call(this, dimensions, keepDim, dtype);

    /// <summary>The mean over one axis; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor Mean(int dimension, bool keepDim = false) => Mean([dimension], keepDim);

    /// <summary>Standard deviation; divides by n - <paramref name="correction"/>.</summary>
    public Tensor Std(long[]? dimensions = null, long correction = 1, bool keepDim = false) => _std.Call(this, dimensions, correction, keepDim);

    /// <summary>Variance; divides by n - <paramref name="correction"/>.</summary>
    public Tensor Var(long[]? dimensions = null, long correction = 1, bool keepDim = false) => _var.Call(this, dimensions, correction, keepDim);

    /// <summary>Variance and mean together, over some axes or (null) all; divided by n - <paramref name="correction"/>.</summary>
    public (Tensor Var, Tensor Mean) VarMean(long[]? dimensions = null, long correction = 1, bool keepDim = false) =>
        _varMean.Call2(this, dimensions, correction, keepDim);

    /// <summary>The largest element: a scalar.</summary>
    public Tensor Max() => _max.Call(this);

    /// <summary>The largest along an axis, and where it is (int64); keepDim keeps the axes that were reduced, with size 1.</summary>
    public (Tensor Values, Tensor Indices) Max(int dimension, bool keepDim = false) => _maxDim.Call2(this, dimension, keepDim);

    /// <summary>The smallest element: a scalar.</summary>
    public Tensor Min() => _min.Call(this);

    /// <summary>The smallest along an axis, and where it is (int64); keepDim keeps the axes that were reduced, with size 1.</summary>
    public (Tensor Values, Tensor Indices) Min(int dimension, bool keepDim = false) => _minDim.Call2(this, dimension, keepDim);

    /// <summary>The largest over some axes, or (null) all; keepDim keeps the axes that were reduced, with size 1. The gradient is shared among equal ones.</summary>
    public Tensor AMax(long[]? dimensions = null, bool keepDim = false) => _amax.Call(this, dimensions ?? [], keepDim);

    /// <summary>The smallest over some axes, or (null) all; keepDim keeps the axes that were reduced, with size 1. The gradient is shared among equal ones.</summary>
    public Tensor AMin(long[]? dimensions = null, bool keepDim = false) => _amin.Call(this, dimensions ?? [], keepDim);

    /// <summary>Index of the largest element, of the flattened tensor without a dimension.</summary>
    public Tensor ArgMax(int? dimension = null, bool keepDim = false) => _argmax.Call(this, (long?)dimension, keepDim);

    /// <summary>Where the smallest is along an axis, or (null) in the flattened tensor: int64.</summary>
    public Tensor ArgMin(int? dimension = null, bool keepDim = false) => _argmin.Call(this, (long?)dimension, keepDim);

    /// <summary>The product of all elements: a scalar.</summary>
    public Tensor Prod() => _prod.Call(this);

    /// <summary>Sums of all elements up to each along an axis, of the same shape.</summary>
    public Tensor CumSum(int dimension) => _cumsum.Call(this, dimension);

    /// <summary>ln Σ eˣ along an axis, without overflow; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor LogSumExp(int dimension, bool keepDim = false) => _logsumexp.Call(this, new long[] { dimension }, keepDim);

    /// <summary>The p-norm of the elements; infinity gives the largest magnitude.</summary>
    public Tensor Norm(double p = 2, long[]? dimensions = null, bool keepDim = false) => _norm.Call(this, p, dimensions, keepDim);

    /// <summary>Whether one element is true (not 0): a bool scalar.</summary>
    public Tensor Any() => _any.Call(this);

    /// <summary>Whether one element along an axis is true; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor Any(int dimension, bool keepDim = false) => _anyDim.Call(this, dimension, keepDim);

    /// <summary>Whether all elements are true (not 0): a bool scalar.</summary>
    public Tensor All() => _all.Call(this);

    /// <summary>Whether all elements along an axis are true; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor All(int dimension, bool keepDim = false) => _allDim.Call(this, dimension, keepDim);

    /// <summary>How many elements are not 0, along an axis or (null) in all: int64.</summary>
    public Tensor CountNonzero(int? dimension = null) => _countNonzero.Call(this, (long?)dimension);

    /// <summary>The lower of the two middle elements where their number is even.</summary>
    public Tensor Median() => _median.Call(this);

    /// <summary>The q-quantile (0 to 1), interpolated linearly, along an axis or (null) of all; keepDim keeps the axes that were reduced, with size 1.</summary>
    public Tensor Quantile(double q, int? dimension = null, bool keepDim = false) => _quantile.Call(this, q, (long?)dimension, keepDim);

    /// <summary>Several quantiles [q], on a new first axis.</summary>
    public Tensor Quantile(Tensor q, int? dimension = null, bool keepDim = false) => _quantiles.Call(this, q, (long?)dimension, keepDim);

    /// <summary>The elements in order along an axis, and where they were (int64), both of the same shape.</summary>
    public (Tensor Values, Tensor Indices) Sort(int dimension = -1, bool descending = false) => _sort.Call2(this, dimension, descending);

    /// <summary>Where the elements of the sorted tensor are, along an axis: int64 of the same shape.</summary>
    public Tensor ArgSort(int dimension = -1, bool descending = false) => _argsort.Call(this, dimension, descending);

    /// <summary>The k largest (or smallest) along an axis in order, and where they are (int64).</summary>
    public (Tensor Values, Tensor Indices) TopK(long k, int dimension = -1, bool largest = true) => _topk.Call2(this, k, dimension, largest);

    /// <summary>The distinct elements in order, for each element its place among them, and how often each occurs.</summary>
    public (Tensor Values, Tensor Inverse, Tensor Counts) Unique() => _unique.Call3(this, true, true, true);

    /// <summary>How often each whole number from 0 on stands in a vector of integers [n]: [max(largest + 1, minLength)].</summary>
    public Tensor BinCount(Tensor? weights = null, long minLength = 0) => _bincount.Call(this, weights, minLength);

    /// <summary>Counts in equal bins from <paramref name="min"/> to <paramref name="max"/>; from the smallest to the largest element where both are 0.</summary>
    public Tensor Histogram(long bins, double min = 0, double max = 0) => _histc.Call(this, bins, min, max);
}
