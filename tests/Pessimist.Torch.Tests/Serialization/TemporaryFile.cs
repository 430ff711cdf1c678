namespace Pessimist.Torch.Tests.Serialization;

sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"pessimist-{Guid.NewGuid():N}");

    public TemporaryFile(byte[]? content = null)
    {
        if (content is not null) File.WriteAllBytes(Path, content);
    }

    public byte[] Bytes => File.ReadAllBytes(Path);

    public void Dispose() => File.Delete(Path);
}

static class SomeTensors
{
    /// <summary>One of each dtype, an empty one, one without dimensions, and one that is not contiguous.</summary>
    public static Dictionary<string, Tensor> Make(bool bfloat16) => new()
    {
        ["net.0.weight"] = Tensor.From([1.5f, -2, float.NaN, float.PositiveInfinity, 0, 1e-40f], 2, 3),
        ["f64"] = Tensor.From([Math.PI, double.MinValue]),
        ["f16"] = Tensor.From([(Half)1.5, (Half)(-2)]),
        [bfloat16 ? "bf16" : "more"] = bfloat16 ? Tensor.From([(BFloat16)1.5f]) : Tensor.From([1.5f]),
        ["i64"] = Tensor.From([long.MinValue, 3]),
        ["i32"] = Tensor.From([int.MaxValue]),
        ["i16"] = Tensor.From([(short)-5]),
        ["i8"] = Tensor.From([(sbyte)-5]),
        ["u8"] = Tensor.From([(byte)255, (byte)0, (byte)7]),
        ["bool"] = Tensor.From([true, false]),
        ["empty"] = Tensor.Zeros([0, 4]),
        ["scalar"] = Tensor.Scalar(7),
        ["ä/ö \"quoted\""] = Tensor.Arange(6).Reshape(2, 3).T(),
    };

    public static void ShouldBeTheSame(this Dictionary<string, Tensor> read, Dictionary<string, Tensor> written)
    {
        read.Keys.Order().ShouldBe(written.Keys.Order());
        foreach (var (name, tensor) in written)
        {
            read[name].DType.ShouldBe(tensor.DType, name);
            read[name].Shape.ShouldBe(tensor.Shape, name);
            read[name].NanToNum(123).ContentEquals(tensor.NanToNum(123)).ShouldBeTrue(name);
        }
    }
}
