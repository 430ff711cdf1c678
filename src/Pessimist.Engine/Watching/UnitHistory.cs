namespace Pessimist.Engine.Watching;

/// <summary>
/// Which units were active, and which were not saturated, in any example of the last sampled batches: between one and two windows of them, so
/// that a unit that died late is told too.
/// </summary>
sealed class UnitHistory(int units)
{
    const int Window = 16;

    readonly bool[] _active = new bool[units], _activeBefore = new bool[units];
    readonly bool[] _free = new bool[units], _freeBefore = new bool[units];
    int _batches, _batchesBefore;

    public int Units => units;
    public int Batches => _batches + _batchesBefore;

    public void Next()
    {
        if (_batches >= Window)
        {
            _active.CopyTo(_activeBefore, 0);
            _free.CopyTo(_freeBefore, 0);
            Array.Clear(_active);
            Array.Clear(_free);
            (_batchesBefore, _batches) = (_batches, 0);
        }

        _batches++;
    }

    public void Active(int unit) => _active[unit] = true;

    public void Free(int unit) => _free[unit] = true;

    public int NeverActive => Count(_active, _activeBefore);

    public int AlwaysSaturated => Count(_free, _freeBefore);

    static int Count(bool[] now, bool[] before)
    {
        var count = 0;
        for (var i = 0; i < now.Length; i++)
            if (!now[i] && !before[i])
                count++;
        return count;
    }
}
