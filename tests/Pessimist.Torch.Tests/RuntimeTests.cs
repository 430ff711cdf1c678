namespace Pessimist.Torch.Tests;

public sealed class RuntimeTests
{
    [Fact]
    public void Libtorch_tells_what_it_is()
    {
        Torch.IsAvailable.ShouldBeTrue();
        Torch.Version.ShouldMatch(@"^\d+\.\d+");
        Torch.Configuration.ShouldContain("BLAS");
        Torch.Threading.ShouldContain("at::get_num_threads()");
    }

    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0", true)]
    [InlineData("/usr/lib/libblas.so.3", true)]
    [InlineData("/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3", false)]
    [InlineData("/usr/lib/x86_64-linux-gnu/blis-openmp/libblas.so.4.0.0", false)]
    [InlineData("/usr/lib/x86_64-linux-gnu/libopenblas.so.0", false)]
    [InlineData("/opt/intel/libmkl_rt.so.2", false)]
    public void The_reference_Blas_is_told_from_a_fast_one(string file, bool slow) => Torch.IsReferenceBlas(file).ShouldBe(slow);

    [Fact]
    public void The_Blas_in_use_is_a_file()
    {
        if (Torch.Blas is { } blas) File.Exists(blas).ShouldBeTrue();
        else Torch.BlasIsSlow.ShouldBeFalse();
    }

    [Fact]
    public void The_number_of_threads_is_set_and_read()
    {
        var before = Threads.Count;
        try
        {
            Threads.Count = 1;
            Threads.Count.ShouldBe(1);
            Should.Throw<TorchException>(() => Threads.Count = 0);
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void Memory_is_counted_while_asked_for()
    {
        Memory.Track = true;
        try
        {
            var before = Memory.CurrentBytes();
            using (var big = Tensor.Zeros([1000, 1000]))
            {
                (Memory.CurrentBytes() - before).ShouldBeInRange(4_000_000, 4_100_000);
            }
            (Memory.CurrentBytes() - before).ShouldBeLessThan(4_000_000);
            Memory.PeakBytes().ShouldBeGreaterThanOrEqualTo(before + 4_000_000);
            Memory.ResetPeak();
            Memory.PeakBytes().ShouldBe(Memory.CurrentBytes());
        }
        finally
        {
            Memory.Track = false;
        }
        var off = Memory.CurrentBytes();
        using var uncounted = Tensor.Zeros([1000, 1000]);
        Memory.CurrentBytes().ShouldBe(off);
    }

    [Fact]
    public void A_device_is_read_and_checked()
    {
        Device.Parse("cpu").ShouldBe(Device.Cpu);
        Device.Parse("cuda").ShouldBe(Device.Cuda());
        Device.Parse("cuda:1").ToString().ShouldBe("cuda:1");
        foreach (var text in new[] { "", "gpu", "cuda:", "cuda:-1", "cuda:999", "cpu:1", "CPU" })
        {
            Should.Throw<TorchException>(() => Device.Parse(text)).Message.ShouldContain($"'{text}'");
        }
        Device.Cpu.Require();
        var missing = Device.Cuda(Device.CudaCount);
        Should.Throw<TorchException>(missing.Require).Message.ShouldContain(missing.ToString());
        Should.Throw<TorchException>(() => Tensor.Zeros([1], device: missing)).Message.Length.ShouldBeLessThan(1200);
    }

    [Fact]
    public void Warnings_wait_to_be_asked_for()
    {
        _ = Torch.TakeWarnings();
        using var scope = Scope.New();
        Functional.MseLoss(Tensor.Zeros([2, 1]), Tensor.Zeros([2]));
        Functional.L1Loss(Tensor.Zeros([2, 1]), Tensor.Zeros([2]));
        Tensor.Zeros([1]).Expand(3).MaskedFillInPlace(Tensor.Ones([3], DType.Bool), 1);
        Torch.TakeWarnings().ShouldContain(text => text.Contains("masked_fill_", StringComparison.Ordinal));
        Torch.TakeWarnings().ShouldBeEmpty();
    }
}
