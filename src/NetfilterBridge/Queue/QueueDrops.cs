using System.Globalization;

namespace NTMobile.NetfilterBridge;

/// <summary>What the kernel dropped in front of netfilter queues, read from <c>/proc/net/netfilter/nfnetlink_queue</c> (nfnetlink_queue.c, seq_show).</summary>
public static class QueueDrops
{
    private const string File = "/proc/net/netfilter/nfnetlink_queue";

    // number, portid, packets waiting, copy mode, copy range, dropped since the queue was full, dropped since the socket was full, last id, 1
    private const int QueueFullAt = 5;
    private const int SocketFullAt = 6;

    /// <summary>Packets dropped since the queues were opened.</summary>
    /// <param name="queues">Numbers of queues of this network namespace.</param>
    public static long Count(IReadOnlyCollection<ushort> queues) =>
        System.IO.File.Exists(File) ? Sum(System.IO.File.ReadAllText(File), queues) : 0;

    internal static long Sum(string text, IReadOnlyCollection<ushort> queues)
    {
        var sum = 0L;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > SocketFullAt && Number(words[0]) is var number && queues.Any(q => q == number))
            {
                sum += Number(words[QueueFullAt]) + Number(words[SocketFullAt]);
            }
        }

        return sum;
    }

    private static long Number(string word) => long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
