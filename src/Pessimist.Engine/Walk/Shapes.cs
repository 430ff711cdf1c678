namespace Pessimist.Engine.Walk;

static class Shapes
{
    /// <summary>[count, *shape].</summary>
    public static long[] Batch(int count, IReadOnlyList<int> shape) => [count, .. shape.Select(d => (long)d)];
}
