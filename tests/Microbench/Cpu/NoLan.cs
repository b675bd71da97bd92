using NTMobile.RouterCore;

namespace NTMobile.Microbench.Cpu;

/// <summary>A LAN that takes frames and does nothing with them.</summary>
internal sealed class NoLan : ILanSink
{
    private readonly byte[][] _headers = [.. Enumerable.Range(0, ILanSink.Frames).Select(_ => new byte[256])];

    /// <summary>Frames taken.</summary>
    public long Taken { get; private set; }

    public Span<byte> Header(int frame) => _headers[frame];

    public bool TakesDatagramRuns => true;

    public void BeginFrame(int frame, in ReceivedRun run)
    {
    }

    public void Append(int frame, int offset, int length)
    {
    }

    public void EndFrame(int frame, int headerLength, in Offload offload) => Taken++;
}
