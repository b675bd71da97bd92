using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NTMobile.Benchmarks;

/// <summary>
/// The hidden command `packet-sink PORT`: counts the packets of each run; a line `RUN` on its input is answered with `got RUN PACKETS`.
/// </summary>
internal static class PacketSink
{
    public const string Command = "packet-sink";
    private const int LargestPacket = 2048;
    private const int ReceiveBuffer = 4 << 20;
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ForcedReceiveBuffer = 33; // SO_RCVBUFFORCE
    private static readonly long[] Counts = new long[1 << 20];

    public static int Run(string port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(SocketLevel, ForcedReceiveBuffer, BitConverter.GetBytes(ReceiveBuffer));
        socket.Bind(new IPEndPoint(IPAddress.Any, int.Parse(port, CultureInfo.InvariantCulture)));
        new Thread(() => Count(socket)) { IsBackground = true }.Start();
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            var run = int.Parse(line, CultureInfo.InvariantCulture);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"got {run} {Volatile.Read(ref Counts[run])}"));
        }

        return 0;
    }

    private static void Count(Socket socket)
    {
        using var batch = new PacketBatch(LargestPacket);
        while (true)
        {
            var count = batch.Receive(socket);
            for (var i = 0; i < count; i++)
            {
                Counts[BinaryPrimitives.ReadInt32BigEndian(batch[i]) & (Counts.Length - 1)]++;
            }
        }
    }
}
