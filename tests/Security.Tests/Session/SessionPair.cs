using System.Security.Cryptography;
using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Session;

/// <summary>Two ends of one session with fixed secrets.</summary>
internal sealed class SessionPair : IDisposable
{
    public const byte Data = 0x20;
    public const uint Path = 0x2A5A5A;

    private static readonly byte[] ChainingKey = SHA256.HashData([1]);
    private static readonly byte[] HandshakeHash = SHA256.HashData([2]);

    public SessionPair(CipherSuite suite = CipherSuite.ChaCha20Poly1305, ulong firstCounter = 0)
    {
        Alice = SecureSession.Create(ChainingKey, HandshakeHash, true, suite, new SeededRandom(1), firstCounter);
        Bob = SecureSession.Create(ChainingKey, HandshakeHash, false, suite, new SeededRandom(2), firstCounter);
    }

    public SecureSession Alice { get; }

    public SecureSession Bob { get; }

    public static TheoryData<CipherSuite> Suites => CipherSuites.Preferred == CipherSuite.Aes256Gcm
        ? [CipherSuite.Aes256Gcm, CipherSuite.ChaCha20Poly1305]
        : [CipherSuite.ChaCha20Poly1305];

    public static byte[] Seal(SecureSession from, params byte[] plaintext)
    {
        byte[] datagram = new byte[plaintext.Length + SecureSession.Overhead];
        Assert.Equal(datagram.Length, from.Seal(Data, Path, from.Reserve(1), plaintext, datagram));
        return datagram;
    }

    public static OpenFailure Open(SecureSession to, byte[] datagram)
    {
        byte[] copy = [.. datagram];
        to.TryOpen(copy, out _, out OpenFailure failure);
        return failure;
    }

    /// <summary>A whole rekey with nothing lost, both ends sending on the new epoch afterwards.</summary>
    public byte Rekey()
    {
        byte[] offer = new byte[32], answer = new byte[32];
        byte epoch = Alice.PrepareRekey(offer);
        Assert.Equal(RekeyResult.Installed, Bob.AcceptRekey(epoch, offer, answer));
        Assert.Equal(RekeyResult.Installed, Alice.CompleteRekey(epoch, answer));
        Alice.ActivateSend(epoch);
        Bob.ActivateSend(epoch);
        return epoch;
    }

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
    }
}
