using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>NATs as RFC 1624, RFC 1141 and RFC 768 leave them room.</summary>
internal static class Nat
{
    /// <summary>Changes the source or the destination, and moves the checksum along.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="dice">Gives the new address and port.</param>
    /// <param name="old">Reckons as RFC 1141 does, whose zero may be the other one.</param>
    public static void Rewrite(WirePacket packet, ref Dice dice, bool old)
    {
        var source = dice.Below(2) == 0;
        var address = (uint)dice.Next();
        var port = (ushort)dice.Next();
        var portAt = packet.Transport[(source ? 0 : 2)..];
        var before = source ? packet.Source : packet.Destination;
        Move(packet, (ushort)(before >> 16), (ushort)(address >> 16), old);
        Move(packet, (ushort)before, (ushort)address, old);
        Move(packet, BinaryPrimitives.ReadUInt16BigEndian(portAt), port, old);
        BinaryPrimitives.WriteUInt16BigEndian(portAt, port);
        (packet.Source, packet.Destination) = source ? (address, packet.Destination) : (packet.Source, address);
    }

    private static void Move(WirePacket packet, ushort oldWord, ushort newWord, bool old)
    {
        if (packet.Protocol == IpProtocol.Udp && packet.Field == 0)
        {
            return; // none to be moved
        }

        var field = old
            ? Checksum.Fold((uint)packet.Field + oldWord + (ushort)~newWord) // RFC 1624 eqn. 2, RFC 1141
            : Checksum.Update(packet.Field, oldWord, newWord); // RFC 1624 eqn. 3
        packet.Field = packet.Protocol == IpProtocol.Udp && field == 0 ? ushort.MaxValue : field;
    }
}
