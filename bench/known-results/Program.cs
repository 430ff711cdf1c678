using System.Globalization;
using Pessimist;
using Pessimist.KnownResultsBench;
using Pessimist.Torch;

// Trains known models on known benchmarks and writes what they reach beside what is published. bench/known-results/run starts it.
// usage: DATA|- MEASURED.json PAGE.md MINUTES SEED [TASK…]
const string LeCun = "LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document recognition";
const string Bai = "Bai, Kolter and Koltun 2018, table 1";
const string Fashion = "Zalando Research, Fashion-MNIST README, benchmark";
var (data, file, page, minutes, seed) = (args[0], args[1], args[2], double.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture));
Limit Limited() => new(TimeSpan.FromMinutes(minutes));
string Folder(string name) => data == "-" ? throw new PessimistException($"{name} needs its data", "give the folder that holds mnist/ and fashion-mnist/ with --data") : Path.Combine(data, name);

(string Name, Func<string, Measured> Run)[] tasks =
[
    ("mnist-logistic", t => Pictures.Run(t, "logistic", Folder("mnist"), 10, 128, 1e-3, seed, Limited(), $"12.0 % (linear classifier, squared error; {LeCun})")),
    ("mnist-mlp", t => Pictures.Run(t, "mlp", Folder("mnist"), 10, 128, 1e-3, seed, Limited(), $"4.7 % (one hidden layer of 300 units, squared error; {LeCun})")),
    ("mnist-lenet", t => Pictures.Run(t, "lenet", Folder("mnist"), 3, 64, 1e-3, seed, Limited(), $"0.95 % (LeNet-5, 20 passes; {LeCun})")),
    ("mnist-lenet-20", t => Pictures.Run(t, "lenet", Folder("mnist"), 20, 64, 1e-3, seed, Limited(), $"0.95 % (LeNet-5, 20 passes; {LeCun})")),
    ("fashion-logistic", t => Pictures.Run(t, "logistic", Folder("fashion-mnist"), 10, 128, 1e-3, seed, Limited(), "none that we can cite")),
    ("fashion-mlp", t => Pictures.Run(t, "mlp", Folder("fashion-mnist"), 10, 128, 1e-3, seed, Limited(), $"10.0 % (MLP of 256, 128 and 64 units; {Fashion})")),
    ("fashion-lenet", t => Pictures.Run(t, "lenet", Folder("fashion-mnist"), 3, 64, 1e-3, seed, Limited(), $"8.4 % to 12.4 % (three nets of two convolutions with pooling; {Fashion})")),
    ("mnist-rows-lstm", t => Pictures.Run(t, "lstm", Folder("mnist"), 3, 64, 2e-3, seed, Limited(), $"none for rows; pixel by pixel, which is harder, 12.8 % ({Bai})")),
    ("mnist-rows-tcn", t => Pictures.Run(t, "tcn", Folder("mnist"), 3, 64, 2e-3, seed, Limited(), $"none for rows; pixel by pixel, which is harder, 1.0 % ({Bai})")),
    ("adding-100-lstm", t => Sequences.Adding(t, "lstm", 100, 10_000, 0.01, seed, Limited(), "solved (Hochreiter and Schmidhuber 1997, experiment 4)")),
    ("adding-100-tcn", t => Sequences.Adding(t, "tcn", 100, 10_000, 0.01, seed, Limited(), $"5.8e-5 for T = 600 ({Bai})")),
    ("copy-100-tcn", t => Sequences.Copy(t, "tcn", 100, 5_000, seed, Limited(), $"3.5e-5 for T = 1000 ({Bai})")),
    ("copy-100-lstm", t => Sequences.Copy(t, "lstm", 100, 5_000, seed, Limited(), $"0.0204 for T = 1000, as knowing nothing ({Bai})")),
];

try
{
    var chosen = args[5..];
    if (chosen.FirstOrDefault(c => tasks.All(t => t.Name != c)) is { } stray)
        throw new PessimistException($"there is no task '{stray}'{Pessimist.Text.DidYouMean.Suffix(stray, tasks.Select(t => t.Name))}", $"the tasks are {string.Join(", ", tasks.Select(t => t.Name))}");
    var results = Measured.Read(file);
    foreach (var (name, run) in tasks.Where(t => chosen.Length == 0 || chosen.Contains(t.Name)))
    {
        Console.Error.WriteLine($"{name} …");
        var measured = run(name);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: seed {measured.Seed}, {measured.Seconds:0} s, {measured.Metric} {measured.Value:0.#####}{(measured.Complete ? "" : " (time ran out)")}; published: {measured.Published}"));
        // What ends later than another process's results must not take them away.
        results = [.. Measured.Read(file).Where(r => r.Task != name || r.Seed != seed), measured];
        results.Sort((x, y) => (Array.FindIndex(tasks, t => t.Name == x.Task), x.Seed).CompareTo((Array.FindIndex(tasks, t => t.Name == y.Task), y.Seed)));
        Measured.Write(file, results);
        File.WriteAllText(page, Page.Of(results, [.. tasks.Select(t => t.Name)], Threads.Count));
    }

    return 0;
}
catch (PessimistException e)
{
    Console.Error.WriteLine($"error: {e.Message}\nhelp: {e.Help}");
    return 2;
}
