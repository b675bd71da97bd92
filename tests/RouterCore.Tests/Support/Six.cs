using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.RouterCore.Tests.Support;

/// <summary>Packets of devices that speak IPv6.</summary>
internal static class Six
{
    /// <summary>What alice's device has, and what it speaks with.</summary>
    public static readonly Ipv6Pair Alice = new(Address(0xFD00_0008, 0x64), Address(0xFD4E_5411, 0xB0B));

    /// <summary>The same at bob's: both LANs have one prefix and both devices one address.</summary>
    public static readonly Ipv6Pair Bob = new(Address(0xFD00_0008, 0x64), Address(0xFD4E_5422, 0xA11CE));

    /// <summary>alice's router on its LAN.</summary>
    public static readonly UInt128 Router = Address(0xFD00_0008, 1);

    /// <summary>The same transport in an IPv6 packet, with a right checksum.</summary>
    public static byte[] From(byte[] packet, UInt128 source, UInt128 destination)
    {
        Assert.True(Ipv4.TryRead(packet, out var ip));
        var transport = ip.Payload.ToArray();
        var protocol = ip.Protocol;
        if (protocol == IpProtocol.Icmp)
        {
            protocol = IpProtocol.Icmpv6;
            transport[0] = transport[0] == Icmp.EchoRequest ? Icmpv6.EchoRequest : Icmpv6.EchoReply;
            Icmpv6.WriteChecksum(transport, source, destination);
        }
        else
        {
            var field = transport.AsSpan(protocol == IpProtocol.Tcp ? Tcp.ChecksumAt : Udp.ChecksumAt, 2);
            field.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(
                field, Checksum.Compute(transport, Checksum.PseudoHeader(source, destination, protocol, transport.Length)));
        }

        return Packet(source, destination, protocol, transport, ip.TimeToLive);
    }

    public static byte[] Packet(UInt128 source, UInt128 destination, byte protocol, ReadOnlySpan<byte> payload, byte hopLimit = 64)
    {
        var packet = new byte[Ipv6.HeaderLength + payload.Length];
        Ipv6.Write(packet, source, destination, protocol, payload.Length, hopLimit);
        payload.CopyTo(packet.AsSpan(Ipv6.HeaderLength));
        return packet;
    }

    /// <summary>An ICMPv6 error about a packet, as its receiver sends it.</summary>
    public static byte[] Error(byte[] quoted, byte type, byte code, uint word = 0)
    {
        Assert.True(Ipv6.TryRead(quoted, out var ip));
        byte[] message = [type, code, 0, 0, 0, 0, 0, 0, .. quoted];
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), word);
        Icmpv6.WriteChecksum(message, ip.Destination, ip.Source);
        return Packet(ip.Destination, ip.Source, IpProtocol.Icmpv6, message);
    }

    /// <summary>Whether the transport checksum of a packet of either version is right.</summary>
    public static bool HasRightChecksum(byte[] packet)
    {
        if (!Ipv6.TryRead(packet, out var ip))
        {
            return Check.HasRightChecksum(packet);
        }

        return Checksum.Sum(ip.Payload, Checksum.PseudoHeader(ip.Source, ip.Destination, ip.Protocol, ip.Payload.Length)) == 0xFFFF;
    }

    private static UInt128 Address(uint network, ulong host) => new((ulong)network << 32, host);
}
