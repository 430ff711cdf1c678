using Pessimist.Observations;
using Pessimist.Signals;

namespace Pessimist.Checks.Model;

/// <summary>PES218 in-place-autograd</summary>
public sealed class InPlaceAutograd() : CrashCheck(About, CrashKind.InPlace)
{
    public static readonly CheckInfo About = new()
    {
        Code = "PES218",
        Name = "in-place-autograd",
        Level = Level.Error,
        Summary = "a tensor that the backward pass needs was changed in place",
        Docs = """
            ## Why it matters
            Many operations keep their output, or their input, for the backward pass. When it is changed in place afterwards (`+=`, `x[...] =`, `relu_`), the
            gradient would be wrong, and autograd refuses. Its message names the operation that kept the tensor, but not the line that changed it. The trace does.

            ## When it is a false alarm
            Never: the program raised the exception. In-place operations that autograd allows are silent.

            ## What to do
            Write `x = x + y` instead of `x += y`; build a new tensor (`torch.where`, `torch.cat`) instead of assigning to a part. Change parameters only
            under `no_grad`.
            """,
    };

    public override Verdict Conclude()
    {
        if (Crash is not { } crash) return NoCrash;
        if (HiddenStateCarried.IsCarried(Graph, crash, Modules)) return NotApplicable("the recurrent state is carried from step to step, which is another finding");
        if (crash.Message.Contains("leaf", StringComparison.OrdinalIgnoreCase))
            return Found(Explain("a parameter was changed in place while gradients are recorded", "change it under no_grad; initialization and manual updates belong there"));

        var kept = Kept(crash.Message);
        var changed = Changed(ShapeMessage.Shapes(crash.Message), kept);
        var what = kept is null ? "a tensor that the backward pass needs" : $"the output of {kept}, which the backward pass needs,";
        var finding = Explain($"{what} was changed in place{(changed is { } c ? $" by {c.Operation}" : "")}", changed is null
            ? "write x = x + y instead of x += y; build a new tensor instead of assigning to a part of one" : $"use the form of {changed.Operation.Trim('_')} that makes a new tensor");
        return Found(changed?.Site is { } site
            ? finding with { Location = At(site, changed.Module), Related = [.. crash.Stack.Take(1).Select(s => new RelatedLocation(s.File, s.Line, "the backward pass fails here"))] } : finding);
    }

    /// <summary>From "which is output 0 of ReluBackward0".</summary>
    static string? Kept(string message)
    {
        var output = message.IndexOf("which is output", StringComparison.Ordinal);
        var at = output < 0 ? -1 : message.IndexOf(" of ", output, StringComparison.Ordinal);
        var end = at < 0 ? -1 : message.IndexOf("Backward", at, StringComparison.Ordinal);
        return end > at && end - at < 60 ? message[(at + 4)..end].ToLowerInvariant() : null;
    }

    /// <summary>The last operation that changed a tensor of that shape, preferably one that the named operation had made.</summary>
    OperationSeen? Changed(IReadOnlyList<long[]> shapes, string? kept)
    {
        if (Graph.Traces is not [.., var trace]) return null;
        OperationSeen? any = null;
        for (var i = trace.Operations.Count - 1; i >= 0; i--)
        {
            var operation = trace.Operations[i];
            if (!operation.InPlace || operation.Inputs is not [var target, ..] || OperationTrace.IsParameter(target)) continue;
            if (trace.SourceOf(target, i).Maker is { } maker && kept is not null && trace.NameAt(maker).Replace("_", "", StringComparison.Ordinal) == kept.Replace("_", "", StringComparison.Ordinal)) return operation;
            if (any is null && shapes.Any(s => s.SequenceEqual(target.Shape))) any = operation;
        }

        return any;
    }
}
