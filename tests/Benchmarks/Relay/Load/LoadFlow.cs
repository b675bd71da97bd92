using System.Buffers.Binary;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;

namespace NTMobile.Benchmarks;

/// <summary>A stream of equal datagrams from one socket through a relay to another one. Each is 1,400 bytes long where it arrives.</summary>
/// <remarks>
/// <code>
/// sent      header (the relay's protocol)   ‖ flow (4) ‖ number (4) ‖ zeros
/// received  what the relay leaves of it     ‖ flow (4) ‖ number (4) ‖ zeros
/// </code>
/// </remarks>
internal sealed class LoadFlow
{
    /// <summary>Bytes of a datagram where it arrives.</summary>
    public const int DatagramSize = 1400;

    private const int LabelSize = 8;
    private readonly UdpSocket _sender;
    private readonly Endpoint _relay;
    private readonly int _headerSize;
    private readonly int _sentSize;
    private readonly byte[] _run;

    /// <summary>A flow.</summary>
    /// <param name="number">Its number among the flows of one load.</param>
    /// <param name="sender">Where it begins.</param>
    /// <param name="relay">Where it sends to.</param>
    /// <param name="receiver">Where it ends.</param>
    /// <param name="header">What each datagram begins with.</param>
    /// <param name="headerLeft">How much of it arrives.</param>
    public LoadFlow(int number, UdpSocket sender, in Endpoint relay, UdpSocket receiver, byte[] header, int headerLeft)
    {
        (Number, _sender, _relay, Receiver, _headerSize, HeaderLeft) = (number, sender, relay, receiver, header.Length, headerLeft);
        _sentSize = DatagramSize - headerLeft + header.Length;
        MaxRun = Math.Min(UdpSocket.MaximumSegments, UdpSocket.MaximumRun / _sentSize);
        _run = new byte[MaxRun * _sentSize];
        for (var at = 0; at < _run.Length; at += _sentSize)
        {
            header.CopyTo(_run, at);
            BinaryPrimitives.WriteInt32BigEndian(_run.AsSpan(at + _headerSize), number);
        }
    }

    /// <summary>Where it ends.</summary>
    public UdpSocket Receiver { get; }

    /// <summary>Its number among the flows of one load.</summary>
    public int Number { get; }

    /// <summary>Bytes before the label where it arrives.</summary>
    public int HeaderLeft { get; }

    /// <summary>Most datagrams of one send.</summary>
    public int MaxRun { get; }

    /// <summary>Datagrams sent.</summary>
    public uint Sent { get; private set; }

    /// <summary>Datagrams that have arrived or are lost.</summary>
    public uint Done { get; private set; }

    /// <summary>Sends datagrams by one system call; what the kernel does not take is lost.</summary>
    public void Send(int count)
    {
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_run.AsSpan((i * _sentSize) + _headerSize + 4), Sent++);
        }

        _sender.Send(_relay, _run.AsSpan(0, count * _sentSize), _sentSize);
    }

    /// <summary>Gives up what is under way.</summary>
    public void GiveUp() => Done = Sent;

    /// <summary>Takes a datagram that arrived.</summary>
    /// <returns>The flow's number; -1 when it is none of a load.</returns>
    public static int FlowOf(ReadOnlySpan<byte> datagram, int headerLeft, out uint number)
    {
        number = 0;
        if (datagram.Length != DatagramSize)
        {
            return -1;
        }

        var label = datagram.Slice(headerLeft, LabelSize);
        number = BinaryPrimitives.ReadUInt32BigEndian(label[4..]);
        return BinaryPrimitives.ReadInt32BigEndian(label);
    }

    /// <summary>Datagram <paramref name="number"/> arrived: those before it have arrived or never will, since no relay changes the order.</summary>
    public void Arrived(uint number)
    {
        if (unchecked((int)(number + 1 - Done)) > 0)
        {
            Done = number + 1;
        }
    }
}
