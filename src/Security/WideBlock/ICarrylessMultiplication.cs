using System.Runtime.Intrinsics;

namespace NTMobile.Security.WideBlock;

/// <summary>Products of polynomials over GF(2) of 64 bits each, 128 bits long (the last bit is zero). Bit i of a number stands for xⁱ.</summary>
internal interface ICarrylessMultiplication
{
    /// <summary>Whether this processor has what is needed.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The product of both lower halves.</summary>
    static abstract Vector128<ulong> Low(Vector128<ulong> left, Vector128<ulong> right);

    /// <summary>The product of both upper halves.</summary>
    static abstract Vector128<ulong> High(Vector128<ulong> left, Vector128<ulong> right);
}
