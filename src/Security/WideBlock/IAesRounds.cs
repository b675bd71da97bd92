using System.Runtime.Intrinsics;

namespace NTMobile.Security.WideBlock;

/// <summary>The rounds of AES (FIPS 197 §5) by one kind of processor's instructions. The round key is added last, as x86 does it.</summary>
internal interface IAesRounds
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>ShiftRows, SubBytes, MixColumns, AddRoundKey.</summary>
    static abstract Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key);

    /// <summary>The same without MixColumns.</summary>
    static abstract Vector128<byte> LastRound(Vector128<byte> state, Vector128<byte> key);

    /// <summary>InvShiftRows, InvSubBytes, InvMixColumns, AddRoundKey: a round of the equivalent inverse cipher (FIPS 197 §5.3.5).</summary>
    static abstract Vector128<byte> InverseRound(Vector128<byte> state, Vector128<byte> key);

    /// <summary>The same without InvMixColumns.</summary>
    static abstract Vector128<byte> InverseLastRound(Vector128<byte> state, Vector128<byte> key);

    /// <summary>InvMixColumns alone, which makes the inverse cipher's round keys.</summary>
    static abstract Vector128<byte> InverseMixColumns(Vector128<byte> value);
}
