namespace Pessimist.Evaluation;

/// <summary>
/// Limited-memory BFGS with backtracking (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5), for smooth convex objectives.
/// Returns the best point found, converged or not.
/// </summary>
static class Lbfgs
{
    const int Memory = 10;

    /// <param name="start">The starting point; not changed.</param>
    /// <param name="objective">Writes the gradient at a point and returns the value there.</param>
    /// <param name="tolerance">Stop when a step improves the value by less than this share of it, twice running.</param>
    /// <param name="iterations">Most steps.</param>
    /// <param name="cancellation">Looked at before every step.</param>
    internal static double[] Minimize(
        double[] start, Func<double[], double[], double> objective, double tolerance, int iterations, CancellationToken cancellation)
    {
        var point = (double[])start.Clone();
        var gradient = new double[point.Length];
        var value = objective(point, gradient);
        var history = new LinkedList<(double[] Step, double[] Change, double Inverse)>();
        var small = 0;
        for (var i = 0; i < iterations && small < 2; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var direction = Direction(gradient, history);
            var slope = Dot(direction, gradient);
            if (!(slope < 0))
                break;
            var length = history.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(Dot(gradient, gradient))) : 1;
            double[] next = new double[point.Length], nextGradient = new double[point.Length];
            var nextValue = double.NaN;
            for (var halvings = 0; halvings < 30; halvings++, length /= 2)
            {
                for (var j = 0; j < next.Length; j++) next[j] = point[j] + length * direction[j];
                nextValue = objective(next, nextGradient);
                if (nextValue <= value + 1e-4 * length * slope) break;
            }

            if (!(nextValue < value))
                break;
            var step = Subtract(next, point);
            var change = Subtract(nextGradient, gradient);
            var curvature = Dot(step, change);
            if (curvature > 1e-12 * Dot(change, change))
            {
                history.AddLast((step, change, 1 / curvature));
                if (history.Count > Memory) history.RemoveFirst();
            }

            small = value - nextValue <= tolerance * Math.Abs(value) ? small + 1 : 0;
            (point, gradient, value) = (next, nextGradient, nextValue);
        }

        return point;
    }

    /// <summary>The two-loop recursion: -H·gradient.</summary>
    static double[] Direction(double[] gradient, LinkedList<(double[] Step, double[] Change, double Inverse)> history)
    {
        var direction = Array.ConvertAll(gradient, g => -g);
        var alphas = new Stack<double>();
        for (var node = history.Last; node is not null; node = node.Previous)
        {
            var alpha = node.Value.Inverse * Dot(node.Value.Step, direction);
            alphas.Push(alpha);
            Add(direction, node.Value.Change, -alpha);
        }

        if (history.Last is { } last)
        {
            var scale = 1 / (last.Value.Inverse * Dot(last.Value.Change, last.Value.Change));
            for (var j = 0; j < direction.Length; j++) direction[j] *= scale;
        }

        for (var node = history.First; node is not null; node = node.Next)
            Add(direction, node.Value.Step, alphas.Pop() - node.Value.Inverse * Dot(node.Value.Change, direction));
        return direction;
    }

    static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var j = 0; j < a.Length; j++) sum += a[j] * b[j];
        return sum;
    }

    static void Add(double[] target, double[] other, double factor)
    {
        for (var j = 0; j < target.Length; j++) target[j] += factor * other[j];
    }

    static double[] Subtract(double[] a, double[] b)
    {
        var difference = new double[a.Length];
        for (var j = 0; j < a.Length; j++) difference[j] = a[j] - b[j];
        return difference;
    }
}
