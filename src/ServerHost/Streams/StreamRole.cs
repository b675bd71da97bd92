using System.Buffers;
using NTMobile.NetfilterBridge;
using NTMobile.Packets;

namespace NTMobile.ServerHost.Streams;

/// <summary>A role as clients over TLS reach it.</summary>
/// <param name="port">The role's UDP port, as nodes know it: by it they say which role they want.</param>
/// <param name="gate">Held while the role works.</param>
/// <param name="take">Takes datagrams of one size; the memory is native and may be overwritten afterwards.</param>
internal sealed class StreamRole(ushort port, Lock gate, StreamRole.Taker take) : IDisposable
{
    private readonly NativeBuffer _room = new(UdpSocket.MaximumRun); // one for all clients: used under the gate only

    /// <summary>Takes what came from one client.</summary>
    public delegate void Taker(Span<byte> run, int datagramSize, in Endpoint from);

    /// <summary>The role's UDP port.</summary>
    public ushort Port => port;

    /// <summary>Gives the role the whole datagrams of what has come.</summary>
    /// <param name="input">What has come; afterwards what is left of it.</param>
    /// <param name="from">The client.</param>
    /// <returns>False: no datagrams any more.</returns>
    public bool TryTake(ref ReadOnlySequence<byte> input, in Endpoint from)
    {
        while (true)
        {
            lock (gate) // run by run, so that UDP has its turn in between
            {
                if (!DatagramFraming.TryTakeRun(ref input, _room.Span, out int length, out int size))
                {
                    return false;
                }

                if (length == 0)
                {
                    return true;
                }

                take(_room.Span[..length], size, from);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            _room.Dispose();
        }
    }
}
