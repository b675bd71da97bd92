using NTMobile.Linux;

namespace NTMobile.NetfilterBridge;

/// <summary>
/// Opens sockets that share one address and port, each with buffers of its own. The kernel parts what arrives by its first four bytes, so that a
/// flood fills the buffer of some and leaves room in the others:
/// <code>
/// first byte one of the spread ones:  socket 1 + (bytes 0–3, big-endian, >> ignoredBits) % (count - 1)
/// anything else, and less than four bytes:  socket 0
/// </code>
/// A run of several datagrams goes by its first.
/// </summary>
public static unsafe class UdpSocketGroup
{
    /// <summary>Opens the sockets.</summary>
    /// <param name="first">Options of socket 0.</param>
    /// <param name="others">Options of the others; where they are bound is said by <paramref name="first"/>.</param>
    /// <param name="otherCount">How many others: a power of two.</param>
    /// <param name="spread">First bytes of datagrams that are for the others.</param>
    /// <param name="ignoredBits">How many of the lowest bits of bytes 0–3 do not part datagrams.</param>
    /// <exception cref="LinuxException">The kernel refused; EADDRINUSE also when another program's sockets could be shared.</exception>
    public static UdpSocket[] Open(UdpSocketOptions first, UdpSocketOptions others, int otherCount, ReadOnlySpan<byte> spread, int ignoredBits)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(System.Numerics.BitOperations.IsPow2(otherCount), true);
        List<UdpSocket> sockets = [];
        try
        {
            // Bound alone, shared only afterwards: nobody else has the port, and nobody gets it in between.
            sockets.Add(new UdpSocket(first with { SharesPort = false }));
            sockets[0].SharePort();
            var shared = others with { Local = sockets[0].Local, SharesPort = true };
            for (var i = 0; i < otherCount; i++)
            {
                sockets.Add(new UdpSocket(shared));
            }

            Attach(sockets[0], Program(otherCount, spread, ignoredBits));
            return [.. sockets];
        }
        catch
        {
            sockets.ForEach(socket => socket.Dispose());
            throw;
        }
    }

    private static sock_filter[] Program(int otherCount, ReadOnlySpan<byte> spread, int ignoredBits)
    {
        List<sock_filter> program = [new(sock_filter.LoadByte, 0)];
        for (var i = 0; i < spread.Length; i++)
        {
            program.Add(new(sock_filter.JumpIfEqual, spread[i], ifTrue: (byte)(spread.Length - i)));
        }

        program.Add(new(sock_filter.ReturnConstant, 0));
        program.Add(new(sock_filter.LoadWord, 0));
        program.Add(new(sock_filter.ShiftRight, (uint)ignoredBits));
        program.Add(new(sock_filter.And, (uint)(otherCount - 1)));
        program.Add(new(sock_filter.Add, 1));
        program.Add(new(sock_filter.ReturnAccumulator, 0));
        return [.. program];
    }

    private static void Attach(UdpSocket socket, sock_filter[] program)
    {
        fixed (sock_filter* filter = program)
        {
            var all = new sock_fprog { len = (ushort)program.Length, filter = filter };
            LinuxException.Check(
                Libc.setsockopt(socket.Descriptor, Libc.SOL_SOCKET, Libc.SO_ATTACH_REUSEPORT_CBPF, &all, (uint)sizeof(sock_fprog)),
                "SO_ATTACH_REUSEPORT_CBPF");
        }
    }
}
