namespace Pessimist.Data;

/// <summary>How an input of the network was made from a column.</summary>
public enum FeatureKind
{
    /// <summary>The number itself; where missing, the mean of the training rows.</summary>
    Number,

    /// <summary>1 where the column's value is missing.</summary>
    MissingIndicator,

    /// <summary>1 where the column holds one category.</summary>
    Category,

    /// <summary>A pixel or another element of an array.</summary>
    Element,
}

/// <summary>One input of the network. <paramref name="Column"/> is the column of the file; for a category <paramref name="Name"/> is "column=value".</summary>
public sealed record Feature(string Name, string Column, FeatureKind Kind)
{
    /// <summary>0/1 by construction: not standardised.</summary>
    public bool IsIndicator => Kind is FeatureKind.MissingIndicator or FeatureKind.Category;
}
