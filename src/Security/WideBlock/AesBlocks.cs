using System.Runtime.Intrinsics;

namespace NTMobile.Security.WideBlock;

/// <summary>AES-256 under one key: single blocks, and the key stream XCTR that is made of it. Several threads may use one at once; nothing
/// is allocated.</summary>
internal abstract class AesBlocks : IDisposable
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Bytes of a block.</summary>
    public const int BlockSize = 16;

    /// <summary>The fastest that this processor has.</summary>
    /// <param name="key">32 bytes; they are copied.</param>
    /// <param name="portable">Without this project's use of the processor's instructions: by .NET's library.</param>
    public static AesBlocks Create(ReadOnlySpan<byte> key, bool portable = false) =>
        portable ? new AesLibrary(key)
        : X86AesRounds.IsSupported ? new AesInstructions<X86AesRounds>(key)
        : ArmAesRounds.IsSupported ? new AesInstructions<ArmAesRounds>(key)
        : new AesLibrary(key);

    /// <summary>Enciphers one block.</summary>
    public abstract Vector128<byte> Encrypt(Vector128<byte> block);

    /// <summary>Deciphers one block.</summary>
    public abstract Vector128<byte> Decrypt(Vector128<byte> block);

    /// <summary>XCTR (HCTR2's paper §2.3): adds E(nonce ⊕ 1) ‖ E(nonce ⊕ 2) ‖ … to a text. The numbers are little-endian.</summary>
    public abstract void XorKeyStream(Vector128<byte> nonce, Span<byte> text);

    public abstract void Dispose();
}
