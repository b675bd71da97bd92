using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>One packet on its way and who opens it.</summary>
internal sealed class Trial(PccomPair pair, Dice dice)
{
    public Dice Dice = dice;

    public WirePacket Packet { get; } = new();

    public bool Reflected { get; set; }

    public uint Flow { get; set; }

    public void Begin() => (Reflected, Flow) = (false, PccomPair.Flow);

    public bool IsAccepted()
    {
        var opener = Reflected ? pair.Initiator.Receiving : pair.Responder.Receiving;
        return opener.TryOpen(Packet.Transport, Packet.Protocol, Packet.Pseudo, Flow, out _);
    }
}

/// <summary>A class of fields, and how an attacker on the way changes them.</summary>
/// <param name="Name">What is changed.</param>
/// <param name="Fill">Makes a packet.</param>
/// <param name="Change">Changes it, never to the same. The flag tells whether the checksum will be made to fit.</param>
/// <param name="CompensatedAt">Offset of the word by which the ordinary sum is made to stay as it was.</param>
internal sealed record Tampering(string Name, Action<Trial> Fill, Action<Trial, bool> Change, Func<WirePacket, int> CompensatedAt)
{
    private const int Options = 12;
    private const int Payload = 48;
    private const int TcpPayloadAt = Tcp.MinimumHeaderLength + Options;

    public static readonly Tampering[] All =
    [
        Field("TCP sequence", Tcp.SequenceAt, 4),
        Field("TCP acknowledgement", Tcp.AcknowledgementAt, 4),
        Tcp_("TCP flags and reserved bits", ChangeFlags),
        Tcp_("TCP header length", ChangeHeaderLength),
        Field("TCP window", Tcp.WindowAt, 2),
        Field("TCP urgent pointer", Tcp.ChecksumAt + 2, 2),
        Field("TCP options", Tcp.MinimumHeaderLength, Options),
        Field("TCP payload", TcpPayloadAt, Payload),
        Field("TCP payload, made up for within it", TcpPayloadAt + 2, Payload - 2) with { CompensatedAt = p => p.PayloadAt },
        Tcp_("TCP payload's words exchanged", ExchangeWords),
        Tcp_("TCP checksum", ChangeChecksum) with { CompensatedAt = p => p.PayloadAt },
        Tcp_("TCP length", (trial, _) => ChangeLength(trial)),
        Udp_("UDP payload", (trial, _) => Alter(trial.Packet.Transport[Udp.HeaderLength..], ref trial.Dice)),
        Udp_("UDP checksum", ChangeChecksum) with { CompensatedAt = p => p.PayloadAt },
        Udp_("UDP length", (trial, _) => ChangeLength(trial)),
        Tcp_("direction", (trial, compensated) => Elsewhere(trial, compensated, () => trial.Reflected = true)),
        Tcp_("flow", (trial, compensated) => Elsewhere(trial, compensated, () => trial.Flow ^= 1u << trial.Dice.Below(32))),
        new("protocol", FillAmbiguous, (trial, compensated) => Elsewhere(trial, compensated, () => trial.Packet.Protocol = IpProtocol.Udp), Checksum),
    ];

    public static Tampering Of(string name) => All.Single(t => t.Name == name);

    private static Tampering Tcp_(string name, Action<Trial, bool> change) =>
        new(name, trial => trial.Packet.FillTcp(ref trial.Dice, Options, Payload), change, Checksum);

    private static Tampering Udp_(string name, Action<Trial, bool> change) =>
        new(name, trial => trial.Packet.FillUdp(ref trial.Dice, Payload), change, Checksum);

    private static Tampering Field(string name, int at, int length) =>
        Tcp_(name, (trial, _) => Alter(trial.Packet.Transport.Slice(at, length), ref trial.Dice));

    private static int Checksum(WirePacket packet) => packet.ChecksumAt;

    // One bit, or all bytes; at least the first byte is then another one.
    private static void Alter(Span<byte> bytes, ref Dice dice)
    {
        if (dice.Below(2) == 0)
        {
            bytes[dice.Below(bytes.Length)] ^= (byte)(1 << dice.Below(8));
            return;
        }

        var first = bytes[0];
        dice.Fill(bytes);
        bytes[0] = (byte)(first + 1 + dice.Below(255));
    }

    // The flags that a packet for PCCOM may have, and the reserved bits beside the header's length.
    private static void ChangeFlags(Trial trial, bool compensated)
    {
        const int Flags = 0xF8, Reserved = 0x0F;
        var change = 1 + trial.Dice.Below(511);
        trial.Packet.Transport[Tcp.FlagsAt] ^= (byte)((change << 3) & Flags);
        trial.Packet.Transport[Tcp.HeaderWordsAt] ^= (byte)((change >> 5) & Reserved);
    }

    private static void ChangeHeaderLength(Trial trial, bool compensated)
    {
        const int Fewest = 5, Most = 15, Ours = TcpPayloadAt / 4;
        var words = Fewest + trial.Dice.Below(Most - Fewest);
        words += words >= Ours ? 1 : 0;
        ref var field = ref trial.Packet.Transport[Tcp.HeaderWordsAt];
        field = (byte)((words << 4) | (field & 0x0F));
    }

    private static void ExchangeWords(Trial trial, bool compensated)
    {
        var payload = trial.Packet.Transport[TcpPayloadAt..];
        var at = 2 * trial.Dice.Below((Payload / 2) - 1);
        var word = payload[at..];
        (ushort first, ushort second) = (BinaryPrimitives.ReadUInt16BigEndian(word), BinaryPrimitives.ReadUInt16BigEndian(word[2..]));
        second = second == first ? (ushort)~first : second;
        BinaryPrimitives.WriteUInt16BigEndian(word, second);
        BinaryPrimitives.WriteUInt16BigEndian(word[2..], first);
    }

    private static void ChangeChecksum(Trial trial, bool compensated) =>
        trial.Packet.Field = (ushort)((trial.Packet.Field + 1 + trial.Dice.Below(0xFFFE)) % 0xFFFF);

    // Up to 16 bytes shorter, or longer by random ones.
    private static void ChangeLength(Trial trial)
    {
        var packet = trial.Packet;
        var change = 1 + trial.Dice.Below(16);
        var before = packet.Length;
        packet.Length += trial.Dice.Below(2) == 0 ? change : -change;
        if (packet.Length > before)
        {
            trial.Dice.Fill(packet.Transport[before..]);
        }

        if (packet.Protocol == IpProtocol.Udp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.Transport[Udp.LengthAt..], (ushort)packet.Length);
        }
    }

    // Nothing in the packet changes, so without a fitting checksum it gets a random one.
    private static void Elsewhere(Trial trial, bool compensated, Action change)
    {
        change();
        if (!compensated)
        {
            trial.Packet.Field = (ushort)trial.Dice.Next();
        }
    }

    // A segment whose sequence number makes a whole UDP datagram of it too.
    private static void FillAmbiguous(Trial trial)
    {
        var packet = trial.Packet;
        packet.FillTcp(ref trial.Dice, Options, Payload);
        BinaryPrimitives.WriteUInt16BigEndian(packet.Transport[Udp.LengthAt..], (ushort)packet.Length);
        packet.Complete();
    }
}
