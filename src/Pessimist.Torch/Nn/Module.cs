using System.Runtime.CompilerServices;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Nn;

/// <summary>A part of a network: its constructor is its initialization, <see cref="Compute"/> is its formula.</summary>
/// <remarks>Nothing is registered. Read-only <see cref="Tensor"/> properties are parameters (buffers with <see cref="BufferAttribute"/>),
/// <see cref="Module"/> properties and lists of modules are children, under the names PyTorch gives them: <c>Fc1</c> is <c>fc1</c>,
/// its weight <c>fc1.weight</c>. Parameters outlive the <see cref="Scope"/> they are made in; <see cref="Dispose()"/> frees them.</remarks>
public abstract partial class Module : IDisposable
{
    static readonly Operator _setData = new("aten::set_data");

    protected Module([CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        CreatedAt = file.Length == 0 ? null : new(file, line);
        Watcher.Current?.Module(this);
    }

    /// <summary>The name of its class, without namespace.</summary>
    public virtual string TypeName => GetType().Name;

    /// <summary>Where the module was constructed, as far as the compiler told.</summary>
    public CallSite? CreatedAt { get; }

    /// <summary>Whether dropout drops and batch norm uses the statistics of the batch. True until <see cref="Eval"/>.</summary>
    public bool Training
    {
        get;
        set
        {
            field = value;
            foreach (var (_, child) in NamedChildren()) child.Training = value;
            Watcher.Current?.Mode(this, value);
        }
    } = true;

    /// <summary>The formula. Call <see cref="Forward(Tensor)"/>, which runs the hooks around it.</summary>
    protected abstract Tensor Compute(Tensor input);

    /// <summary>The direct children, by name, in the order of declaration.</summary>
    public virtual IEnumerable<(string Name, Module Module)> NamedChildren()
    {
        foreach (var slot in ModuleLayout.Of(GetType()).Children)
            if (slot.Get(this) is Module module)
                yield return (slot.Name, module);
            else if (slot.Get(this) is IEnumerable<Module> list)
                foreach (var (i, item) in list.Index())
                    yield return ($"{slot.Name}.{i}", item);
    }

    /// <summary>This module (named <paramref name="prefix"/>) and all below it, parents first, each once.</summary>
    public IEnumerable<(string Name, Module Module)> NamedModules(string prefix = "") => Walk(prefix, new(ReferenceEqualityComparer.Instance));

    IEnumerable<(string, Module)> Walk(string prefix, HashSet<Module> seen)
    {
        if (!seen.Add(this))
            yield break;
        yield return (prefix, this);
        foreach (var (name, child) in NamedChildren())
            foreach (var below in child.Walk(Join(prefix, name), seen))
                yield return below;
    }

    /// <summary>All parameters by their <c>state_dict</c> names; a shared one once, under its first name.</summary>
    public IEnumerable<(string Name, Tensor Parameter)> NamedParameters() => Named(m => m.OwnParameters());

    /// <summary>All buffers by their <c>state_dict</c> names.</summary>
    public IEnumerable<(string Name, Tensor Buffer)> NamedBuffers() => Named(m => m.OwnBuffers());

    /// <summary>This module's own parameters, without its children's, in the order of <c>state_dict</c>. Override it where their number
    /// is known only when the module is made.</summary>
    protected virtual IEnumerable<(string Name, Tensor Parameter)> OwnParameters() => Tensors(this, ModuleLayout.Of(GetType()).Parameters);

    /// <summary>As <see cref="OwnParameters"/>, for buffers.</summary>
    protected virtual IEnumerable<(string Name, Tensor Buffer)> OwnBuffers() => Tensors(this, ModuleLayout.Of(GetType()).Buffers);

    static IEnumerable<(string Name, Tensor Tensor)> Tensors(Module module, ModuleLayout.Slot[] slots)
    {
        foreach (var slot in slots)
            if (slot.Get(module) is Tensor tensor)
                yield return (slot.Name, tensor);
    }

    public IReadOnlyList<Tensor> Parameters() => [.. NamedParameters().Select(p => p.Parameter)];

    /// <summary>The number of scalar parameters.</summary>
    public long ParameterCount => NamedParameters().Sum(p => p.Parameter.Numel);

    IEnumerable<(string, Tensor)> Named(Func<Module, IEnumerable<(string Name, Tensor Tensor)>> own)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        foreach (var (prefix, module) in NamedModules())
            foreach (var (name, tensor) in own(module))
                if (seen.Add(tensor))
                    yield return (Join(prefix, name), tensor);
    }

    static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    public void Train() => Training = true;

    public void Eval() => Training = false;

    /// <summary>Stops (or resumes) gradients of all parameters.</summary>
    public void RequiresGrad(bool value)
    {
        foreach (var parameter in Parameters())
            parameter.RequiresGrad = value;
    }

    /// <summary>Drops the gradients of all parameters, or fills them with zeros.</summary>
    public void ZeroGrad(bool setToNone = true)
    {
        Watcher.Current?.ZeroGrad(this);
        foreach (var parameter in Parameters())
            Gradient.Clear(parameter, setToNone);
    }

    /// <summary>Moves parameters and buffers in place; integers keep their type, gradients are dropped. Create optimizers afterwards: their state does not move.</summary>
    public void To(DType? dtype = null, Device? device = null)
    {
        using var scope = Scope.New();
        using var noGrad = Autograd.NoGrad();
        foreach (var (_, tensor) in NamedParameters().Concat(NamedBuffers()).ToArray())
        {
            var wanted = tensor.DType.IsFloatingPoint() ? dtype : null;
            // As PyTorch does: the tensor object stays, so whoever holds it (an optimizer, a tied layer) sees the move.
            _setData.Run(tensor, tensor.To(device ?? tensor.Device, wanted ?? tensor.DType));
            tensor.Grad = null;
        }
    }

    /// <summary>Frees parameters and buffers, here and in all children.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        foreach (var (_, tensor) in NamedParameters().Concat(NamedBuffers()).ToArray())
            tensor.Dispose();
    }
}
