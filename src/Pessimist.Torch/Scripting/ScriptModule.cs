using System.Globalization;
using System.Runtime.InteropServices;
using Pessimist.Torch.Native;
using Pessimist.Torch.Nn;
using Pessimist.Torch.Watching;

namespace Pessimist.Torch.Scripting;

/// <summary>A network brought from Python as a TorchScript file (<c>torch.jit.save</c>), or a submodule of one. Parameters and buffers are
/// the file's, so that optimizers train them; hooks and watchers see every submodule and, inside of the interpreter, every operator.</summary>
/// <remarks>Its code runs in libtorch's interpreter, one operator after the other as in eager mode: no Python, and no optimization that
/// would compute other bits. <see cref="Module.Train"/> and <see cref="Module.Eval"/> reach modules that keep the mode as an attribute: scripted ones do,
/// while tracing writes the mode of that moment into the code, and freezing all parameters as well.</remarks>
public sealed class ScriptModule : Module
{
    readonly ScriptHandle _script;
    readonly List<(string Name, ScriptModule Module)> _children = [];
    readonly List<(string Name, Tensor Parameter)> _parameters = [];
    readonly List<(string Name, int Index)> _buffers = [];
    readonly ScriptModule[] _all;
    readonly Tensor?[] _tensors;
    readonly Dictionary<long, Tensor> _known;
    readonly int _number;
    bool? _applied;

    ScriptModule(ScriptHandle script, int number, string type, ScriptModule[] all, Tensor?[] tensors, Dictionary<long, Tensor> known)
        : base("", 0)
    {
        (_script, _number, TypeName, _all, _tensors, _known) = (script, number, type, all, tensors, known);
    }

    /// <summary>The name of its class in Python.</summary>
    public override string TypeName { get; }

    /// <summary>Whether <see cref="Module.Train"/> and <see cref="Module.Eval"/> change what it computes; not in a frozen file.</summary>
    public bool HasMode => _all.Any(m => m._applied is not null);

    /// <summary>Loads a file of <c>torch.jit.save</c> onto the CPU.</summary>
    /// <exception cref="TorchException">The file cannot be read, is damaged, holds a pickle instead, or code that touches files.</exception>
    public static unsafe ScriptModule Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ScriptArchive.Check(path);
        if (Shim.pt_script_load(path, out var loaded, out var text) != 0)
            throw new TorchException($"'{path}' does not load as TorchScript: {ScriptError.Shorten(Shim.WholeError())}");
        var script = new ScriptHandle(loaded);
        try
        {
            return Build(script, Marshal.PtrToStringUTF8((nint)text) ?? "");
        }
        catch
        {
            script.Dispose();
            throw;
        }
    }

    static ScriptModule Build(ScriptHandle script, string description)
    {
        var records = description.Split('\x1e', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split('\x1f')).ToArray();
        var all = new ScriptModule[records.Count(r => r[0] == "m")];
        var tensors = new Tensor?[records.Count(r => r[0] is "p" or "b")];
        Dictionary<long, Tensor> known = [];
        List<(ScriptModule Module, bool Training)> modes = [];
        int module = 0, tensor = 0;
        foreach (var record in records.Where(r => r[0] == "m"))
        {
            var made = new ScriptModule(script, module, record[1], all, tensors, known);
            modes.Add((made, record[2] != "0"));
            if (record[2] != "-1") made._applied = record[2] == "1";
            all[module++] = made;
        }
        foreach (var record in records)
        {
            if (record[0] == "c") all[Number(record[1])]._children.Add((record[2], all[Number(record[3])]));
            if (record[0] is not ("p" or "b")) continue;
            var read = Fetch(script, tensor);
            // One tensor under two names stays one object: optimizers and state_dict tell by it.
            if (!known.TryAdd(read.Identity, read))
            {
                var first = known[read.Identity];
                read.Dispose();
                read = first;
            }
            tensors[tensor] = read;
            if (record[0] == "p") all[Number(record[1])]._parameters.Add((record[2], read));
            else all[Number(record[1])]._buffers.Add((record[2], tensor));
            tensor++;
        }
        // Parents first: setting the mode sets it in all that is below.
        foreach (var (made, training) in modes)
            if (made._applied is not null)
                made.Training = training;
        return all[0];
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    static Tensor Fetch(ScriptHandle script, int index)
    {
        using var held = new Held(script);
        Shim.Check(Shim.pt_script_tensor(held.Pointer, index, out var tensor), "reading a tensor of a TorchScript module");
        return new Tensor(tensor).Keep();
    }

    public override IEnumerable<(string Name, Module Module)> NamedChildren() => _children.Select(c => (c.Name, (Module)c.Module));

    protected override IEnumerable<(string Name, Tensor Parameter)> OwnParameters() => _parameters;

    protected override IEnumerable<(string Name, Tensor Buffer)> OwnBuffers()
    {
        foreach (var (name, index) in _buffers)
        {
            // The program may put another tensor in its place, as batch norm of PyTorch 1.x did with its counter.
            var current = _script.IsClosed ? _tensors[index]! : Fetch(_script, index);
            if (_tensors[index] is { IsDisposed: false } before && !ReferenceEquals(before, current) && before.Identity == current.Identity)
            {
                current.Dispose();
                current = before;
            }
            _tensors[index] = current;
            yield return (name, current);
        }
    }

    protected override Tensor Compute(Tensor input) => First(Invoke("forward", [input]), input);

    /// <summary>Calls a method with tensors, numbers, flags and lists of them; tuples, lists and dicts among its results come flattened.</summary>
    /// <exception cref="TorchException">There is no such method, an argument does not fit, or the program failed; the message gives its line.</exception>
    public Value[] Call(string method, params ReadOnlySpan<Value> args)
    {
        ArgumentNullException.ThrowIfNull(method);
        var given = args.ToArray();
        if (method != "forward" || given.Length == 0 || !given[0].TryTensor(out var input)) return Invoke(method, given);
        Value[] results = [];
        var output = Forward(input, x =>
        {
            results = Invoke(method, [x, .. given[1..]]);
            return First(results, x);
        });
        var at = Array.FindIndex(results, r => r.IsTensor);
        if (at >= 0) results[at] = output;
        return results;
    }

    Tensor First(Value[] results, Tensor otherwise)
    {
        foreach (var result in results)
            if (result.TryTensor(out var tensor)) return tensor;
            else if (result.TryTensors(out var list) && list.OfType<Tensor>().FirstOrDefault() is { } first) return first;
        return results.Length == 0 ? otherwise : throw new TorchException($"{TypeName} returns no tensor");
    }

    Value[] Invoke(string method, Value[] args)
    {
        ApplyMode();
        var watcher = Watcher.Current;
        var watched = watcher is not null || Array.Exists(_all, m => m != this && m.HasHooks);
        using var held = new Held(_script);
        return ScriptCall.Run(held.Pointer, _number, method, args, watched ? _all : null, _known, watcher is { SeesOperators: true });
    }

    /// <summary>A submodule is run from inside of the interpreter: hooks and watchers stand around what is left of the call.</summary>
    internal Tensor RunInside(Tensor input, Func<Tensor, Tensor> rest) => Forward(input, rest);

    void ApplyMode()
    {
        foreach (var module in _all)
        {
            if (module._applied is null || module._applied == module.Training) continue;
            using var held = new Held(_script);
            Shim.Check(Shim.pt_script_training(held.Pointer, module._number, module.Training ? 1 : 0), "setting the mode of a TorchScript module");
            module._applied = module.Training;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && _number == 0) _script.Dispose();
    }

    /// <summary>Keeps the program loaded for the time of one call.</summary>
    readonly ref struct Held : IDisposable
    {
        readonly ScriptHandle _script;

        public Held(ScriptHandle script)
        {
            var added = false;
            try
            {
                script.DangerousAddRef(ref added);
            }
            catch (ObjectDisposedException)
            {
                throw new ObjectDisposedException(nameof(ScriptModule), "the TorchScript module is disposed");
            }
            _script = script;
        }

        public nint Pointer => _script.DangerousGetHandle();

        public void Dispose() => _script.DangerousRelease();
    }
}
