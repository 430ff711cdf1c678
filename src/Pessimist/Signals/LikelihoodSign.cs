using Pessimist.Observations;

namespace Pessimist.Signals;

/// <summary>
/// Which way a traced step goes: whether what is minimized grows with the probability of what was observed, or falls with the distance from it.
/// The sign is followed from the minimized value back through sums, means, choices and factors whose sign is known, up to logarithms of
/// probabilities, framework losses and squared differences from data. What is multiplied by something of the network's own (an entropy, a
/// weight that is learned), or by numbers of both signs (an advantage), says nothing.
/// </summary>
public static class LikelihoodSign
{
    const int MostVisits = 2000;

    /// <param name="Right">Terms that fall as the network gets better.</param>
    /// <param name="Wrong">Terms that grow as the network gets better.</param>
    /// <param name="Site">Of the first wrong term.</param>
    /// <param name="What">The first wrong term, in words.</param>
    public sealed record Terms(int Right, int Wrong, Site? Site, string What)
    {
        public bool IsClimbed => Wrong > 0 && Right == 0;
    }

    /// <summary>Of the last scalar that a training step computed with a gradient and did nothing further with; null where there is none.</summary>
    public static Terms? Of(OperationTrace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        for (var i = trace.Operations.Count - 1; i >= 0; i--)
            if (trace.Operations[i] is { Phase: not Phase.Evaluate, Outputs: [{ RequiresGrad: true } output] } && output.Count() == 1
                && !trace.ConsumersOf(i).Any(c => trace.Operations[c].Outputs.Any(o => o.RequiresGrad)))
            {
                var walk = new Walk(trace);
                walk.Visit(i, 1, isPicked: false, isScaled: false);
                return walk.IsLost ? null : walk.Terms;
            }

        return null;
    }

    sealed class Walk(OperationTrace trace)
    {
        int _visits, _right, _wrong;
        Site? _site;
        string _what = "";

        public bool IsLost { get; private set; }

        public Terms Terms => new(_right, _wrong, _site, _what);

        void Term(int better, int position, string what)
        {
            if (better < 0)
            {
                _right++;
                return;
            }

            _wrong++;
            _site ??= trace.Operations[position].Site;
            if (_what.Length == 0) _what = what;
        }

        void Behind(TensorFacts tensor, int before, int sign, bool isPicked, bool isScaled)
        {
            if (!OperationTrace.IsParameter(tensor) && trace.MakerOf(tensor, before) is { } maker) Visit(maker, sign, isPicked, isScaled);
        }

        /// <param name="isPicked">Some of the elements were chosen, or weighted by data.</param>
        /// <param name="isScaled">Multiplied by something positive of the network's own.</param>
        public void Visit(int position, int sign, bool isPicked, bool isScaled)
        {
            if (++_visits > MostVisits)
            {
                IsLost = true;
                return;
            }

            var operation = trace.Operations[position];
            var inputs = operation.Inputs;
            if (inputs.Count == 0) return;
            var name = trace.NameAt(position);
            double? scalar = operation.Settings.TryGetValue("scalar", out var number) ? number : null;
            if (trace.IsLoss(position))
            {
                if (trace.DependsOnParameter(inputs[0], position)) Term(-sign, position, "a loss of the framework's");
                return;
            }

            if (OperationNames.IsTransparent(operation) || name is "mean" or "sum" or "nanmean" or "nansum" or "median")
                Behind(inputs[0], position, sign, isPicked, isScaled);
            else if (OperationNames.IsPart(name)) Behind(inputs[0], position, sign, true, isScaled);
            else
                switch (name)
                {
                    case "neg" or "negative" or "rsub":
                        Behind(inputs[0], position, -sign, isPicked, isScaled);
                        if (inputs.Count > 1) Behind(inputs[1], position, sign, isPicked, isScaled);
                        break;
                    case "add" or "stack" or "cat":
                        foreach (var input in inputs) Behind(input, position, sign, isPicked, isScaled);
                        break;
                    case "sub" when inputs.Count > 1 && IsNormalized(inputs, position):
                        if (isPicked && !isScaled) Term(sign, position, "the log-probability of what was observed");
                        break;
                    case "sub" when inputs.Count > 1 && PoissonSign(inputs, position) is var poisson and not 0:
                        Term(poisson * sign, position, "the log-likelihood of the counts");
                        break;
                    case "sub":
                        Behind(inputs[0], position, sign, isPicked, isScaled);
                        if (inputs.Count > 1) Behind(inputs[1], position, -sign, isPicked, isScaled);
                        break;
                    case "mul" or "div" when inputs.Count == 1 && scalar is { } factor:
                        if (factor != 0) Behind(inputs[0], position, Math.Sign(factor) * sign, isPicked, isScaled);
                        break;
                    case "mul" or "div" when inputs.Count > 1:
                        Product(inputs[0], inputs[1], position, sign, isPicked, isScaled);
                        if (name == "mul") Product(inputs[1], inputs[0], position, sign, isPicked, isScaled);
                        break;
                    case "log" when !isScaled && IsProbability(inputs[0], position):
                        Term(sign, position, "the logarithm of a probability");
                        break;
                    case "log_softmax" or "logsigmoid" or "log_sigmoid" when isPicked && !isScaled && trace.DependsOnParameter(inputs[0], position):
                        Term(sign, position, "the log-probability of what was observed");
                        break;
                    case "pow" or "square" or "abs" when name != "pow" || scalar is null or 2:
                        if (IsResidual(inputs[0], position)) Term(-sign, position, "the distance from the data");
                        break;
                }
        }

        /// <summary>Follows a factor where the sign of the other one is known.</summary>
        void Product(TensorFacts factor, TensorFacts other, int position, int sign, bool isPicked, bool isScaled)
        {
            if (!trace.DependsOnParameter(factor, position) || other is not { Min: { } low, Max: { } high } || low < 0 && high > 0) return;
            var isOwn = trace.DependsOnParameter(other, position);
            if (isOwn && low <= 0) return;
            Behind(factor, position, high <= 0 ? -sign : sign, isPicked || !isOwn && other.Count() > 1, isScaled || isOwn);
        }

        /// <summary>Logits minus the logarithm of the sum of their exponentials.</summary>
        bool IsNormalized(IReadOnlyList<TensorFacts> inputs, int position) =>
            trace.SourceOf(inputs[1], position).Maker is { } sum && trace.NameAt(sum) == "logsumexp" && trace.DependsOnParameter(inputs[0], position)
            && trace.SourceOf(trace.Operations[sum].Inputs[0], sum).Tensor.Id == trace.SourceOf(inputs[0], position).Tensor.Id;

        /// <summary>1 for counts times the logarithm of a rate minus the rate, a log-likelihood up to a constant; -1 for its negative; 0 for anything else.</summary>
        int PoissonSign(IReadOnlyList<TensorFacts> inputs, int position) =>
            IsPoisson(inputs[0], inputs[1], position) ? 1 : IsPoisson(inputs[1], inputs[0], position) ? -1 : 0;

        bool IsPoisson(TensorFacts product, TensorFacts rate, int position)
        {
            if (trace.SourceOf(product, position).Maker is not { } times || trace.NameAt(times) != "mul" || trace.Operations[times].Inputs is not { Count: 2 } factors) return false;
            if (trace.SourceOf(rate, position).Maker is not { } exponential || trace.NameAt(exponential) != "exp") return false;
            var logarithm = trace.SourceOf(trace.Operations[exponential].Inputs[0], exponential).Tensor.Id;
            return factors.Any(f => trace.SourceOf(f, times).Tensor.Id == logarithm)
                && factors.Any(f => f is { Min: >= 0 } && !trace.DependsOnParameter(f, times) && trace.SourceOf(f, times).Tensor.Id != logarithm);
        }

        /// <summary>Between 0 and 1, and made by what makes probabilities.</summary>
        bool IsProbability(TensorFacts tensor, int position)
        {
            if (tensor is not { Min: >= 0, Max: <= 1.00001 }) return false;
            for (var steps = 0; steps < 16; steps++)
            {
                if (trace.MakerOf(tensor, position) is not { } maker || trace.Operations[maker].Inputs.Count == 0) return false;
                var name = trace.NameAt(maker);
                if (name is "softmax" or "sigmoid") return trace.DependsOnParameter(trace.Operations[maker].Inputs[0], maker);
                if (name == "div" && trace.SoftmaxByHand(maker) is not null) return true;
                if (!OperationNames.IsTransparent(trace.Operations[maker]) && !OperationNames.IsPart(name) && name is not ("add" or "clamp" or "clamp_min" or "clamp_max" or "clip" or "rsub" or "sum" or "where" or "sub" or "mul")) return false;
                var inputs = trace.Operations[maker].Inputs;
                var next = inputs.FirstOrDefault(x => trace.DependsOnParameter(x, maker));
                // A product of two of the network's own is no probability of an answer.
                if (next is null || inputs.Count(x => trace.DependsOnParameter(x, maker)) > 1) return false;
                (tensor, position) = (next, maker);
            }

            return false;
        }

        /// <summary>What the network says minus data, or the reverse; perhaps over a scale.</summary>
        bool IsResidual(TensorFacts tensor, int position)
        {
            for (var steps = 0; steps < 8; steps++)
            {
                if (trace.SourceOf(tensor, position).Maker is not { } maker) return false;
                var inputs = trace.Operations[maker].Inputs;
                if (trace.NameAt(maker) is "div" or "mul" && inputs.Count > 0)
                {
                    (tensor, position) = (inputs[0], maker);
                    continue;
                }

                return trace.NameAt(maker) == "sub" && inputs.Count == 2 && trace.DependsOnParameter(inputs[0], maker) != trace.DependsOnParameter(inputs[1], maker);
            }

            return false;
        }
    }
}
