using NTMobile.Packets;

namespace NTMobile.NetfilterBridge;

// What a queue's parser found; pointers go into the queue's buffers.
internal unsafe struct PacketRecord
{
    public byte* Payload;
    public byte* BufferStart;
    public int BufferLength;
    public int PayloadLength;
    public int RealLength;
    public uint Id;
    public uint Mark;
    public uint SkbInfo;
    public int InputInterface;
    public int OutputInterface;
    public ulong SourceMac;
    public ushort HardwareProtocol;
    public byte Hook;
}

/// <summary>A packet that waits for its verdict. Borrowed until the queue's next Receive; its bytes may be overwritten.</summary>
public readonly unsafe ref struct QueuedPacket
{
    private readonly PacketRecord* _record;

    internal QueuedPacket(PacketRecord* record) => _record = record;

    /// <summary>The id that the verdict names. Ids of a queue ascend.</summary>
    public uint Id => _record->Id;

    /// <summary>The packet, from its IP header on; empty in <see cref="NfQueueMode.CopyMeta"/>.</summary>
    public Span<byte> Payload => new(_record->Payload, _record->PayloadLength);

    /// <summary>The memory around the packet: at least <see cref="NfQueue.Headroom"/> writable bytes before it and some after it.</summary>
    public Span<byte> Buffer => new(_record->BufferStart, _record->BufferLength);

    /// <summary>Where the packet begins in <see cref="Buffer"/>.</summary>
    public int Start => (int)(_record->Payload - _record->BufferStart);

    internal byte* Address => _record->Payload;

    /// <summary>Bytes of the packet that were handed over.</summary>
    public int Length => _record->PayloadLength;

    /// <summary>Bytes of the packet in the kernel; more than <see cref="Length"/> when it was cut or not handed over.</summary>
    public int RealLength => _record->RealLength;

    /// <summary>Whether bytes are missing.</summary>
    public bool IsTruncated => _record->RealLength > _record->PayloadLength;

    /// <summary>EtherType: 0x0800 IPv4, 0x86DD IPv6.</summary>
    public ushort HardwareProtocol => _record->HardwareProtocol;

    /// <summary>Netfilter hook: 0 prerouting, 1 input, 2 forward, 3 output, 4 postrouting.</summary>
    public int Hook => _record->Hook;

    /// <summary>Number of the interface it came in by, or zero.</summary>
    public int InputInterface => _record->InputInterface;

    /// <summary>Number of the interface it goes out by, or zero.</summary>
    public int OutputInterface => _record->OutputInterface;

    /// <summary>The packet's mark.</summary>
    public uint Mark => _record->Mark;

    /// <summary>Ethernet address it came from, or zero.</summary>
    public MacAddress SourceMac => new(_record->SourceMac);

    /// <summary>Whether the transport checksum is partial: the field holds the pseudo-header's sum, and the rest was left to hardware.</summary>
    public bool HasPartialChecksum => (_record->SkbInfo & Nfnetlink.NFQA_SKB_CSUMNOTREADY) != 0;

    /// <summary>Whether it is a super-packet, several segments under one header. Its payload cannot be replaced by the verdict.</summary>
    public bool IsSuperPacket => (_record->SkbInfo & Nfnetlink.NFQA_SKB_GSO) != 0;
}
