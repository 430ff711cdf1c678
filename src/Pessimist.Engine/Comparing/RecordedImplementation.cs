using Pessimist.Text;
using Pessimist.Torch;
using Pessimist.Torch.Serialization;

namespace Pessimist.Engine.Comparing;

/// <summary>
/// Outputs of layers that somebody recorded, by path; <c>input</c> is what went in, <c>output</c> what came out, and <c>weights/PATH</c> are
/// parameters and buffers. docs/guides/compare.md has the lines of Python that write such a file.
/// </summary>
public sealed class RecordedImplementation : Implementation
{
    const string InputName = "input";
    const string WeightPrefix = "weights/";

    readonly Dictionary<string, Tensor> _arrays;
    readonly LayerCall[] _layers;

    /// <param name="arrays">In the order in which the layers ended; disposed of with this.</param>
    public RecordedImplementation(string name, Dictionary<string, Tensor> arrays) : base(name)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        _arrays = arrays;
        RecordedInput = arrays.GetValueOrDefault(InputName);
        Weights = arrays.Where(a => a.Key.StartsWith(WeightPrefix, StringComparison.Ordinal)).ToDictionary(a => a.Key[WeightPrefix.Length..], a => a.Value, StringComparer.Ordinal);
        _layers = [.. arrays.Where(a => a.Key != InputName && !a.Key.StartsWith(WeightPrefix, StringComparison.Ordinal)).Select(a => new LayerCall(a.Key, a.Value))];
    }

    /// <exception cref="PessimistException">The file cannot be used.</exception>
    public static RecordedImplementation Read(string path)
    {
        var arrays = Npz.Read(path);
        var recorded = new RecordedImplementation(path, arrays);
        if (recorded._layers.Length > 0) return recorded;
        recorded.Dispose();
        throw new PessimistException(arrays.Count == 0 ? $"'{path}' holds no arrays" : $"'{path}' holds no outputs of layers, only {DidYouMean.List(arrays.Keys)}",
            "record the output of every layer under its path: docs/guides/compare.md has the lines of Python");
    }

    public override string Kind => "recorded activations";

    public override IReadOnlyDictionary<string, Tensor> Weights { get; }

    public override Tensor? RecordedInput { get; }

    public override bool CanRun => false;

    public override IReadOnlyList<LayerCall> Run(Tensor? input) => _layers;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            foreach (var array in _arrays.Values) array.Dispose();
        base.Dispose(disposing);
    }
}
