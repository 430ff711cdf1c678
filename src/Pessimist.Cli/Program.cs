using Pessimist.Cli;
using Pessimist.Cli.Commands;
using Pessimist.Cli.Terminal;

return await new Tool(Screen.OfProcess(), new TorchWalker()).RunAsync(args);
