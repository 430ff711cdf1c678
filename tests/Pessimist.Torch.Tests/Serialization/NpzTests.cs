using System.IO.Compression;
using System.Text;
using Pessimist.Torch.Serialization;

namespace Pessimist.Torch.Tests.Serialization;

public sealed class NpzTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile();
        var tensors = SomeTensors.Make(bfloat16: false);
        Npz.Write(file.Path, tensors);
        Npz.Read(file.Path).ShouldBeTheSame(tensors);
    }

    [Fact]
    public void One_array_is_written_and_read()
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile();
        Npy.Write(file.Path, Tensor.From([1f, 2]));
        file.Bytes.Length.ShouldBe(128 + 8);
        Encoding.Latin1.GetString(file.Bytes, 0, 128).ShouldBe("\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".PadRight(127) + "\n");
        Npy.Read(file.Path).ToArray<float>().ShouldBe([1, 2]);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void Every_version_and_both_orders_are_read(byte version, bool fortran)
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile(Array($"{{'descr': '<i2', 'fortran_order': {fortran}, 'shape': (2, 3), }}", [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0], version));
        Npy.Read(file.Path).ToArray<short>().ShouldBe(fortran ? [1, 3, 5, 2, 4, 6] : [1, 2, 3, 4, 5, 6]);
    }

    [Theory]
    [InlineData("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "pickled Python objects, which are never loaded")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "'>f4', which is not supported")]
    [InlineData("{'descr': '<U8', 'fortran_order': False, 'shape': (1,), }", "not supported")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "records")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", "more than its")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "malformed")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807), }", "more than its")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "lacks")]
    [InlineData("{'descr': '<f4', 'shape': (1,), }", "lacks")]
    [InlineData("", "lacks")]
    public void A_lying_header_is_refused(string header, string why)
    {
        using var file = new TemporaryFile(Array(header, [0, 0, 0, 0]));
        Should.Throw<TorchException>(() => Npy.Read(file.Path)).Message.ShouldContain(why);
        using var zip = new TemporaryFile(Zip("x.npy", Array(header, [0, 0, 0, 0])));
        Should.Throw<TorchException>(() => Npz.Read(zip.Path)).Message.ShouldContain($"'x.npy' in '{zip.Path}'");
    }

    [Fact]
    public void An_archive_changed_or_cut_anywhere_is_read_or_refused()
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile();
        Npz.Write(file.Path, SomeTensors.Make(bfloat16: false));
        foreach (var bytes in (byte[][])[file.Bytes, Zip("x.npy", Array("{'descr': '<f4', 'fortran_order': False, 'shape': (500,), }", new byte[2000]))])
        {
            var random = new Random(2);
            for (var i = 0; i < 300; i++)
            {
                var changed = i % 3 == 0 ? bytes[..random.Next(bytes.Length)] : [.. bytes];
                for (var j = 0; j <= i % 4 && changed.Length > 0; j++) changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                using var broken = new TemporaryFile(changed);
                using var inner = Scope.New();
                try
                {
                    Npz.Read(broken.Path).Count.ShouldBeGreaterThanOrEqualTo(0);
                }
                catch (TorchException e)
                {
                    e.Message.ShouldContain(broken.Path);
                }
            }
        }
    }

    [Fact]
    public void A_flag_is_0_or_1_whatever_its_byte()
    {
        using var scope = Scope.New();
        using var file = new TemporaryFile(Array("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", [0, 1, 200]));
        Npy.Read(file.Path).Sum().Item<long>().ShouldBe(2);
    }

    [Fact]
    public void A_type_that_NumPy_lacks_is_refused()
    {
        using var file = new TemporaryFile();
        using var x = Tensor.Zeros([1], DType.BFloat16);
        Should.Throw<TorchException>(() => Npy.Write(file.Path, x)).Message.ShouldContain("bfloat16");
        File.Exists(file.Path).ShouldBeFalse();
    }

    static byte[] Array(string header, byte[] data, byte version = 1)
    {
        var text = Encoding.Latin1.GetBytes(header + "\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)text.Length) : BitConverter.GetBytes(text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    static byte[] Zip(string name, byte[] content)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }
        return bytes.ToArray();
    }
}
