using Pessimist.Tests;
using System.Buffers.Binary;
using System.Text;
using Pessimist.Torch.Serialization;

namespace Pessimist.Torch.Tests.Serialization;

public sealed class SafetensorsTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile();
        var tensors = SomeTensors.Make(bfloat16: true);
        Safetensors.Write(file.Path, tensors, new Dictionary<string, string> { ["format"] = "pt", ["note"] = "ü" });
        Safetensors.Read(file.Path, out var metadata).ShouldBeTheSame(tensors);
        metadata.ShouldBe(new Dictionary<string, string> { ["format"] = "pt", ["note"] = "ü" });
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, new Dictionary<string, Tensor> { ["w"] = Tensor.From([1f, 2]) });
        const string Header = """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        var padded = Header.PadRight((Header.Length + 7) / 8 * 8);
        file.Bytes.ShouldBe([(byte)padded.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(padded), 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
    }

    [Theory]
    [InlineData("""{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "does not take 8 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,800]}}""", 8, "0 to 800")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", 8, "does not take")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", 8, "malformed")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "8 to 0")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "where 0 is next")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"v":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "where 8 is next")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes at its end")]
    [InlineData("""{"w":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8, "'C64', which is not supported")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "no JSON")]
    [InlineData("""{"w":[1,2]}""", 8, "malformed")]
    [InlineData("""{"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "malformed")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "malformed")]
    [InlineData("[1]", 0, "no object")]
    [InlineData("{", 0, "no JSON")]
    [InlineData("[[[[[[[[[[[[[[1]]]]]]]]]]]]]]", 0, "no JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "no JSON")]
    [InlineData("", 0, "no JSON")]
    public void A_lying_header_is_refused(string header, int data, string why)
    {
        var bytes = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(8));
        using var file = new TemporaryFile(bytes);
        Garbage.Settle();
        var live = Memory.LiveTensors;
        var message = Should.Throw<TorchException>(() => Safetensors.Read(file.Path)).Message;
        message.ShouldContain(why);
        message.ShouldContain(file.Path);
        Memory.LiveTensors.ShouldBe(live);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 40)]
    [InlineData(ulong.MaxValue)]
    public void A_header_longer_than_the_file_is_refused(ulong length)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        using var file = new TemporaryFile(bytes);
        Should.Throw<TorchException>(() => Safetensors.Read(file.Path));
    }

    [Fact]
    public void A_file_changed_or_cut_anywhere_is_read_or_refused()
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, SomeTensors.Make(bfloat16: true));
        var bytes = file.Bytes;
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var changed = i % 2 == 0 ? bytes[..random.Next(bytes.Length)] : [.. bytes];
            if (changed.Length > 0) changed[random.Next(Math.Min(changed.Length, i % 3 == 0 ? 16 : changed.Length))] ^= (byte)(1 << random.Next(8));
            using var broken = new TemporaryFile(changed);
            using var inner = Scope.New();
            try
            {
                Safetensors.Read(broken.Path).Count.ShouldBePositive();
            }
            catch (TorchException e)
            {
                e.Message.ShouldContain(broken.Path);
            }
        }
    }

    [Fact]
    public void A_file_that_cannot_be_opened_or_written_is_named()
    {
        using var x = Tensor.Zeros([1]);
        Should.Throw<TorchException>(() => Safetensors.Read("/nowhere/weights.safetensors")).Message.ShouldContain("/nowhere/weights.safetensors");
        Should.Throw<TorchException>(() => Safetensors.Write("/nowhere/weights.safetensors", new Dictionary<string, Tensor> { ["x"] = x })).Message.ShouldContain("cannot be written");
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file()
    {
        using var file = new TemporaryFile([1, 2, 3]);
        var x = Tensor.Zeros([1]);
        x.Dispose();
        Should.Throw<ObjectDisposedException>(() => Safetensors.Write(file.Path, new Dictionary<string, Tensor> { ["x"] = x }));
        Should.Throw<TorchException>(() => Npz.Write(file.Path, [new("a", Tensor.Zeros([1])), new("a", Tensor.Zeros([1]))]));
        file.Bytes.ShouldBe([1, 2, 3]);
        Directory.GetFiles(Path.GetDirectoryName(file.Path)!, $"{Path.GetFileName(file.Path)}*").ShouldBe([file.Path]);
    }
}
