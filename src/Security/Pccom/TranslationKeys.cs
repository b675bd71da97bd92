using System.Buffers.Binary;
using System.Security.Cryptography;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Pccom;

/// <summary>The keys of one agreement to translate: PCCOM's, if payloads are enciphered, and those of the probes.</summary>
/// <remarks><code>
/// secret = HKDF-Extract(salt "NTM1 translation", initiator's share ‖ responder's share)
/// PCCOM  = HKDF-Expand(secret, "NTM1 packets") 32          probes = HKDF-Expand(secret, "NTM1 probes" ‖ direction (1)) 32
/// marker = first 8 bytes of HMAC-SHA256(probes, protocol (1) ‖ flow (4))
/// tag    = first 16 bytes of HMAC-SHA256(probes, protocol (1) ‖ flow (4) ‖ what it covers)
/// </code>Both shares travel inside the session, so the keys are as secret as what the tunnel carries. Probes are authentic without PCCOM too.</remarks>
public sealed class TranslationKeys : IDisposable
{
    private const int KeySize = 32;
    private const int LaneSize = 5;
    private const int LargestCover = 32;
    private readonly byte[] _sending = new byte[KeySize];
    private readonly byte[] _receiving = new byte[KeySize];

    /// <summary>Makes the keys.</summary>
    /// <param name="ownShare">This end's random bytes.</param>
    /// <param name="peerShare">The other end's, as many.</param>
    /// <param name="initiator">Whether this end began the session.</param>
    /// <param name="enciphers">Whether packets are protected by PCCOM.</param>
    public TranslationKeys(ReadOnlySpan<byte> ownShare, ReadOnlySpan<byte> peerShare, bool initiator, bool enciphers)
    {
        Require.Length(ownShare, KeySize);
        Require.Length(peerShare, KeySize);
        Span<byte> secret = stackalloc byte[KeySize], packets = stackalloc byte[KeySize], shares = stackalloc byte[2 * KeySize];
        (initiator ? ownShare : peerShare).CopyTo(shares);
        (initiator ? peerShare : ownShare).CopyTo(shares[KeySize..]);
        HKDF.Extract(HashAlgorithmName.SHA256, shares, "NTM1 translation"u8, secret);
        var (sending, receiving) = initiator
            ? (PccomDirection.ToResponder, PccomDirection.ToInitiator)
            : (PccomDirection.ToInitiator, PccomDirection.ToResponder);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, _sending, [.. "NTM1 probes"u8, (byte)sending]);
        HKDF.Expand(HashAlgorithmName.SHA256, secret, _receiving, [.. "NTM1 probes"u8, (byte)receiving]);
        if (enciphers)
        {
            HKDF.Expand(HashAlgorithmName.SHA256, secret, packets, "NTM1 packets"u8);
            Pccom = new PccomSession(packets, initiator);
        }

        CryptographicOperations.ZeroMemory(secret);
        CryptographicOperations.ZeroMemory(packets);
        CryptographicOperations.ZeroMemory(shares);
    }

    /// <summary>Protects the packets; null: nothing does.</summary>
    public PccomSession? Pccom { get; }

    /// <summary>With which a lane's probes begin.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="flow">The lane's number.</param>
    /// <param name="own">Of the probes that this end sends; else of those that it receives.</param>
    public ulong Marker(byte protocol, uint flow, bool own)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(protocol, flow, own, [], hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>Writes the tag of a probe.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="flow">The lane's number.</param>
    /// <param name="covered">What it covers, at most 32 bytes.</param>
    /// <param name="tag">16 bytes.</param>
    public void WriteTag(byte protocol, uint flow, ReadOnlySpan<byte> covered, Span<byte> tag)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(protocol, flow, true, covered, hash);
        hash[..tag.Length].CopyTo(tag);
    }

    /// <summary>Whether a received probe's tag is right.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="flow">The lane's number.</param>
    /// <param name="covered">What it covers, at most 32 bytes.</param>
    /// <param name="tag">16 bytes.</param>
    public bool IsTagRight(byte protocol, uint flow, ReadOnlySpan<byte> covered, ReadOnlySpan<byte> tag)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(protocol, flow, false, covered, hash);
        return CryptographicOperations.FixedTimeEquals(hash[..tag.Length], tag);
    }

    /// <summary>Erases the keys, see <see cref="PccomCipher.Dispose"/>.</summary>
    public void Dispose()
    {
        Pccom?.Dispose();
        CryptographicOperations.ZeroMemory(_sending);
        CryptographicOperations.ZeroMemory(_receiving);
    }

    private void Hash(byte protocol, uint flow, bool own, ReadOnlySpan<byte> covered, Span<byte> hash)
    {
        Span<byte> message = stackalloc byte[LaneSize + LargestCover];
        message[0] = protocol;
        BinaryPrimitives.WriteUInt32BigEndian(message[1..], flow);
        covered.CopyTo(message[LaneSize..]);
        HMACSHA256.HashData(own ? _sending : _receiving, message[..(LaneSize + covered.Length)], hash);
    }
}
