using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>A TCP segment or UDP datagram and what NATs on its way see of the packet around it. One object serves millions of packets.</summary>
internal sealed class WirePacket
{
    private readonly byte[] _bytes = new byte[2048];

    public uint Source { get; set; }

    public uint Destination { get; set; }

    public byte Protocol { get; set; }

    public int Length { get; set; }

    public Span<byte> Transport => _bytes.AsSpan(0, Length);

    public int ChecksumAt => Protocol == IpProtocol.Tcp ? Tcp.ChecksumAt : Udp.ChecksumAt;

    public int PayloadAt => Protocol == IpProtocol.Tcp ? (_bytes[Tcp.HeaderWordsAt] >> 4) * 4 : Udp.HeaderLength;

    public ushort Pseudo => Checksum.PseudoHeader(Source, Destination, Protocol, Length);

    public ushort Field
    {
        get => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(ChecksumAt));
        set => BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(ChecksumAt), value);
    }

    /// <summary>The sum of all that the checksum is over, and of the field itself: with an ordinary checksum 0xFFFF.</summary>
    public ushort Sum => Checksum.Sum(Transport, Pseudo);

    /// <summary>A random segment with data, with the flags ACK and PSH, and a right checksum.</summary>
    public void FillTcp(ref Dice dice, int options, int payload)
    {
        Begin(ref dice, IpProtocol.Tcp, Tcp.MinimumHeaderLength + options + payload);
        _bytes[Tcp.HeaderWordsAt] = (byte)((Tcp.MinimumHeaderLength + options) << 2);
        _bytes[Tcp.FlagsAt] = (byte)(TcpFlags.Ack | TcpFlags.Psh);
        Complete();
    }

    /// <summary>A random datagram with a right checksum.</summary>
    public void FillUdp(ref Dice dice, int payload)
    {
        Begin(ref dice, IpProtocol.Udp, Udp.HeaderLength + payload);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(Udp.LengthAt), (ushort)Length);
        Complete();
    }

    /// <summary>Writes an ordinary checksum.</summary>
    public void Complete() => FitChecksum(ushort.MaxValue);

    /// <summary>Writes the checksum with which the sum is this one.</summary>
    public void FitChecksum(ushort sum) => Fit(ChecksumAt, sum);

    /// <summary>Writes the 16-bit word with which the sum is this one.</summary>
    public void Fit(int wordAt, ushort sum)
    {
        var word = _bytes.AsSpan(wordAt);
        BinaryPrimitives.WriteUInt16BigEndian(word, 0);
        BinaryPrimitives.WriteUInt16BigEndian(word, Checksum.Fold((uint)(ushort)~Sum + sum));
    }

    private void Begin(ref Dice dice, byte protocol, int length)
    {
        (Source, Destination) = ((uint)dice.Next(), (uint)dice.Next());
        (Protocol, Length) = (protocol, length);
        dice.Fill(Transport);
    }
}
