namespace Pessimist.Torch.Nn;

/// <summary>Height and width; one number stands for both: <c>new Conv2d(3, 8, 3)</c>, <c>new Conv2d(3, 8, (3, 5))</c>.</summary>
public readonly record struct Size(int Height, int Width)
{
    public static implicit operator Size(int both) => new(both, both);

    public static implicit operator Size((int Height, int Width) pair) => new(pair.Height, pair.Width);

    internal long[] ToArray() => [Height, Width];

    /// <summary>3, or (3, 5), as Python prints it.</summary>
    public override string ToString() => Height == Width ? $"{Height}" : $"({Height}, {Width})";
}
