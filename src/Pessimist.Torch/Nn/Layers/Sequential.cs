using System.Collections;
using System.Globalization;

namespace Pessimist.Torch.Nn;

/// <summary>One module after another; children are named 0, 1, 2 …</summary>
public sealed class Sequential(params IReadOnlyList<Module> modules) : Module("", 0), IReadOnlyList<Module>
{
    readonly Module[] _modules = [.. modules];

    public int Count => _modules.Length;

    public Module this[int index] => _modules[index];

    public override IEnumerable<(string Name, Module Module)> NamedChildren() =>
        _modules.Select((m, i) => (i.ToString(CultureInfo.InvariantCulture), m));

    protected override Tensor Compute(Tensor input)
    {
        foreach (var module in _modules)
            input = module.Forward(input);
        return input;
    }

    public IEnumerator<Module> GetEnumerator() => ((IEnumerable<Module>)_modules).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _modules.GetEnumerator();
}
