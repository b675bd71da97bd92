using System.Buffers.Binary;
using System.Security.Cryptography;
using NTMobile.Lab;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;

namespace NTMobile.Benchmarks;

/// <summary>A TURN client's allocation with one channel (RFC 8656), at a server that asks for no credentials. IPv4 over UDP.</summary>
internal sealed class TurnAllocation(UdpSocket socket, Endpoint server)
{
    /// <summary>The channel's number: the first that there may be.</summary>
    public const ushort Channel = 0x4000;

    private const uint MagicCookie = 0x2112A442;
    private const int HeaderSize = 20;
    private const ushort Allocate = 0x0003, ChannelBind = 0x0009, Success = 0x0100;
    private const ushort ChannelNumber = 0x000C, XorPeerAddress = 0x0012, XorRelayedAddress = 0x0016, RequestedTransport = 0x0019;

    /// <summary>Asks for an address at the server; returns it.</summary>
    public Endpoint Open()
    {
        var answer = Ask(Allocate, Attribute(RequestedTransport, [17, 0, 0, 0]));
        var address = Find(answer, XorRelayedAddress);
        return Endpoint.FromIpv4(
            BinaryPrimitives.ReadUInt32BigEndian(address[4..]) ^ MagicCookie, (ushort)(BinaryPrimitives.ReadUInt16BigEndian(address[2..]) ^ (MagicCookie >> 16)));
    }

    /// <summary>Binds the channel to a peer, or refreshes that and the permission.</summary>
    public void Bind(in Endpoint peer)
    {
        var address = new byte[8];
        address[1] = 1; // IPv4
        BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2), (ushort)(peer.Port ^ (MagicCookie >> 16)));
        BinaryPrimitives.WriteUInt32BigEndian(address.AsSpan(4), peer.Ipv4Address ^ MagicCookie);
        Ask(ChannelBind, [.. Attribute(ChannelNumber, [Channel >> 8, Channel & 0xFF, 0, 0]), .. Attribute(XorPeerAddress, address)]);
    }

    private static byte[] Attribute(ushort type, byte[] value)
    {
        var attribute = new byte[4 + value.Length];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute.AsSpan(2), (ushort)value.Length);
        value.CopyTo(attribute, 4);
        return attribute;
    }

    private byte[] Ask(ushort method, byte[] attributes)
    {
        var request = new byte[HeaderSize + attributes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(request, method);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(2), (ushort)attributes.Length);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), MagicCookie);
        RandomNumberGenerator.Fill(request.AsSpan(8, 12));
        attributes.CopyTo(request, HeaderSize);
        for (var tries = 0; tries < 5; tries++)
        {
            socket.Send(server, request, request.Length);
            for (int i = 0, count = socket.Receive(500); i < count; i++)
            {
                var answer = socket[i].Bytes;
                if (answer.Length >= HeaderSize && answer[4..HeaderSize].SequenceEqual(request.AsSpan(4, 16)))
                {
                    return BinaryPrimitives.ReadUInt16BigEndian(answer) == (method | Success)
                        ? answer.ToArray()
                        : throw new LabException($"the TURN server refused {method:x4}: {Convert.ToHexString(answer)}");
                }
            }
        }

        throw new LabException($"the TURN server at {server} does not answer");
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> message, ushort type)
    {
        for (var at = HeaderSize; at + 4 <= message.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
            if (BinaryPrimitives.ReadUInt16BigEndian(message[at..]) == type)
            {
                return message.Slice(at + 4, length);
            }

            at += 4 + ((length + 3) & ~3);
        }

        throw new LabException($"the TURN server's answer has no attribute {type:x4}");
    }
}
