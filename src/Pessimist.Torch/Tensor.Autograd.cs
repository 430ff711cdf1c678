using Pessimist.Torch.Native;

namespace Pessimist.Torch;

public sealed unsafe partial class Tensor
{
    static readonly Operator _detach = new("aten::detach");

    /// <summary>Whether operations on the tensor are recorded; only leaves of floating point can be told to.</summary>
    public bool RequiresGrad
    {
        get => Read(static m => (m.Flags & NativeMeta.RequiresGrad) != 0);
        set
        {
            using var held = new Hold(this);
            if (Shim.pt_set_requires_grad(held.Pointer, value ? 1 : 0) != 0) throw Shim.Failure($"setting RequiresGrad of {Describe()}");
        }
    }

    /// <summary>Not the result of a recorded operation.</summary>
    public bool IsLeaf => Read(static m => (m.Flags & NativeMeta.Leaf) != 0);

    /// <summary>Whether <see cref="Grad"/> is there, without taking a handle on it.</summary>
    public bool HasGrad => Read(static m => (m.Flags & NativeMeta.HasGrad) != 0);

    /// <summary>What <see cref="Backward"/> accumulated here: a new handle on it, or null. Set null to forget it.</summary>
    public Tensor? Grad
    {
        get
        {
            using var held = new Hold(this);
            if (Shim.pt_grad(held.Pointer, out var grad) != 0) throw Shim.Failure($"reading the gradient of {Describe()}");
            return grad == 0 ? null : new Tensor(grad);
        }
        set
        {
            using var held = new Hold(this);
            if (value is null)
            {
                if (Shim.pt_set_grad(held.Pointer, 0) != 0) throw Shim.Failure($"clearing the gradient of {Describe()}");
                return;
            }
            using var grad = new Hold(value);
            if (Shim.pt_set_grad(held.Pointer, grad.Pointer) != 0) throw Shim.Failure($"setting the gradient of {Describe()} to {value.Describe()}");
        }
    }

    /// <summary>Tells the tensor to require a gradient and returns it.</summary>
    public Tensor RequireGrad()
    {
        RequiresGrad = true;
        return this;
    }

    /// <summary>The same memory, cut off from the graph.</summary>
    public Tensor Detach() => _detach.Call(this);

    /// <summary>Adds d this / d leaf to the gradient of every leaf that requires one.</summary>
    /// <param name="gradient">d loss / d this; may be left out for a tensor of one element, where it is 1.</param>
    /// <param name="retainGraph">Keep what a second pass needs; left out: only where the graph is recorded.</param>
    /// <param name="createGraph">Record the pass itself, for higher derivatives.</param>
    public void Backward(Tensor? gradient = null, bool? retainGraph = null, bool createGraph = false) =>
        Autograd.Backward([this], gradient is null ? null : [gradient], retainGraph, createGraph);
}
