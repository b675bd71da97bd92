using NTMobile.Microbench.Cpu;
using NTMobile.Packets;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Security.Pccom;
using NTMobile.Security.Session;
using NTMobile.Security.WideBlock;
using NTMobile.Wire;

namespace NTMobile.Microbench.Pccom;

/// <summary>A batch of equal UDP packets, and what may be done with each of them.</summary>
internal sealed class PccomPackets : IDisposable
{
    private const uint Source = 0xC0A8_0001;
    private const uint Destination = 0xCB00_7101;

    private static readonly byte[] Key = Make.Bytes(PacketCipher.KeySize);
    private static readonly byte[] Aad = new byte[SealedDatagram.AadSize];

    private readonly byte[] _packet;
    private readonly byte[][] _buffers;
    private readonly PccomSession _initiator;
    private readonly PccomSession _responder;
    private readonly Hctr2 _hctr2;
    private readonly PacketCipher _tunnel = PacketCipher.Create(CipherSuites.Preferred, Key);
    private ulong _counter;

    public PccomPackets(int payload, bool portable)
    {
        _packet = Make.Udp(Source, Destination, 1000, 7, Make.Bytes(payload));
        _buffers = [.. Enumerable.Range(0, Lap.Batch).Select(_ => new byte[_packet.Length + PacketCipher.TagSize])];
        (_initiator, _responder) = (new PccomSession(Key, initiator: true, portable), new PccomSession(Key, initiator: false, portable));
        _hctr2 = new Hctr2(Key, portable);
    }

    /// <summary>The wide-block cipher alone.</summary>
    public Stage Hctr2() => new(Refill, () =>
    {
        foreach (var buffer in _buffers)
        {
            _hctr2.Encrypt(Aad, buffer.AsSpan(Ipv4.MinimumHeaderLength + Udp.HeaderLength, _packet.Length - Ipv4.MinimumHeaderLength - Udp.HeaderLength));
        }
    });

    /// <summary>The whole of protecting: reading headers, the check of the sender's checksum, cipher, keyed value.</summary>
    public Stage Protect() => new(Refill, ProtectAll);

    /// <summary>The whole of opening.</summary>
    public Stage Open() => new(RefillAndProtect, () =>
    {
        foreach (var buffer in _buffers)
        {
            Assert.True(_responder.Receiving.TryOpen(buffer, 0, out _));
        }
    });

    /// <summary>The tunnel's cipher alone, over as many bytes as it has to seal.</summary>
    public Stage Seal() => new(Refill, SealAll);

    /// <summary>Opening what was sealed.</summary>
    public Stage Unseal() => new(SealAll, () =>
    {
        var counter = _counter - (ulong)_buffers.Length;
        foreach (var buffer in _buffers)
        {
            Assert.True(_tunnel.Open(counter++, Aad, buffer));
        }
    });

    public void Dispose()
    {
        _initiator.Dispose();
        _responder.Dispose();
        _hctr2.Dispose();
        _tunnel.Dispose();
    }

    private void Refill() => Array.ForEach(_buffers, buffer => _packet.CopyTo(buffer, 0));

    private void RefillAndProtect()
    {
        Refill();
        ProtectAll();
    }

    private void ProtectAll()
    {
        foreach (var buffer in _buffers)
        {
            Assert.True(_initiator.Sending.TryProtect(buffer, 0, partialChecksum: false, out _));
        }
    }

    private void SealAll()
    {
        foreach (var buffer in _buffers)
        {
            _tunnel.Seal(_counter++, Aad, _packet, buffer);
        }
    }
}
