using Pessimist.Engine.Walk;
using Pessimist.Observations;
using Pessimist.Runs;
using Pessimist.Torch;

namespace Pessimist.Cli.Commands;

/// <summary>The walk on libtorch.</summary>
sealed class TorchWalker : IWalker
{
    public Machine Describe(DiagnoseOptions options)
    {
        Torch.Torch.Require();
        var device = options.Device != "auto" ? options.Device : Device.CudaCount > 0 ? "cuda" : "cpu";
        if (device.StartsWith("cuda", StringComparison.Ordinal) && Device.CudaCount == 0)
            throw new PessimistException($"--device {device}: libtorch {Torch.Torch.Version} sees no CUDA device", "leave --device out, or set LIBTORCH to a libtorch with CUDA");
        return new Machine(device, Torch.Torch.Version, Torch.Torch.Blas, Threads.Count);
    }

    public RunEnding Walk(DiagnoseOptions options, Run run, IWalkProgress progress, CancellationToken cancel) =>
        new PlaybookWalk(options, progress).Execute(run, cancel);
}
