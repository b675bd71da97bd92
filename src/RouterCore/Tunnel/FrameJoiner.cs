using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>
/// Joins TCP segments, or UDP datagrams, of one flow in a received run into frames that the kernel forwards as one (what GRO does); the LAN gets the
/// single packets again. Several flows may take turns in a run: each has a frame of its own, and keeps its order. Only packets with partial checksums
/// are joined: their payload is authenticated and nobody has a checksum to lose.
/// </summary>
internal sealed class FrameJoiner
{
    private readonly JoinedFrame[] _frames;
    private int _last;
    private int _open;
    private ushort _identification;

    public FrameJoiner() => _frames = [.. Enumerable.Range(0, ILanSink.Frames).Select(number => new JoinedFrame(number))];

    /// <summary>Takes identifications in a row for packets that may be fragmented behind this router (RFC 6864 §4.2); the first is returned.</summary>
    public ushort TakeIdentifications(int count)
    {
        var first = _identification;
        _identification += (ushort)count;
        return first;
    }

    /// <summary>Takes one opened TCP segment with a partial checksum.</summary>
    /// <param name="context">Its context.</param>
    /// <param name="header">Its inner header.</param>
    /// <param name="run">The run it came in.</param>
    /// <param name="at">Where in the run its TCP header begins.</param>
    /// <param name="segment">TCP header and payload.</param>
    /// <param name="lan">Takes the frames.</param>
    public void Add(FlowContext context, in DataHeader header, in ReceivedRun run, int at, in Tcp segment, ILanSink lan)
    {
        var payload = segment.Payload.Length;
        var frame = FrameOf(context, header.Protocol, segment.Bytes, lan);
        if (!frame.Fits(in header, payload) || !frame.Continues(in segment, lan))
        {
            Open(frame, context, in header, in run, segment.Bytes[..segment.HeaderLength], payload, lan);
        }

        frame.Append(in segment, at, lan);
        if (frame.IsComplete(payload) || segment.Flags != TcpFlags.Ack)
        {
            Flush(frame, lan);
        }
    }

    /// <summary>Takes one opened UDP datagram with a partial checksum, for a LAN that takes runs of them.</summary>
    /// <param name="context">Its context.</param>
    /// <param name="header">Its inner header.</param>
    /// <param name="run">The run it came in.</param>
    /// <param name="at">Where in the run its UDP header begins.</param>
    /// <param name="datagram">UDP header and payload.</param>
    /// <param name="lan">Takes the frames.</param>
    public void Add(FlowContext context, in DataHeader header, in ReceivedRun run, int at, in Udp datagram, ILanSink lan)
    {
        var payload = datagram.Payload.Length;
        var frame = FrameOf(context, header.Protocol, datagram.Bytes, lan);
        if (!frame.Fits(in header, payload))
        {
            Open(frame, context, in header, in run, datagram.Bytes[..Udp.HeaderLength], payload, lan);
        }

        frame.Append(at, payload, lan);
        if (frame.IsComplete(payload))
        {
            Flush(frame, lan);
        }
    }

    /// <summary>Sends the open frames. Called at the end of each run at the latest.</summary>
    public void Flush(ILanSink lan)
    {
        for (var i = 0; _open > 0; i++)
        {
            Flush(_frames[i], lan);
        }
    }

    // The flow's open frame, or one that is free; if none is, the one after the last used gives way. Nearly always it is the last used.
    private JoinedFrame FrameOf(FlowContext context, byte protocol, ReadOnlySpan<byte> transport, ILanSink lan)
    {
        for (var i = 0; _open > 0 && i < _frames.Length; i++)
        {
            var number = (_last + i) % _frames.Length;
            if (_frames[number].IsOf(context, protocol, transport, lan))
            {
                _last = number;
                return _frames[number];
            }
        }

        _last = _open == 0 ? 0 : (_last + 1) % _frames.Length;
        Flush(_frames[_last], lan);
        return _frames[_last];
    }

    private void Open(
        JoinedFrame frame, FlowContext context, in DataHeader header, in ReceivedRun run, ReadOnlySpan<byte> transport, int payload, ILanSink lan)
    {
        Flush(frame, lan);
        frame.Open(context, in header, in run, transport, payload, lan);
        _open++;
    }

    private void Flush(JoinedFrame frame, ILanSink lan)
    {
        if (frame.IsOpen)
        {
            frame.Send(frame.MayFragment ? TakeIdentifications(frame.Segments) : (ushort)0, lan);
            _open--;
        }
    }
}
