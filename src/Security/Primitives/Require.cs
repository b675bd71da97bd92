using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace NTMobile.Security.Primitives;

/// <summary>Checks of our own callers: a mistake throws.</summary>
internal static class Require
{
    public static void Length(ReadOnlySpan<byte> value, int length, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value.Length != length)
        {
            throw new ArgumentException($"{length} bytes are needed, {value.Length} were given.", name);
        }
    }

    public static void AtLeast(ReadOnlySpan<byte> value, int length, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value.Length < length)
        {
            throw new ArgumentException($"At least {length} bytes are needed, {value.Length} were given.", name);
        }
    }

    /// <summary>For native calls that cannot fail with arguments of the right size.</summary>
    public static void Success(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != 0)
        {
            throw new CryptographicException($"{call} failed.");
        }
    }
}
