using System.Buffers.Binary;
using NTMobile.Packets;

namespace NTMobile.RouterCore.Tunnel;

/// <summary>Makes whole packets of frames, one at a time, with their checksums complete: for the few that do not go through a TUN device's offloads.</summary>
/// <param name="deliver">Takes a packet, borrowed for the call.</param>
internal sealed class WholePacketSink(Action<ReadOnlySpan<byte>> deliver) : ILanSink
{
    private const int LongestHeaders = 128;
    private readonly byte[] _headers = new byte[LongestHeaders];
    private readonly List<byte> _payload = [];
    private byte[] _run = [];

    public bool TakesDatagramRuns => false;

    public Span<byte> Header(int frame) => _headers;

    /// <summary>The buffer of the run that comes next.</summary>
    public void Use(byte[] run) => _run = run;

    public void BeginFrame(int frame, in ReceivedRun run) => _payload.Clear();

    public void Append(int frame, int offset, int length) => _payload.AddRange(_run.AsSpan(offset, length));

    public void EndFrame(int frame, int headerLength, in Offload offload)
    {
        Span<byte> packet = [.. _headers.AsSpan(0, headerLength), .. _payload];
        if (offload.ChecksumStart > 0)
        {
            var covered = packet[offload.ChecksumStart..];
            var checksum = Checksum.Compute(covered);
            BinaryPrimitives.WriteUInt16BigEndian(covered[offload.ChecksumOffset..], checksum == 0 ? (ushort)0xFFFF : checksum);
        }

        deliver(packet);
    }
}
