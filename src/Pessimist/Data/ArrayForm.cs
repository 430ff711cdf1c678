namespace Pessimist.Data;

/// <summary>What the examples of an array are to be seen as.</summary>
public enum ArrayForm
{
    /// <summary>Features without an order: [features].</summary>
    Table,

    /// <summary>[steps, features].</summary>
    Sequence,

    /// <summary>[channels, height, width].</summary>
    Picture,
}

/// <summary>Sees what was read as something else: the rows of a picture as steps of a sequence, for instance.</summary>
static class ArrayForms
{
    /// <exception cref="PessimistException">Examples of this shape cannot be seen so.</exception>
    public static RawData See(this RawData raw, ArrayForm form)
    {
        if (raw.Items is not { } items)
            return form == ArrayForm.Table ? raw : throw new PessimistException($"--as {Name(form)}: {raw.Source} is a table already",
                form == ArrayForm.Sequence ? "--sequence-id COLUMN joins the rows of a table to sequences" : "--model lenet sees columns that are pixels as pictures");
        int[] shape = (form, items.Shape) switch
        {
            (ArrayForm.Table, _) => [items.ItemLength],
            (ArrayForm.Sequence, [1, var height, var width]) => [height, width],
            (ArrayForm.Sequence, [var steps, var features]) => [steps, features],
            (ArrayForm.Sequence, [var steps]) => [steps, 1],
            (ArrayForm.Picture, [var channels, var height, var width]) => [channels, height, width],
            (ArrayForm.Picture, [var height, var width]) => [1, height, width],
            (ArrayForm.Picture, [var length]) when Side(length) is var side && side * side == length => [1, side, side],
            _ => throw new PessimistException($"--as {Name(form)}: each example of {raw.Source} has shape [{string.Join(", ", items.Shape)}]", form == ArrayForm.Picture
                ? "a picture has two axes, three with its channels, or a square number of pixels" : "a sequence has two axes, steps and features; pictures of several channels have three"),
        };
        return raw.With(form == ArrayForm.Picture ? DataKind.Images : DataKind.Arrays, items.Seen(shape), $"each example of {raw.Source} is seen as a {Name(form)} of shape [{string.Join(", ", shape)}], as --as says");
    }

    static int Side(int length) => (int)Math.Round(Math.Sqrt(length));

    static string Name(ArrayForm form) => form.ToString().ToLowerInvariant();
}
