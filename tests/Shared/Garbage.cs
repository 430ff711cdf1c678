namespace Pessimist.Tests;

static class Garbage
{
    /// <summary>Lets the finalizers run. Live tensors are counted over the whole process: those that earlier tests left to the finalizer must not go while a test counts.</summary>
    public static void Settle()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
