using NTMobile.Security.Pccom;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>Both ends of one session.</summary>
internal sealed class PccomPair(bool portable = false) : IDisposable
{
    public const uint Flow = 0x00A1_B2C3;

    private static readonly byte[] Secret = [.. Enumerable.Range(0, PccomSession.SecretSize).Select(i => (byte)(i * 3))];

    public PccomSession Initiator { get; } = new(Secret, initiator: true, portable);

    public PccomSession Responder { get; } = new(Secret, initiator: false, portable);

    public void Protect(WirePacket packet)
    {
        Assert.True(Initiator.Sending.TryProtect(packet.Transport, packet.Protocol, packet.Pseudo, Flow, partialChecksum: false, out var refusal));
        Assert.Equal(PccomRefusal.None, refusal);
    }

    /// <summary>Why the responder refuses it.</summary>
    public PccomRefusal Open(WirePacket packet)
    {
        var opened = Responder.Receiving.TryOpen(packet.Transport, packet.Protocol, packet.Pseudo, Flow, out var refusal);
        Assert.Equal(opened, refusal == PccomRefusal.None);
        return refusal;
    }

    public void Dispose()
    {
        Initiator.Dispose();
        Responder.Dispose();
    }
}
