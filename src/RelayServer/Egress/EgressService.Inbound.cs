using System.Buffers.Binary;
using NTMobile.Packets;
using NTMobile.Security.Channel;
using NTMobile.Wire;

namespace NTMobile.RelayServer.Egress;

public sealed partial class EgressService
{
    /// <summary>Bytes that must be free before a packet of <see cref="FromInternet"/>.</summary>
    public const int Headroom = EgressHeader.Size;

    /// <summary>Bytes that a packet needs for its datagrams, whatever becomes of it.</summary>
    public const int DatagramRoom = 2 * (65535 + SealedDatagram.Overhead);

    /// <summary>A packet that the kernel's translation sends to an address of the pool.</summary>
    /// <param name="content"><see cref="Headroom"/> bytes and the packet; changed in place.</param>
    /// <param name="partial">Its transport checksum is still to be completed.</param>
    /// <param name="datagrams">Room for what is sent, <see cref="DatagramRoom"/> bytes; lent to the output until the batch ends.</param>
    /// <param name="now">Time in ms.</param>
    /// <returns>Bytes of <paramref name="datagrams"/> used.</returns>
    public int FromInternet(Span<byte> content, bool partial, Span<byte> datagrams, long now)
    {
        Span<byte> packet = content[Headroom..];
        if (packet is [>= 0x60 and < 0x70, ..])
        {
            return FromInternetIpv6(content, partial, datagrams, now);
        }

        if (!Ipv4.TryRead(packet, out Ipv4 ip))
        {
            return Dropped(EgressDrop.EgressMalformed);
        }

        if (_pool.Find(ip.Destination) is not { Node.ToNode: { } keys } device)
        {
            return Dropped(EgressDrop.EgressUnknownDevice);
        }

        EgressNode node = device.Node;

        if (node.Node.Session is not { } session)
        {
            return Dropped(EgressDrop.EgressWrongSource);
        }

        if (!node.In.TryTake(ip.TotalLength, _share, now))
        {
            return Dropped(EgressDrop.EgressOverQuota);
        }

        device.LastUsed = now;
        int largest = node.LargestDatagram - SealedDatagram.Overhead - EgressHeader.Size;
        if (ip.TotalLength > largest && ip.DontFragment)
        {
            TellTooBig(in ip, largest);
            return Dropped(EgressDrop.EgressTooBig);
        }

        content = content[..(Headroom + ip.TotalLength)];
        packet = content[Headroom..];
        if (!Ipv4Translation.TryChange(packet, Ipv4.DestinationAt, device.Own, partial))
        {
            return Dropped(EgressDrop.EgressMalformed);
        }

        PacketsIn++;
        BytesIn += packet.Length;
        return packet.Length > largest
            ? SendParts(session, keys, packet, partial, largest, datagrams)
            : Seal(session, keys, content, partial, datagrams);
    }

    private int SendParts(ServerSession session, EgressKeys keys, Span<byte> packet, bool partial, int largest, Span<byte> datagrams)
    {
        if (partial)
        {
            TransportChecksum.Complete(packet);
        }

        Span<byte> content = stackalloc byte[LargestDatagramContent];
        var parts = new Ipv4Fragments(packet, largest);
        int used = 0;
        while (parts.Next(content[Headroom..]) is > 0 and int length)
        {
            used += Seal(session, keys, content[..(Headroom + length)], false, datagrams[used..]);
        }

        return used;
    }

    private const int LargestDatagramContent = LargestDatagram - SealedDatagram.Overhead;

    private int Seal(ServerSession session, EgressKeys keys, Span<byte> content, bool partial, Span<byte> datagrams)
    {
        if (!keys.Secure.TryReserve(1, out ulong counter))
        {
            return Dropped(EgressDrop.EgressNotOpened); // the node asks for other keys long before
        }

        new EgressHeader(partial).Write(content);
        int length = keys.Secure.Seal((byte)DatagramType.Egress, (uint)keys.Send.Path, counter, content, datagrams);
        _output.Forward(session.Source, datagrams[..length], length, Ecn.Of(content[Headroom..]));
        return length;
    }

    // RFC 1191. It comes from the RS itself; the kernel's translation makes it fit the connection that it is about.
    private void TellTooBig(in Ipv4 ip, int mtu)
    {
        if (ip.FragmentOffset > 0 || ip.Protocol == IpProtocol.Icmp)
        {
            return;
        }

        ReadOnlySpan<byte> quoted = ip.Bytes[..Math.Min(ip.Bytes.Length, 548)];
        Span<byte> error = stackalloc byte[Ipv4.MinimumHeaderLength + Icmp.HeaderLength + 548];
        error = error[..(Ipv4.MinimumHeaderLength + Icmp.HeaderLength + quoted.Length)];
        Span<byte> icmp = error[Ipv4.MinimumHeaderLength..];
        icmp.Clear();
        icmp[0] = Icmp.DestinationUnreachable;
        icmp[1] = Icmp.FragmentationNeeded;
        BinaryPrimitives.WriteUInt16BigEndian(icmp[6..], (ushort)mtu);
        quoted.CopyTo(icmp[Icmp.HeaderLength..]);
        Icmp.WriteChecksum(icmp);
        Ipv4.Write(error, _pool.Own, ip.Source, IpProtocol.Icmp, icmp.Length, dontFragment: false);
        _internet.Send(error, 0);
    }

    private int Dropped(EgressDrop reason)
    {
        Drops.Add(reason);
        return 0;
    }
}
