namespace NTMobile.NetfilterBridge;

/// <summary>How much of a packet the kernel hands over.</summary>
public enum NfQueueMode
{
    /// <summary>The whole packet.</summary>
    CopyPacket,

    /// <summary>Its id, interfaces and length only; the packet stays in the kernel until its verdict.</summary>
    CopyMeta,
}

/// <summary>In which order verdicts are given.</summary>
public enum VerdictOrder
{
    /// <summary>By ascending id, none left out. A run of drops is then one message.</summary>
    Ascending,

    /// <summary>Any; each packet has its own message.</summary>
    Any,
}

/// <summary>How a queue is opened.</summary>
/// <param name="Number">The queue's number.</param>
public sealed record NfQueueOptions(ushort Number)
{
    /// <summary>How much of a packet is handed over.</summary>
    public NfQueueMode Mode { get; init; } = NfQueueMode.CopyPacket;

    /// <summary>In which order verdicts are given.</summary>
    public VerdictOrder Order { get; init; } = VerdictOrder.Ascending;

    /// <summary>
    /// Leaves super-packets whole (up to 64 KiB). For TCP; the queue does not tell the segment size of a UDP super-packet, so UDP
    /// must go to queues without it, where the kernel cuts it first.
    /// </summary>
    public bool GsoSuperPackets { get; init; }

    /// <summary>Lets packets go on when the queue is full, instead of dropping them.</summary>
    public bool FailOpen { get; init; }

    /// <summary>Packets that the kernel keeps waiting for a verdict; what comes beyond is dropped (or goes on, see <see cref="FailOpen"/>).</summary>
    public int QueueLength { get; init; } = 4096;

    /// <summary>Packets read by one system call.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Bytes of packets that wait for being read.</summary>
    public int ReceiveBuffer { get; init; } = 16 << 20;
}
