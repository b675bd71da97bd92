using NTMobile.RouterCore;

namespace NTMobile.Microbench.Cpu;

/// <summary>A LAN that takes frames and does nothing with them.</summary>
internal sealed class NoLan : ILanSink
{
    private readonly byte[] _header = new byte[256];

    /// <summary>Frames taken.</summary>
    public long Frames { get; private set; }

    public Span<byte> Header => _header;

    public bool TakesDatagramRuns => true;

    public void BeginFrame(in ReceivedRun run)
    {
    }

    public void Append(int offset, int length)
    {
    }

    public void EndFrame(int headerLength, in Offload offload) => Frames++;
}
