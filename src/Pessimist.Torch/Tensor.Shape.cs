namespace Pessimist.Torch;

public sealed partial class Tensor
{
    static readonly Operator _reshape = new("aten::reshape"), _view = new("aten::view"), _flatten = new("aten::flatten", "using_ints");
    static readonly Operator _transpose = new("aten::transpose", "int"), _t = new("aten::t"), _permute = new("aten::permute");
    static readonly Operator _squeeze = new("aten::squeeze"), _squeezeDim = new("aten::squeeze", "dim"), _unsqueeze = new("aten::unsqueeze");
    static readonly Operator _expand = new("aten::expand"), _repeat = new("aten::repeat"), _pad = new("aten::pad");
    static readonly Operator _cat = new("aten::cat"), _stack = new("aten::stack"), _split = new("aten::split", "Tensor"), _chunk = new("aten::chunk"), _unbind = new("aten::unbind", "int");
    static readonly Operator _flip = new("aten::flip"), _roll = new("aten::roll"), _tril = new("aten::tril"), _triu = new("aten::triu");
    static readonly Operator _contiguous = new("aten::contiguous"), _clone = new("aten::clone");
    static readonly Operator _toDType = new("aten::to", "dtype"), _toLayout = new("aten::to", "dtype_layout");

    /// <summary>The same elements in another shape; one size may be -1. Shares memory where it can.</summary>
    public Tensor Reshape(params long[] shape) => _reshape.Call(this, shape);

    /// <summary>As <see cref="Reshape"/>, but fails where memory cannot be shared.</summary>
    public Tensor View(params long[] shape) => _view.Call(this, shape);

    /// <summary>Joins the dimensions from <paramref name="start"/> to <paramref name="end"/>, both included.</summary>
    public Tensor Flatten(int start = 0, int end = -1) => _flatten.Call(this, start, end);

    /// <summary>A view with two axes swapped.</summary>
    public Tensor Transpose(int first, int second) => _transpose.Call(this, first, second);

    /// <summary>The transpose of a matrix.</summary>
    public Tensor T() => _t.Call(this);

    /// <summary>A view with its axes in another order: axis i of the result is axis dimensions[i] of this.</summary>
    public Tensor Permute(params long[] dimensions) => _permute.Call(this, dimensions);

    /// <summary>Drops dimensions of length 1.</summary>
    public Tensor Squeeze() => _squeeze.Call(this);

    /// <summary>A view without an axis of size 1; the same shape where it has another size.</summary>
    public Tensor Squeeze(int dimension) => _squeezeDim.Call(this, dimension);

    /// <summary>A view with a new axis of size 1 at this place.</summary>
    public Tensor Unsqueeze(int dimension) => _unsqueeze.Call(this, dimension);

    /// <summary>Repeats dimensions of length 1 without copying; -1 leaves one as it is.</summary>
    public Tensor Expand(params long[] shape) => _expand.Call(this, shape);

    /// <summary>A copy that is repeated so many times along each axis.</summary>
    public Tensor Repeat(params long[] times) => _repeat.Call(this, times);

    /// <summary>Pads; the list starts with the last dimension: before, after, and so on.</summary>
    public Tensor Pad(long[] padding, string mode = "constant", double? value = null) => _pad.Call(this, padding, mode, value);

    /// <summary>The tensors one after another along an axis that is there; all other sizes must be equal.</summary>
    public static Tensor Cat(Tensor[] tensors, int dimension = 0) => _cat.Call(tensors, dimension);

    /// <summary>Tensors of one shape along a new axis: [a, b] and [a, b] to [2, a, b].</summary>
    public static Tensor Stack(Tensor[] tensors, int dimension = 0) => _stack.Call(tensors, dimension);

    /// <summary>Pieces of the given length; the last may be shorter.</summary>
    public Tensor[] Split(long length, int dimension = 0) => _split.CallList(this, length, dimension);

    /// <summary>Views of so many parts along an axis; the last may be shorter.</summary>
    public Tensor[] Chunk(long count, int dimension = 0) => _chunk.CallList(this, count, dimension);

    /// <summary>The slices along a dimension, without it.</summary>
    public Tensor[] Unbind(int dimension = 0) => _unbind.CallList(this, dimension);

    /// <summary>A copy with the order along some axes turned around.</summary>
    public Tensor Flip(params long[] dimensions) => _flip.Call(this, dimensions);

    /// <summary>A copy moved along an axis; what falls off the end comes in at the front.</summary>
    public Tensor Roll(long shift, long dimension) => _roll.Call(this, new[] { shift }, new[] { dimension });

    /// <summary>The lower triangle; the rest is 0.</summary>
    public Tensor Tril(long diagonal = 0) => _tril.Call(this, diagonal);

    /// <summary>The upper triangle of the last two axes, zeros below the diagonal.</summary>
    public Tensor Triu(long diagonal = 0) => _triu.Call(this, diagonal);

    /// <summary>Row-major in memory; the tensor itself (under another handle) where it already is.</summary>
    public Tensor Contiguous() => _contiguous.Call(this);

    /// <summary>A copy that gradients flow through.</summary>
    public Tensor Clone() => _clone.Call(this);

    /// <summary>Converted; the tensor itself (under another handle) where nothing changes.</summary>
    public Tensor To(DType dtype, bool copy = false) => _toDType.Call(this, dtype, false, copy);

    /// <summary>On another device, and of another type where one is given; this tensor itself where nothing changes.</summary>
    public Tensor To(Device device, DType? dtype = null, bool copy = false) => _toLayout.Call(this, dtype, Value.None, device, Value.None, false, copy);
}
