Console.WriteLine("pessimist");
