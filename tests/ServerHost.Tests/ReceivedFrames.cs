using System.Diagnostics.CodeAnalysis;
using NTMobile.Wire.Frames;

namespace NTMobile.ServerHost.Tests;

/// <summary>Frames that a DS or an RS sent to a node, until somebody wants one of their type. Types that no node here waits for are left out.</summary>
internal sealed class ReceivedFrames
{
    private readonly List<object> _frames = [];

    /// <summary>Takes in the frames of one opened datagram.</summary>
    public void Read(ReadOnlySpan<byte> frames)
    {
        var reader = new FrameReader(frames);
        while (reader.TryRead(out FrameType type, out ReadOnlySpan<byte> body))
        {
            object? frame = type switch
            {
                FrameType.Pong => Read<Pong>(body),
                FrameType.RegistrationResponse => Read<RegistrationResponse>(body),
                FrameType.OtherEndpoints => Read<OtherEndpoints>(body),
                FrameType.RouteDirection => Read<RouteDirection>(body),
                FrameType.RelayJoined => Read<RelayJoined>(body),
                _ => null,
            };
            if (frame is not null)
            {
                _frames.Add(frame);
            }
        }
    }

    /// <summary>Gives out the oldest frame of a type.</summary>
    /// <returns>False: there is none.</returns>
    public bool TryTake<T>([MaybeNullWhen(false)] out T frame)
    {
        int at = _frames.FindIndex(static f => f is T);
        frame = at < 0 ? default : (T)_frames[at];
        if (at >= 0)
        {
            _frames.RemoveAt(at);
        }

        return at >= 0;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _frames.Clear();

    private static object? Read<T>(ReadOnlySpan<byte> body)
        where T : IFrame<T> => T.TryRead(body, out T? frame) ? frame : null;
}
