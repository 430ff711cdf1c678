using System.Text;
using Pessimist.Data;
using Pessimist.Data.Profiling;

namespace Pessimist.Tests.Data.Readers;

public sealed class DamagedFileTests : IDisposable
{
    const int Damages = 60;
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static byte[] Sample(string name)
    {
        var table = "a,b,c,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i * 0.37},{i % 5},{(i % 3 == 0 ? "red" : "blue")},{i % 2}\n"));
        return name switch
        {
            "t.csv" => Encoding.UTF8.GetBytes(table),
            "t.csv.gz" => TempFolder.Gzip(Encoding.UTF8.GetBytes(table)),
            "t.json" => Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 30).Select(i => $"{{\"a\": {i * 0.3}, \"y\": \"{i % 2}\"}}")) + "]"),
            "x-idx3" => [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 4, .. Enumerable.Range(0, 80).Select(i => (byte)i)],
            "x.npy" => [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (20, 3), }".PadRight(117) + "\n"), .. new byte[240]],
            _ => PngWriter.Grey(8, 8, (x, y) => (byte)(30 * x ^ 7 * y)),
        };
    }

    [Theory]
    [InlineData("t.csv")]
    [InlineData("t.csv.gz")]
    [InlineData("t.json")]
    [InlineData("x-idx3")]
    [InlineData("x.npy")]
    [InlineData("class/1.png")]
    public void A_damaged_file_is_read_or_ends_in_a_message(string name)
    {
        var random = new Random(11);
        var whole = Sample(name);
        for (var damage = 0; damage < Damages; damage++)
        {
            var bytes = random.Next(4) == 0 ? whole[..random.Next(2, whole.Length)] : (byte[])whole.Clone();
            for (var edit = random.Next(6); edit >= 0; edit--) bytes[random.Next(random.Next(2) == 0 ? Math.Min(80, bytes.Length) : bytes.Length)] = (byte)random.Next(256);
            var path = _folder.Write(name, bytes);
            try
            {
                var data = DataReader.Read(name.Contains('/') ? _folder.Path : path);
                if (data.Kind == DataKind.Table) DataProfile.From(data.Prepare(data.Columns[^1].Name));
            }
            catch (PessimistException)
            {
                // A message for the user: what a damaged file should end in. Any other exception fails the test.
            }
        }
    }
}
