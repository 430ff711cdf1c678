using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Watching.Structure;

/// <summary>A network of the program: a module that is in no other one.</summary>
sealed class Network(int number, Module root)
{
    readonly WeakReference<Module> _root = new(root);

    /// <summary>From 0, in the order in which they were used.</summary>
    public int Number => number;

    /// <summary>Null when the program let go of it.</summary>
    public Module? Root => _root.TryGetTarget(out var module) ? module : null;

    /// <summary>Its parameters were recorded as they were before the first step.</summary>
    public bool ParametersRecorded { get; set; }

    /// <summary>A backward pass went through it.</summary>
    public bool Trained { get; set; }

    /// <summary>Puts <c>1/</c> before names of all networks but the first.</summary>
    public string Prefix => number == 0 ? "" : $"{number}/";
}

/// <summary>What is known of a module of a network.</summary>
sealed class ModuleNote(Network network, string path, Module module, bool isLeaf)
{
    public Network Network => network;
    public string Path => path;

    /// <summary>With the number of the network before it, as for parameters.</summary>
    public string FullPath => network.Prefix + path;
    public string Type { get; } = module.TypeName;

    /// <summary>Has no modules of its own.</summary>
    public bool IsLeaf => isLeaf;

    /// <summary>Tells modules apart in keys.</summary>
    public int Id { get; init; }

    public UnitHistory? Units { get; set; }
}

/// <summary>What is known of a parameter.</summary>
sealed class ParameterNote(Network network, string name)
{
    public Network Network => network;
    public string Name => name;
    public string FullName => network.Prefix + name;
    public string? AliasOf { get; init; }
    public bool Registered { get; init; } = true;
    public Site? Site { get; init; }
    public HashSet<int> Optimizers { get; } = [];
}

/// <summary>Takes part of the name of a tensor: its note, and where it is.</summary>
readonly record struct NamedParameter(ParameterNote Note, Tensor Tensor);
