using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Microbench.Support;

/// <summary>What the tests' builders need of xunit's class of this name, so that they can be used without it.</summary>
internal static class Assert
{
    public static void True([DoesNotReturnIf(false)] bool condition, string? message = null)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message ?? "an assertion does not hold");
        }
    }

    public static void Equal<T>(T expected, T actual) =>
        True(EqualityComparer<T>.Default.Equals(expected, actual), $"expected {expected}, found {actual}");

    public static void Equal(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        True(expected.SequenceEqual(actual), "the bytes differ");

    public static T Single<T>(IEnumerable<T> items)
    {
        var all = items.ToArray();
        True(all.Length == 1, $"expected one, found {all.Length}");
        return all[0];
    }

    public static T IsType<T>(object? value)
    {
        True(value is T, $"expected a {typeof(T).Name}, found {value}");
        return (T)value!;
    }
}
