using System.Buffers.Binary;
using System.Runtime.InteropServices;
using NTMobile.Linux;
using NTMobile.Packets;
using static NTMobile.NetfilterBridge.Nfnetlink;

namespace NTMobile.NetfilterBridge;

/// <summary>Reads the queue's messages.</summary>
internal static unsafe class PacketParser
{
    /// <summary>Reads a packet message.</summary>
    /// <param name="message">A message of type NFQNL_MSG_PACKET.</param>
    /// <param name="record">What it says; its pointers go into <paramref name="message"/>'s memory, which must be native.</param>
    /// <returns>False when there is no packet header in it.</returns>
    public static bool TryRead(in NetlinkMessage message, ref PacketRecord record)
    {
        var found = false;
        uint realLength = 0;
        if (!message.TryReadBody<nfgenmsg>(out _, out var attributes))
        {
            return false;
        }

        while (attributes.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case NFQA_PACKET_HDR when value.Length >= 7:
                    record.Id = BinaryPrimitives.ReadUInt32BigEndian(value);
                    record.HardwareProtocol = BinaryPrimitives.ReadUInt16BigEndian(value[4..]);
                    record.Hook = value[6];
                    found = true;
                    break;
                case NFQA_PAYLOAD:
                    record.Payload = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetReference(value));
                    record.PayloadLength = value.Length;
                    break;
                // Six bytes of address behind a 16-bit length and two bytes of padding.
                case NFQA_HWADDR when value.Length >= 10 && BinaryPrimitives.ReadUInt16BigEndian(value) == 6:
                    record.SourceMac = MacAddress.Read(value[4..]).Value;
                    break;
                case NFQA_IFINDEX_INDEV: record.InputInterface = (int)Number(value); break;
                case NFQA_IFINDEX_OUTDEV: record.OutputInterface = (int)Number(value); break;
                case NFQA_MARK: record.Mark = Number(value); break;
                case NFQA_CAP_LEN: realLength = Number(value); break;
                case NFQA_SKB_INFO: record.SkbInfo = Number(value); break;
            }
        }

        record.RealLength = realLength == 0 ? record.PayloadLength : (int)realLength;
        return found;
    }

    private static uint Number(ReadOnlySpan<byte> value) =>
        BinaryPrimitives.TryReadUInt32BigEndian(value, out var number) ? number : 0;
}
