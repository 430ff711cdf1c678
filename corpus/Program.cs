using Pessimist.Corpus;

foreach (var program in Corpus.All) Console.WriteLine($"{program.Half,-6} {(program.IsHealthy ? "healthy" : string.Join('|', program.Cause)),-15} {program.Name}: {program.About}");
