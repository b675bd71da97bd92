using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NTMobile.Benchmarks;

/// <summary>
/// The hidden command `packet-source`: sends UDP packets at the rates that it reads line by line from its input,
/// `RUN SOURCE TARGET PORT BYTES RATE MILLISECONDS FLOWS`, and answers each with `sent RUN PACKETS SECONDS`. Each flow has a thread and a port
/// of its own and an equal part of the rate. A packet begins with its run's number.
/// </summary>
internal static class PacketSource
{
    public const string Command = "packet-source";

    public static int Run()
    {
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            var (run, size, flows) = (Number(words[0]), Number(words[4]), Number(words[7]));
            var (rate, seconds) = (Number(words[5]) / flows, Number(words[6]) / 1000d);
            var sent = new (long Packets, double Seconds)[flows];
            var threads = Enumerable.Range(0, flows).Select(f => new Thread(() =>
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 1 << 20 };
                socket.Bind(new IPEndPoint(IPAddress.Parse(words[1]), 0));
                socket.Connect(IPAddress.Parse(words[2]), Number(words[3]));
                sent[f] = Send(socket, run, size, rate, seconds);
            })).ToArray();
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sent {run} {sent.Sum(s => s.Packets)} {sent.Max(s => s.Seconds):F6}"));
        }

        return 0;
    }

    private static (long Packets, double Seconds) Send(Socket socket, int run, int size, int rate, double seconds)
    {
        using var batch = new PacketBatch(size);
        for (var i = 0; i < PacketBatch.Capacity; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(batch[i], run);
        }

        var pace = new PacketPace(rate);
        var sent = 0L;
        while (pace.Elapsed < seconds)
        {
            var due = pace.Due();
            if (due == 0)
            {
                PacketPace.Pause();
                continue;
            }

            var took = batch.Send(socket, Math.Min(due, PacketBatch.Capacity));
            pace.Take(Math.Max(1, took)); // one that was refused is not offered again
            sent += took;
        }

        return (sent, pace.Elapsed);
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
