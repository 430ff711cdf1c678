namespace Pessimist.Evaluation;

/// <summary>The nearest rows of each query, nearest first.</summary>
public sealed class NeighbourTable
{
    readonly int[] _indices;
    readonly float[] _distances;

    internal NeighbourTable(int queries, int neighbours)
    {
        Queries = queries;
        Neighbours = neighbours;
        _indices = new int[checked(queries * neighbours)];
        _distances = new float[queries * neighbours];
    }

    public int Queries { get; }

    /// <summary>Neighbours per query: k, or fewer where there are not as many references.</summary>
    public int Neighbours { get; }

    /// <summary>The references nearest to a query.</summary>
    public ReadOnlySpan<int> Of(int query) => _indices.AsSpan(query * Neighbours, Neighbours);

    /// <summary>Their squared Euclidean distances.</summary>
    public ReadOnlySpan<float> SquaredDistances(int query) => _distances.AsSpan(query * Neighbours, Neighbours);

    internal Span<int> MutableIndices(int query) => _indices.AsSpan(query * Neighbours, Neighbours);

    internal Span<float> MutableDistances(int query) => _distances.AsSpan(query * Neighbours, Neighbours);
}
