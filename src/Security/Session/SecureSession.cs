using System.Security.Cryptography;
using NTMobile.Security.Noise;
using NTMobile.Wire;

namespace NTMobile.Security.Session;

/// <summary>The keys, the counter and the receive window between two parties: node and node, node and DS, node and RS.
/// One session runs over any number of paths.</summary>
/// <remarks>The form of the datagrams is that of <see cref="SealedDatagram"/>.
/// Who may call what:
/// <list type="bullet">
/// <item>any packet loop, at any time: <see cref="TryReserve"/>, <see cref="Reserve"/>, <see cref="Seal"/>;</item>
/// <item>the one receiving thread: <see cref="TryOpen"/>;</item>
/// <item>the one control thread: everything that changes epochs, and <see cref="Dispose"/> when no loop knows the session any more;</item>
/// <item>anybody: the properties, which may lag by a packet.</item>
/// </list>
/// The counter goes on through all epochs, so that one window serves them all and no nonce can come twice.
/// </remarks>
public sealed partial class SecureSession : IDisposable
{
    /// <summary>Bytes before the sealed content.</summary>
    public const int HeaderSize = SealedDatagram.HeaderSize;

    /// <summary>Bytes that sealing adds: header and tag.</summary>
    public const int Overhead = HeaderSize + PacketCipher.TagSize;

    /// <summary>AES-GCM is rekeyed before this many packets of one epoch (protocol.md, "Data").</summary>
    public const ulong RekeyAfterPackets = 1UL << 28;

    /// <summary>No more than this many packets are sealed in one epoch, whatever the suite: <see cref="TryReserve"/> then refuses.</summary>
    public const ulong MaxPacketsInEpoch = 1UL << 32;

    private readonly IRandom _random;
    private readonly KeySchedule _schedule;
    private readonly ReceiveSide _receive = new();
    private readonly SendSide _sending;
    private (nint Address, int Bytes) _sendingPlace; // of the keys, for fetching them ahead; may be out of date
    private (nint Address, int Bytes) _receivingPlace;

    private SecureSession(KeySchedule schedule, EpochKeys first, CipherSuite suite, IRandom random, ulong firstCounter)
    {
        _schedule = schedule;
        _random = random;
        Suite = suite;
        _ring[0] = first;
        (_sendingPlace, _receivingPlace) = (first.Send.Place, first.Receive.Place);
        _sending = new SendSide { Keys = first, Next = firstCounter, EpochStart = firstCounter };
    }

    /// <summary>How packets are sealed.</summary>
    public CipherSuite Suite { get; }

    /// <summary>The epoch that <see cref="Seal"/> uses, modulo 256.</summary>
    public byte SendEpoch => _sending.Keys.Epoch;

    /// <summary>Counters reserved since the present send epoch was activated.</summary>
    public ulong PacketsSealedInEpoch => Volatile.Read(ref _sending.Next) - Volatile.Read(ref _sending.EpochStart);

    /// <summary>True when the number of packets alone asks for a rekey.</summary>
    public bool WantsRekey => PacketsSealedInEpoch >= RekeyAfterPackets / 2;

    /// <summary>Packets opened so far. A responder sends nothing before this is above zero: only then the peer has its keys.</summary>
    public ulong PacketsOpened => Volatile.Read(ref _receive.Opened);

    /// <summary>The newest epoch in which a packet was opened, modulo 256: the peer has these keys for sure.</summary>
    public byte NewestEpochOpened => Volatile.Read(ref _receive.NewestEpoch);

    /// <summary>The session that follows from a complete handshake. Send epoch and receive epoch are 0.</summary>
    /// <param name="handshake">Complete; still the caller's to dispose.</param>
    /// <param name="suite">Agreed inside the handshake.</param>
    /// <param name="random">For the keys of later epochs.</param>
    /// <exception cref="InvalidOperationException">The handshake is not complete.</exception>
    public static SecureSession FromHandshake(NoiseHandshake handshake, CipherSuite suite, IRandom random)
    {
        Span<byte> chainingKey = stackalloc byte[32];
        handshake.ExportChainingKey(chainingKey);
        SecureSession session = Create(chainingKey, handshake.HandshakeHash, handshake.IsInitiator, suite, random);
        CryptographicOperations.ZeroMemory(chainingKey);
        return session;
    }

    /// <summary>A session from a secret that one party made and gave to the other inside another session.</summary>
    /// <param name="key">32 random bytes, used for this session alone.</param>
    /// <param name="initiator">True for the party that was given the key.</param>
    /// <param name="suite">Agreed with the key.</param>
    /// <param name="random">For the keys of later epochs.</param>
    public static SecureSession FromKey(ReadOnlySpan<byte> key, bool initiator, CipherSuite suite, IRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, 32, nameof(key));
        return Create(key, "NTM1 given key"u8, initiator, suite, random);
    }

    /// <summary>The same from the handshake's secrets; <paramref name="firstCounter"/> other than 0 is for tests.</summary>
    internal static SecureSession Create(
        ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> handshakeHash, bool initiator, CipherSuite suite, IRandom random, ulong firstCounter = 0)
    {
        var schedule = new KeySchedule(suite, initiator);
        return new SecureSession(schedule, schedule.Start(chainingKey, handshakeHash), suite, random, firstCounter);
    }

    /// <summary>How often a datagram was refused for this reason.</summary>
    public long FailureCount(OpenFailure failure) => Volatile.Read(ref _receive.Failures[(int)failure]);

    /// <summary>Erases all keys. No thread may be in the session or come to use it again.</summary>
    public void Dispose()
    {
        foreach (EpochKeys? keys in _ring)
        {
            keys?.Dispose();
        }

        EraseRetired();
        _pending?.Dispose();
        _schedule.Dispose();
    }

    /// <summary>Apart from what the receiver writes, so that the two do not share a cache line by design.</summary>
    private sealed class SendSide
    {
        public volatile EpochKeys Keys = null!; // published by the control thread
        public ulong EpochStart; // written by the control thread
        public ulong Next; // written by every sender, interlocked
    }

    /// <summary>Written by the receiving thread only.</summary>
    private sealed class ReceiveSide
    {
        public readonly ReplayWindow Window = new();
        public readonly long[] Failures = new long[(int)OpenFailure.Forged + 1];
        public ulong Opened;
        public byte NewestEpoch;
    }
}
