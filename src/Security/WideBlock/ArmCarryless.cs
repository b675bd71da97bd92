using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace NTMobile.Security.WideBlock;

/// <summary>PMULL and PMULL2 of Armv8's cryptographic extension.</summary>
internal readonly struct ArmCarryless : ICarrylessMultiplication
{
    public static bool IsSupported => Aes.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> Low(Vector128<ulong> left, Vector128<ulong> right) =>
        Aes.PolynomialMultiplyWideningLower(left.GetLower(), right.GetLower());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ulong> High(Vector128<ulong> left, Vector128<ulong> right) => Aes.PolynomialMultiplyWideningUpper(left, right);
}
