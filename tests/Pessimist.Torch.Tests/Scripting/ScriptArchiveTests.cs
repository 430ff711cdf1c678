using System.IO.Compression;
using System.Text;
using Pessimist.Torch.Scripting;
using Pessimist.Torch.Tests.Serialization;

namespace Pessimist.Torch.Tests.Scripting;

public sealed class ScriptArchiveTests
{
    static string File(string name) => Path.Combine(AppContext.BaseDirectory, "goldens", name);

    static string Refusal(string path) => Should.Throw<TorchException>(() => ScriptModule.Load(path)).Message;

    [Theory]
    [InlineData("pickled.pt")]
    [InlineData("legacy.pt")]
    public void A_pickle_is_refused_with_the_commands_that_convert_it(string name)
    {
        var message = Refusal(File(name));
        message.ShouldContain("is a pickle of Python objects (torch.save) and no TorchScript");
        message.ShouldContain($"torch.jit.script(model).save('{Path.GetFileNameWithoutExtension(name)}.ts')");
        message.ShouldContain($"m = torch.load('{name}', map_location='cpu'); s.save_file(m if isinstance(m, dict) else m.state_dict(), '{Path.GetFileNameWithoutExtension(name)}.safetensors')");
    }

    [Theory]
    [InlineData("writer.ts", "'.save(' in 'writer/code/__torch__.py'")]
    [InlineData("reader.ts", "'.from_file(' in 'reader/code/__torch__.py'")]
    public void Code_that_touches_files_is_refused(string name, string why) => Refusal(File(name)).ShouldContain(why);

    [Theory]
    [InlineData("torch.sa", "ve(x)", "torch.save(x)")]
    [InlineData("getattr(torch, \"sa", "ve\")(x)", "\"save\"")]
    [InlineData("getattr(torch, \"\\163a", "ve\")(x)", "getattr(torch, \"\\")]
    [InlineData("ops.image.re", "ad_file(x)", "ops.image")]
    [InlineData("torch.classes.dist_c10d.", "Store(x)", "torch.classes.dist_c10d")]
    public void Other_names_of_such_code_are_refused(string first, string second, string why)
    {
        using var file = new TemporaryFile(Archive(("a/data.pkl", "x"), ("a/constants.pkl", "x"), ("a/code/__torch__.py", $"  {first}{second}\n")));
        Refusal(file.Path).ShouldContain("it is not loaded");
        Refusal(file.Path).ShouldContain(why.Contains("torch.save", StringComparison.Ordinal) ? ".save(" : why);
    }

    [Fact]
    public void Other_files_are_told_apart()
    {
        using var npz = new TemporaryFile(Archive(("x.npy", "x")));
        Refusal(npz.Path).ShouldContain("NumPy archive");
        using var zip = new TemporaryFile(Archive(("x.txt", "x")));
        Refusal(zip.Path).ShouldContain("an archive, but not of TorchScript");
        using var text = new TemporaryFile("a,b\n1,2\n"u8.ToArray());
        Refusal(text.Path).ShouldContain("is no TorchScript file");
        using var empty = new TemporaryFile([]);
        Refusal(empty.Path).ShouldContain("is empty");
        using var tensors = new TemporaryFile([8, 0, 0, 0, 0, 0, 0, 0, .. "{}      "u8]);
        Refusal(tensors.Path).ShouldContain("safetensors");
        Refusal("/nowhere/net.ts").ShouldContain("cannot be read");
    }

    [Fact]
    public void Deeply_nested_code_is_refused()
    {
        using var file = new TemporaryFile(Archive(("a/data.pkl", "x"), ("a/constants.pkl", "x"), ("a/code/__torch__.py", new string('(', 100_000))));
        Refusal(file.Path).ShouldContain("nested deeper");
    }

    [Fact]
    public void A_cut_off_file_is_refused_wherever_it_was_cut()
    {
        var bytes = System.IO.File.ReadAllBytes(File("sequence.ts"));
        for (var length = 1; length < bytes.Length; length += 251)
        {
            using var file = new TemporaryFile(bytes[..length]);
            Refusal(file.Path).ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void A_changed_byte_never_harms()
    {
        var bytes = System.IO.File.ReadAllBytes(File("sequence.ts"));
        var random = new Random(1);
        var refused = 0;
        for (var i = 0; i < 120; i++)
        {
            var changed = bytes.ToArray();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            using var file = new TemporaryFile(changed);
            try
            {
                // A byte of padding changes nothing.
                ScriptModule.Load(file.Path).Dispose();
            }
            catch (TorchException)
            {
                refused++;
            }
        }
        refused.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void A_program_that_is_none_is_refused_by_libtorch_in_one_line()
    {
        using var file = new TemporaryFile(Archive(("a/data.pkl", "x"), ("a/constants.pkl", "x"), ("a/version", "3\n"), ("a/code/__torch__.py", "class A(Module):\n")));
        var message = Refusal(file.Path);
        message.ShouldContain("does not load as TorchScript");
        message.ShouldNotContain("\n");
    }

    static byte[] Archive(params (string Name, string Content)[] entries)
    {
        var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }
        return memory.ToArray();
    }
}
