using System.Numerics;
using System.Runtime.InteropServices;

namespace Pessimist.Evaluation;

/// <summary>The two products that linear models need, vectorised over features in tiles of four rows by two outputs.</summary>
static class LinearKernels
{
    /// <summary>outputs[i - first, k] = x_i · w_k. Weights are outputs x Width.</summary>
    internal static void Forward(PaddedRows rows, int first, int end, ReadOnlySpan<float> weights, int outputs, Span<float> results)
    {
        for (var i = first; i < end; i += 4)
        {
            ReadOnlySpan<Vector<float>> x0 = rows.Vectors(i), x1 = rows.Vectors(i + 1), x2 = rows.Vectors(i + 2), x3 = rows.Vectors(i + 3);
            for (var k = 0; k < outputs; k += 2)
            {
                var second = Math.Min(k + 1, outputs - 1);
                ReadOnlySpan<Vector<float>> w0 = Row(weights, k, rows.Width), w1 = Row(weights, second, rows.Width);
                Vector<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
                for (var j = 0; j < x0.Length; j++)
                {
                    Vector<float> u = w0[j], v = w1[j];
                    s00 = Vector.FusedMultiplyAdd(x0[j], u, s00);
                    s01 = Vector.FusedMultiplyAdd(x0[j], v, s01);
                    s10 = Vector.FusedMultiplyAdd(x1[j], u, s10);
                    s11 = Vector.FusedMultiplyAdd(x1[j], v, s11);
                    s20 = Vector.FusedMultiplyAdd(x2[j], u, s20);
                    s21 = Vector.FusedMultiplyAdd(x2[j], v, s21);
                    s30 = Vector.FusedMultiplyAdd(x3[j], u, s30);
                    s31 = Vector.FusedMultiplyAdd(x3[j], v, s31);
                }

                Store(results, i - first, end - first, k, second, outputs, s00, s01);
                Store(results, i - first + 1, end - first, k, second, outputs, s10, s11);
                Store(results, i - first + 2, end - first, k, second, outputs, s20, s21);
                Store(results, i - first + 3, end - first, k, second, outputs, s30, s31);
            }
        }
    }

    /// <summary>gradient_k += Σ_i factors[i - first, k] · x_i. The gradient is outputs x Width.</summary>
    internal static void Backward(PaddedRows rows, int first, int end, ReadOnlySpan<float> factors, int outputs, Span<float> gradient)
    {
        for (var i = first; i < end; i += 4)
        {
            ReadOnlySpan<Vector<float>> x0 = rows.Vectors(i), x1 = rows.Vectors(i + 1), x2 = rows.Vectors(i + 2), x3 = rows.Vectors(i + 3);
            for (var k = 0; k < outputs; k++)
            {
                var sums = MemoryMarshal.Cast<float, Vector<float>>(gradient.Slice(k * rows.Width, rows.Width));
                Vector<float> f0 = Factor(factors, i, k), f1 = Factor(factors, i + 1, k), f2 = Factor(factors, i + 2, k), f3 = Factor(factors, i + 3, k);
                for (var j = 0; j < sums.Length; j++)
                {
                    var sum = Vector.FusedMultiplyAdd(f0, x0[j], sums[j]);
                    sum = Vector.FusedMultiplyAdd(f1, x1[j], sum);
                    sum = Vector.FusedMultiplyAdd(f2, x2[j], sum);
                    sums[j] = Vector.FusedMultiplyAdd(f3, x3[j], sum);
                }
            }
        }

        Vector<float> Factor(ReadOnlySpan<float> all, int row, int output) => row < end ? new Vector<float>(all[(row - first) * outputs + output]) : default;
    }

    static void Store(Span<float> results, int row, int count, int k, int second, int outputs, Vector<float> a, Vector<float> b)
    {
        if (row >= count)
            return;
        results[row * outputs + k] = Vector.Sum(a);
        results[row * outputs + second] = Vector.Sum(b);
    }

    static ReadOnlySpan<Vector<float>> Row(ReadOnlySpan<float> values, int row, int width) =>
        MemoryMarshal.Cast<float, Vector<float>>(values.Slice(row * width, width));
}
