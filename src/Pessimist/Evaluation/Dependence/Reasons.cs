using System.Globalization;

namespace Pessimist.Evaluation;

/// <summary>The sentences of <see cref="LabelDependence"/>.</summary>
static class Reasons
{
    internal static string Agreement(LabelDependence result) => Say(
        $"neighbours agree on their labels by {result.Agreement:0.000}, permuted labels by {result.NullMean:0.000} (at most {result.NullHigh:0.000}; p = {result.P:0.000})");

    internal static string Associated(LabelDependence result, FeatureAssociation association) => Say(
        $"neighbours agree no more than by chance (p = {result.P:0.000}), but features and labels are associated (p = {association.P:0.000}; strongest: column {association.StrongestFeature}, R² of ranks {association.StrongestR2:0.000})");

    internal static string Independent(LabelDependence result, double excess, double r2) => Say(
        $"neighbours agree on their labels by {result.Agreement:0.000}, as permuted labels do ({result.NullMean:0.000}, at most {result.NullHigh:0.000}; p = {result.P:0.000}), and no feature or component is associated with the labels (p = {result.AssociationP:0.000}); any excess agreement is below {excess:0.000} and any R² below {r2:0.000}");

    internal static string NotEnough(LabelDependence result, double excess, double r2) => Say(
        $"no dependence of the labels on the inputs was seen (p = {result.P:0.000} and {result.AssociationP:0.000}), but with {result.Rows} rows an excess agreement of {excess:0.000} or an R² of {r2:0.000} cannot be ruled out");

    internal static string Shifted(LabelDependence result, int shift, double agreement) => Say(
        $"neighbours agree by {agreement:0.000} when every label is taken from {Rows(shift)}, and by {result.Agreement:0.000} as the file stands (permuted labels: {result.NullMean:0.000})");

    internal static string Block(RowRange range, double agreement, double chance, double elsewhere, int? shift)
    {
        var mends = shift is { } s ? $"; taking each label there from {Rows(s)} mends it" : "";
        return Say(
            $"in rows {range.First + 1} to {range.Last + 1}, to the nearest block, labels agree with their neighbours' by {agreement:0.000}, about as permuted labels do ({chance:0.000}); elsewhere they agree by {elsewhere:0.000}{mends}");
    }

    static string Rows(int shift) => Say($"{Math.Abs(shift)} row{(Math.Abs(shift) == 1 ? "" : "s")} {(shift > 0 ? "below" : "above")}");

    static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
