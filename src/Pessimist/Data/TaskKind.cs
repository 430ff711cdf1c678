namespace Pessimist.Data;

/// <summary>What is predicted.</summary>
public enum TaskKind
{
    /// <summary>One of two classes.</summary>
    Binary,

    /// <summary>One of three or more classes.</summary>
    MultiClass,

    /// <summary>One or more numbers.</summary>
    Regression,

    /// <summary>Any number of yes/no labels at once.</summary>
    MultiLabel,
}
