using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using Pessimist.Data.Synthetic;

namespace Pessimist.Engine.Tests.Walk;

/// <summary>Small data sets, written into a folder of their own that goes away with this.</summary>
sealed class SmallData : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("pessimist-").FullName;

    public static string Digits { get; } = Path.Combine(Root(), "samples", "digits.csv");

    /// <summary>Three classes, well apart, in four columns; every so many labels are wrong.</summary>
    public string Blobs(int count = 240, int seed = 0, int wrongEvery = int.MaxValue)
    {
        var random = new Random(seed);
        return Write("blobs.csv", "a,b,c,d,kind", count, i =>
        {
            var k = random.Next(3);
            return $"{Text(Normal(random) + 4 * k)},{Text(Normal(random) - 4 * k)},{Text(Normal(random))},{Text(Normal(random) * 10)},{(char)('p' + (i % wrongEvery == wrongEvery - 1 ? (k + 1) % 3 : k))}";
        });
    }

    /// <summary>A number that follows from two of three columns, in thousands.</summary>
    public string Prices(int count = 300, int seed = 0)
    {
        var random = new Random(seed);
        return Write("prices.csv", "rooms,age,noise,price", count, _ =>
        {
            double rooms = random.Next(1, 9), age = random.NextDouble() * 100;
            return $"{Text(rooms)},{Text(age)},{Text(Normal(random))},{Text(50_000 * rooms - 800 * age + 5_000 * Normal(random))}";
        });
    }

    /// <summary>A synthetic set of sequences.</summary>
    public string Made(string name, int steps, bool csv = false)
    {
        var path = Path.Combine(Folder, name + (csv ? ".csv" : ".npz"));
        SyntheticWriter.Write(SyntheticSet.Find(name).Make(new SyntheticOptions { Count = 600, Steps = steps, Symbols = name == "copy" ? 4 : null }), path);
        return path;
    }

    /// <summary>3 to 9 visits of each patient, whose pressure is far from zero and rises or not.</summary>
    public string Visits(int patients = 240)
    {
        var random = new Random(6);
        List<string> rows = [];
        for (var p = 0; p < patients; p++)
        {
            var ill = random.Next(2);
            var visits = random.Next(3, 10);
            for (var day = 0; day < visits; day++)
                rows.Add($"p{p},{day},{Text(120 + 3 * Normal(random) + 8 * ill * (day + 1.0) / visits)},{Text(Normal(random))},{(ill == 1 ? "yes" : "no")}");
        }

        return Write("visits.csv", "patient,day,pressure,noise,ill", rows.Count, i => rows[i]);
    }

    /// <summary>Stripes of 32 x 32 in two or more directions.</summary>
    public string LargePictures()
    {
        var path = Path.Combine(Folder, "large.npz");
        SyntheticWriter.Write(SyntheticSet.Find("stripes").Make(new SyntheticOptions { Count = 150, Size = 32 }), path);
        return path;
    }

    /// <summary>Sequences of 10 steps that tell one half of the class, and a table that tells the other and has the target.</summary>
    public (string Sequences, string Table) SequencesAndTable(int count = 300)
    {
        var random = new Random(5);
        var classes = Enumerable.Range(0, count).Select(_ => random.Next(4)).ToArray();
        var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, 10, 2), }}").PadRight(117) + "\n";
        var path = Path.Combine(Folder, "scan.npy");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header),
            .. classes.SelectMany(k => Enumerable.Range(0, 20)
                .SelectMany(i => BitConverter.GetBytes((float)(Normal(random) + (i % 2 == 0 ? 2 * (k / 2) : 0))))) ]);
        return (path, Write("patient.csv", "age,noise,ill", count, i => $"{Text(50 + 5 * Normal(random) + 30 * (classes[i] % 2))},{Text(Normal(random))},{(char)('p' + classes[i])}"));
    }

    /// <summary>Two yes/no labels, each from a column of its own.</summary>
    public string Tags(int count = 300, int seed = 0)
    {
        var random = new Random(seed);
        return Write("tags.csv", "x,y,z,red,round", count, _ =>
        {
            double x = Normal(random), y = Normal(random);
            return $"{Text(x)},{Text(y)},{Text(Normal(random))},{(x > 0 ? 1 : 0)},{(y > 0.3 ? 1 : 0)}";
        });
    }

    /// <summary>Grey pictures of 12 x 12 with horizontal or vertical stripes, in MNIST's format.</summary>
    public string Stripes(int count = 240, int seed = 0)
    {
        const int side = 12;
        var random = new Random(seed);
        byte[] images = new byte[16 + count * side * side], labels = new byte[8 + count];
        Header(images, 0x803, count, side, side);
        Header(labels, 0x801, count);
        for (var i = 0; i < count; i++)
        {
            var vertical = random.Next(2);
            labels[8 + i] = (byte)vertical;
            for (var p = 0; p < side * side; p++)
                images[16 + i * side * side + p] = (byte)((((vertical == 1 ? p % side : p / side) + i) / 2 % 2 * 180) + random.Next(60));
        }

        File.WriteAllBytes(Path.Combine(Folder, "train-labels-idx1-ubyte"), labels);
        var path = Path.Combine(Folder, "train-images-idx3-ubyte");
        File.WriteAllBytes(path, images);
        return path;
    }

    public string Write(string name, string header, int count, Func<int, string> row)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllLines(path, [header, .. Enumerable.Range(0, count).Select(row)]);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    static void Header(byte[] bytes, params int[] words)
    {
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
    }

    static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", ".."));
}
