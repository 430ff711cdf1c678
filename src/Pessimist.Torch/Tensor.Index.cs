using System.Runtime.CompilerServices;

namespace Pessimist.Torch;

public sealed partial class Tensor
{
    static readonly Operator _select = new("aten::select", "int"), _slice = new("aten::slice", "Tensor"), _narrow = new("aten::narrow");
    static readonly Operator _indexSelect = new("aten::index_select"), _index = new("aten::index", "Tensor"), _gather = new("aten::gather");
    static readonly Operator _scatter = new("aten::scatter", "src"), _scatterValue = new("aten::scatter", "value"), _scatterAdd = new("aten::scatter_add"), _indexAdd = new("aten::index_add");
    static readonly Operator _maskedSelect = new("aten::masked_select"), _maskedFill = new("aten::masked_fill", "Scalar"), _nonzero = new("aten::nonzero"), _oneHot = new("aten::one_hot");

    /// <summary>The slice at an index of the first dimension, or the element at several; negative ones count from the end.</summary>
    [IndexerName("At")]
    public Tensor this[params ReadOnlySpan<long> indices]
    {
        get
        {
            if (indices.IsEmpty) throw new TorchException($"an index is needed to pick from {Describe()}");
            var result = Select(0, indices[0]);
            foreach (var index in indices[1..])
            {
                using var outer = result;
                result = outer.Select(0, index);
            }
            return result;
        }
    }

    /// <summary>Rows of the first dimension, without a copy.</summary>
    [IndexerName("At")]
    public Tensor this[Range range]
    {
        get
        {
            var length = Size(0);
            var start = range.Start.IsFromEnd ? length - range.Start.Value : range.Start.Value;
            var end = range.End.IsFromEnd ? length - range.End.Value : range.End.Value;
            return Slice(0, start, end);
        }
    }

    /// <summary>One slice along a dimension, without it; shares memory.</summary>
    public Tensor Select(int dimension, long index) => _select.Call(this, dimension, index);

    /// <summary>From <paramref name="start"/> to before <paramref name="end"/>; shares memory.</summary>
    public Tensor Slice(int dimension, long? start = null, long? end = null, long step = 1) => _slice.Call(this, dimension, start, end, step);

    /// <summary>A view of <paramref name="length"/> places along an axis, from <paramref name="start"/> on.</summary>
    public Tensor Narrow(int dimension, long start, long length) => _narrow.Call(this, dimension, start, length);

    /// <summary>A copy of the slices named by a tensor of integers.</summary>
    public Tensor IndexSelect(int dimension, Tensor index) => _indexSelect.Call(this, dimension, index);

    /// <summary>Indexing by tensors of integers or flags, one for each leading dimension; null takes all of it.</summary>
    public Tensor Index(params Tensor?[] indices) => _index.Call(this, indices);

    /// <summary>Along an axis, the elements at <paramref name="index"/> (int64): the result has the shape of the index.</summary>
    public Tensor Gather(int dimension, Tensor index) => _gather.Call(this, dimension, index);

    /// <summary>A copy in which, along an axis, the elements at <paramref name="index"/> (int64) come from <paramref name="source"/>.</summary>
    public Tensor Scatter(int dimension, Tensor index, Tensor source) => _scatter.Call(this, dimension, index, source);

    /// <summary>A copy in which, along an axis, the elements at <paramref name="index"/> (int64) are a number.</summary>
    public Tensor Scatter(int dimension, Tensor index, double value) => _scatterValue.Call(this, dimension, index, value);

    /// <summary>A copy in which, along an axis, <paramref name="source"/> is added to the elements at <paramref name="index"/> (int64).</summary>
    public Tensor ScatterAdd(int dimension, Tensor index, Tensor source) => _scatterAdd.Call(this, dimension, index, source);

    /// <summary>A copy in which the slices of <paramref name="source"/>, times alpha, are added to those at <paramref name="index"/> (int64 [n]) of an axis.</summary>
    public Tensor IndexAdd(int dimension, Tensor index, Tensor source, double alpha = 1) => _indexAdd.Call(this, dimension, index, source, alpha);

    /// <summary>The elements where the mask is true, as a vector.</summary>
    public Tensor MaskedSelect(Tensor mask) => _maskedSelect.Call(this, mask);

    /// <summary>A copy with a number where the mask (bool, broadcast) is true.</summary>
    public Tensor MaskedFill(Tensor mask, double value) => _maskedFill.Call(this, mask, value);

    /// <summary>[n, rank]: the places of the elements that are not 0.</summary>
    public Tensor Nonzero() => _nonzero.Call(this);

    /// <summary>[..., classes]: 1 at each label's place; the number of classes is the largest label + 1 where it is not given.</summary>
    public Tensor OneHot(long classes = -1) => _oneHot.Call(this, classes);
}
