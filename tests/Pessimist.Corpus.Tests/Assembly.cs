// The random numbers, the live-tensor count and the threads belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
