using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Runs;

namespace Pessimist.Cli.Commands;

/// <summary>What a run computes on, for the record.</summary>
sealed record Machine(string Device, string? Libtorch, string? Blas, int Threads);

/// <summary>What <c>diagnose</c> needs of the engine.</summary>
interface IWalker
{
    /// <exception cref="PessimistException">The device does not exist.</exception>
    /// <exception cref="Torch.TorchNotFoundException">There is no libtorch.</exception>
    Machine Describe(DiagnoseOptions options);

    /// <summary>Walks the playbook and records what it sees; ends as interrupted when cancelled.</summary>
    /// <exception cref="PessimistException">The data or an option cannot be used.</exception>
    RunEnding Walk(DiagnoseOptions options, Run run, IWalkProgress progress, CancellationToken cancel);
}
