using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace NTMobile.Security.WideBlock;

/// <summary>Armv8's cryptographic extension. AESE and AESD add the round key <i>first</i>: they get a key of zeros, and the right one is
/// added behind them.</summary>
internal readonly struct ArmAesRounds : IAesRounds
{
    public static bool IsSupported => Aes.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Round(Vector128<byte> state, Vector128<byte> key) =>
        Aes.MixColumns(Aes.Encrypt(state, Vector128<byte>.Zero)) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LastRound(Vector128<byte> state, Vector128<byte> key) => Aes.Encrypt(state, Vector128<byte>.Zero) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> InverseRound(Vector128<byte> state, Vector128<byte> key) =>
        Aes.InverseMixColumns(Aes.Decrypt(state, Vector128<byte>.Zero)) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> InverseLastRound(Vector128<byte> state, Vector128<byte> key) =>
        Aes.Decrypt(state, Vector128<byte>.Zero) ^ key;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> InverseMixColumns(Vector128<byte> value) => Aes.InverseMixColumns(value);
}
