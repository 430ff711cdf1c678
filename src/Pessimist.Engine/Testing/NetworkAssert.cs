using System.Globalization;
using System.Runtime.InteropServices;
using Pessimist.Checks;
using Pessimist.Checks.Loss;
using Pessimist.Checks.Model;
using Pessimist.Checks.Optimization;
using Pessimist.Engine.Subjects;
using Pessimist.Experiments;
using Pessimist.Observations;
using Pessimist.Torch;
using Pessimist.Torch.Nn;

namespace Pessimist.Engine.Testing;

/// <summary>
/// What a test can say of a network, in any test framework: a method returns when it is so, and throws <see cref="NetworkAssertionException"/> when
/// it is not, or could not be shown. The network is left as it was: weights, buffers, gradients, mode, random numbers.
/// </summary>
public static class NetworkAssert
{
    /// <summary>Steps in which a parameter must be reached: a branch that starts at zero is reached from the second on.</summary>
    const int FewSteps = 5;

    /// <summary>Of the loss above the lowest, at the end of the time to the beginning.</summary>
    const double AlmostThere = 0.1;

    /// <summary>Examples in which a unit must be seen active.</summary>
    const int FewestExamples = 16;

    /// <summary>The network learns the batch by heart. When it does not, experiments look for the cause, and the message names what they confirm.</summary>
    /// <param name="step">The batch, at most about 64 examples, with loss and optimizer.</param>
    /// <param name="options">How long to try; 200 to 3,000 steps as the curve asks, where none are given.</param>
    public static void CanOverfitOneBatch(Module network, LearningStep step, OverfitOptions? options = null)
    {
        using var state = Begin(network, step);
        Overfits(step.Of(network, state), options, step.LowestLoss);
    }

    /// <summary>A whole program learns its first batch by heart; see <see cref="CanOverfitOneBatch(Module, LearningStep, OverfitOptions)"/>.</summary>
    /// <param name="train">Trains for at least two steps, from a seed of its own. It is run several times, each time up to its second step.</param>
    public static void CanOverfitOneBatch(Action train, OverfitOptions? options = null) => Overfits(train, options, null);

    static void Overfits(Action train, OverfitOptions? options, double? lowest)
    {
        ArgumentNullException.ThrowIfNull(train);
        ISubject subject = LearningStep.Subject(train);
        if (lowest is { } low) subject = new KnownFloor(subject, low);
        var expected = Text($"a loss near {subject.Facts.Floor.Loss:0.####}, the lowest that these examples allow");
        if (!subject.Facts.FloorKnown)
            throw NetworkAssertionException.Of("nobody knows whether the batch is learned by heart", "a loss whose lowest value is not known", "a loss whose lowest value is known",
                $"give {nameof(LearningStep)}.{nameof(LearningStep.LowestLoss)}, or use a loss of {nameof(Loss)}");
        if (OverfitOneBatch.Try(subject, Recipe.AsIs, 0, options) is var first && (first.Passes || IsAlmostThere(first))) return;
        var outcome = SingleBatchSession.Run(subject, 0, _ => { }, options: options);
        if (outcome.Verdict == SingleBatchVerdict.Passes || outcome.Attempts.Any(IsAlmostThere)) return;
        var worst = outcome.Attempts[0];
        var measured = worst.Curve.Because;
        var batch = subject.Facts.BatchSize > 0 ? Text($"a batch of {subject.Facts.BatchSize} examples") : "the batch";
        if (outcome.Verdict == SingleBatchVerdict.NotEnoughEvidence)
            throw NetworkAssertionException.Of($"it was not shown that the network learns {batch} by heart", measured, expected,
                $"take fewer examples, raise the learning rate, or let it try for longer ({nameof(OverfitOptions)}.{nameof(OverfitOptions.MostSteps)})");
        var causes = outcome.Experiments.Where(e => e.Outcome == ExperimentOutcome.Confirmed).ToArray();
        var remedies = causes.Select(c => c.Remedy).OfType<string>().Distinct().ToArray();
        throw NetworkAssertionException.Of($"the network does not learn {batch} by heart", measured, expected,
            remedies.Length > 0 ? $"use {string.Join(", and ", remedies)}" : causes.Length > 0 ? "undo what was confirmed" : "look at the loss, the targets and the gradients of the first steps; Pessimist.Engine.Watching.Probe records them",
            causes.Length > 0 ? "" : "cause:    none was confirmed",
            string.Join("\n  ", causes.Select(c => $"cause:    {c.Cause}, confirmed: {c.Confirmation ?? c.Reading}")));
    }

    /// <summary>Every example is right, what is left of the loss is little, and it still falls: a small network at a small rate, with nothing wrong.</summary>
    static bool IsAlmostThere(Attempt attempt) => attempt.Curve.StillFalling && attempt.Curve.Excess <= AlmostThere && (attempt.Trial.FinalError ?? 0) == 0;

    /// <summary>
    /// No layer of rectified units (ReLU) has more dead ones than allowed: units that are 0 for every example given and so get no gradient. The network is looked at in the
    /// mode in which it is.
    /// </summary>
    /// <param name="inputs">[N, *], at least 16 examples like those it is to be used on: of the validation set, after training.</param>
    /// <param name="allowed">Share of a layer's units that may be dead. Healthy networks have some: the limit published for a sick one is half of them.</param>
    public static void NoDeadUnits(Module network, Tensor inputs, double? allowed = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inputs);
        var limit = allowed ?? new DeadUnits.Limits().Share;
        if (limit is not (>= 0 and <= 1)) throw new PessimistException(Text($"a share of {limit} dead units is allowed; a share is between 0 and 1"), "give 0.1 for a tenth of a layer");
        if (inputs.Rank == 0 || inputs.Size(0) < FewestExamples)
            throw new PessimistException(Text($"the inputs are {inputs.Describe()}; a unit that is silent for fewer than {FewestExamples} examples need not be dead"), "give more examples");
        using var state = new NetworkState(network);
        var count = new UnitCount(network);
        count.Run(inputs);
        var dead = count.Layers.Where(l => l.Dead > limit * l.Units).ToArray();
        if (dead.Length == 0) return;
        throw NetworkAssertionException.Of(dead.Length == 1 ? $"units of {dead[0].Name} are dead" : $"units of {dead.Length} layers are dead",
            string.Join("; ", dead.Take(6).Select(l => Text($"{l.Dead} of {l.Units} units of {l.Name} are 0 for all {inputs.Size(0)} examples"))),
            Text($"at most {limit:0.##%} of a layer's units"),
            "lower the learning rate and start anew, normalize the inputs, use He initialization without large negative biases, or leaky ReLU");
    }

    /// <summary>
    /// The output for one example depends on its own input only, in evaluation mode (where batch norm does not look at the batch). A reshape where a permute belongs breaks it.
    /// </summary>
    /// <param name="inputs">[N, *], two examples at least; numbers, or ids.</param>
    public static void BatchAxisIsNotMixed(Module network, Tensor inputs)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Rank == 0 || inputs.Size(0) < 2) throw new PessimistException($"the inputs are {inputs.Describe()}; examples can be mixed from two on", "give a batch of two examples or more");
        using var scope = Scope.New();
        using var state = new NetworkState(network);
        network.Eval();
        BatchAxisTested? tested;
        Tensor output;
        if (inputs.DType.IsFloatingPoint())
        {
            var x = inputs.Detach().Clone();
            x.RequiresGrad = true;
            output = network.Forward(x);
            tested = output.RequiresGrad ? BatchAxis.ByGradient(x, output) : null;
        }
        else
        {
            output = network.Forward(inputs);
            tested = BatchAxis.ByChange(network.Forward, inputs);
        }

        if (output.Rank == 0 || output.Size(0) != inputs.Size(0))
            throw NetworkAssertionException.Of("the first axis of the output is not that of the batch", output.Describe(), Text($"{inputs.Size(0)} on the first axis, as in the inputs {inputs.Describe()}"),
                "flatten from axis 1 on, and permute before reshaping");
        // What changes behind the decimal places of another sum is rounding.
        var check = new MixedBatchAxis(inputs.DType.IsFloatingPoint() ? new() : new() { Share = 1e-4 });
        if (tested is not null) check.Read(tested);
        switch (check.Conclude())
        {
            case Verdict.Found { Finding: var finding }:
                throw NetworkAssertionException.Of(finding.Message, Text($"{finding.Evidence[0].Name}: {tested!.AcrossExamples:0.##e0}; on its own input: {tested.OwnExample:0.##e0}"), "0 on the inputs of other examples",
                    string.Join("; ", finding.Fixes));
            case Verdict.NotEnoughEvidence why:
                throw NetworkAssertionException.Of("nobody knows whether the examples are mixed", tested is null ? "no gradient leads from the output to the inputs" : why.Why, "an output that depends on its own input",
                    "look for a Detach, a NoGrad or dead units on the way from the input to the output");
        }
    }

    /// <summary>Every parameter that asks for a gradient gets one in the first steps, finite and not 0 throughout, and is held by the optimizer. Frozen ones (RequiresGrad false) need not learn; tied ones are one.</summary>
    /// <param name="except">Names, or beginnings of names, that need not learn on this batch: <c>experts.</c>.</param>
    public static void EveryParameterLearns(Module network, LearningStep step, params string[] except)
    {
        using var state = Begin(network, step);
        Learn(step.Of(network, state), except);
    }

    /// <summary>Every parameter of a whole program learns; see <see cref="EveryParameterLearns(Module, LearningStep, string[])"/>.</summary>
    /// <param name="train">Trains for at least two steps.</param>
    public static void EveryParameterLearns(Action train, params string[] except) => Learn(train, except);

    static void Learn(Action train, string[] except)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(except);
        var subject = LearningStep.Subject(train);
        var trial = subject.Run(new TrialRequest { Seed = 0, Steps = FewSteps, Detailed = true });
        ParameterTrace[] all = [.. trial.Parameters.Where(p => !except.Any(e => p.Name.StartsWith(e, StringComparison.Ordinal)))];
        string[] Names(Func<ParameterTrace, bool> are) => [.. all.Where(are).Select(p => p.Name)];
        var unreached = Names(p => p.GradientNorms.Count == 0);
        var broken = Names(p => p.GradientNorms.Any(n => !double.IsFinite(n)));
        var zero = Names(p => p.GradientNorms.Count > 0 && p.GradientNorms.All(n => n == 0));
        // A weight of 0 has no update ratio. A tiny step is lost in the last place of a large weight: only what stands still altogether while others move is held by nobody.
        var held = subject.Facts.Suspicions.FirstOrDefault(s => s.Cause == Causes.UnoptimizedParameters);
        List<string> problems = [];
        if (all.Length == 0) problems.Add("no parameter asks for a gradient");
        if (unreached.Length > 0) problems.Add($"no gradient reaches {List(unreached)}");
        if (broken.Length > 0) problems.Add($"the gradient of {List(broken)} is NaN or infinite");
        if (zero.Length > 0) problems.Add($"the gradient of {List(zero)} is 0 in all of {trial.Losses.Count - 1} steps");
        if (held is not null) problems.Add(held.As);
        if (problems.Count == 0) return;
        throw NetworkAssertionException.Of("not every parameter learns", string.Join("; ", problems), Text($"a gradient other than 0 for every parameter within {FewSteps} steps, and an optimizer that holds it"),
            all.Length == 0 ? "switch the gradients of what is to learn on with RequiresGrad(true)"
            : held is not null && problems.Count == 1 ? "give all parameters to the optimizer"
            : "call the layer in the forward pass, look for a Detach, dead units or zero weights behind it; freeze on purpose with RequiresGrad = false, or name it in 'except'");
    }

    /// <summary>The loss of the network as it is, untrained, is that of knowing nothing: ln K for cross-entropy over K classes, the variance of the targets for squared errors.</summary>
    /// <param name="factor">How many times as large, or as small, it may be. He-normal weights in every layer begin at up to twice ln K and train well.</param>
    public static void InitialLossIsAsExpected(Module network, LearningStep step, double? factor = null)
    {
        using var state = Begin(network, step);
        var subject = LearningStep.Subject(step.Of(network, state));
        var limits = factor is { } own ? new UnexpectedInitialLoss.Limits { Factor = own } : new UnexpectedInitialLoss.Limits();
        var result = InitialLossReason.Measure(subject, [0]);
        var observed = result.Loss;
        if (double.IsFinite(observed.Loss) && !(observed.Expected > 0))
            throw NetworkAssertionException.Of("nobody knows what the loss of the untrained network should be", Text($"loss {observed.Loss:0.####}"), "a loss whose value for a network that knows nothing is known",
                "use cross-entropy, binary cross-entropy or the squared error");
        if (!limits.IsOff(observed.Loss, observed.Expected)) return;
        var confirmed = result.Experiments.FirstOrDefault(e => e.Outcome == ExperimentOutcome.Confirmed);
        throw NetworkAssertionException.Of("the untrained network's loss is far from that of knowing nothing",
            Text($"loss {observed.Loss:0.####}, outputs with a root mean square of {observed.OutputScale:0.###}"),
            Text($"{observed.Expected:0.####} ({observed.ExpectedAs}), within a factor of {limits.Factor}"),
            confirmed?.Remedy is { } remedy ? $"use {remedy}" : "normalize the inputs, use a default initialization with small weights in the last layer, and check the encoding of the labels",
            observed.Reason is { } reason ? $"cause:    {reason}" : "");
    }

    /// <summary>Training twice with one seed gives the same weights, bit by bit. Random numbers of .NET, time, unordered collections and threads break it.</summary>
    /// <param name="train">Builds a network, trains it, and returns it; it is disposed of.</param>
    /// <param name="seed">Given to <see cref="Rng.Seed"/> before each training.</param>
    public static void TrainsTheSameWithTheSameSeed(Func<Module> train, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(train);
        var random = Rng.GetState();
        try
        {
            using var scope = Scope.New();
            using var first = Trained();
            using var second = Trained();
            var (a, b) = (first.StateDict(), second.StateDict());
            var names = a.Keys.Union(b.Keys).ToArray();
            var lacking = names.Where(n => !a.ContainsKey(n) || !b.ContainsKey(n)).ToArray();
            var other = names.Except(lacking).Where(n => !Same(a[n], b[n])).ToArray();
            if (lacking.Length + other.Length == 0) return;
            throw NetworkAssertionException.Of(Text($"two trainings with seed {seed} give different networks"),
                lacking.Length > 0 ? $"{List(lacking)} in one of them only" : Text($"{other.Length} of {names.Length} tensors differ; {other[0]} by up to {Difference(a[other[0]], b[other[0]])}"),
                "equal weights, bit by bit", "draw random numbers from Rng and from generators with a fixed seed, also for shuffles and splits, and do not depend on time, threads or the order of a hash set");
        }
        finally
        {
            Rng.SetState(random);
        }

        Module Trained()
        {
            Rng.Seed(seed);
            return train() ?? throw new PessimistException("the training returned null", "return the trained network");
        }
    }

    static bool Same(Tensor a, Tensor b) => a.DType == b.DType && a.Shape.AsSpan().SequenceEqual(b.Shape) && Bits(a).SequenceEqual(Bits(b));

    static Span<byte> Bits(Tensor tensor) => MemoryMarshal.AsBytes(tensor.To(Device.Cpu, DType.Float64).ToArray<double>().AsSpan());

    static string Difference(Tensor a, Tensor b) => !a.Shape.AsSpan().SequenceEqual(b.Shape) ? $"their shapes, {a.Describe()} and {b.Describe()}"
        : Text($"{(a.To(Device.Cpu, DType.Float64) - b.To(Device.Cpu, DType.Float64)).Abs().Max().Item<double>():0.###e0}");

    static NetworkState Begin(Module network, LearningStep step)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(step);
        var own = network.Parameters();
        if (!own.Any(p => p.RequiresGrad))
            throw NetworkAssertionException.Of("the network cannot learn", own.Count > 0 ? "all parameters are frozen" : "no parameters", "a parameter that asks for a gradient",
                "switch the gradients of what is to learn on with RequiresGrad(true); parameters are read-only Tensor properties of a module");
        return new NetworkState(network);
    }

    static string List(string[] names) => Pessimist.Text.DidYouMean.List(names, 6);

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
