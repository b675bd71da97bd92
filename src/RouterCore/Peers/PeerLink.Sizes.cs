namespace NTMobile.RouterCore.Peers;

/// <summary>How large the datagrams are that a path carries: probed, never assumed (protocol: MTU).</summary>
internal sealed partial class PeerLink
{
    private const int SizeCheckEveryMs = 5_000;
    private long _sizeCheckMs;
    private long _packetsOutWhenChecked;

    /// <summary>The kernel or the path refuses datagrams of this size.</summary>
    public void OnTooBig(in DatagramTooBig tooBig)
    {
        var (uplink, remote) = (tooBig.Uplink, tooBig.Remote);
        if (_paths.Find(p => p.Is(uplink, in remote)) is { } path && tooBig.Size <= path.MaximumDatagram)
        {
            path.LowerBelow(tooBig.Size);
            Publish();
        }
    }

    private void TickSize(PeerPath path, Retry retry, long now)
    {
        if (path.SizeKnown || retry.IsOver(now))
        {
            path.SettleSize();
            Publish();
        }
        else if (retry.IsDue(now))
        {
            foreach (var size in path.ProbeSizes)
            {
                Challenge(path, size);
            }
        }
    }

    // While data goes out, now and then.
    private void CheckSize(PeerPath path, long now, long sentOut)
    {
        if (path is { SizeKnown: true, MaximumDatagram: > PeerPath.FirstSize } && now >= _sizeCheckMs && sentOut > _packetsOutWhenChecked + 2)
        {
            (_sizeCheckMs, _packetsOutWhenChecked) = (now + SizeCheckEveryMs, sentOut);
            path.BeginSizeCheck();
        }

        if (path.SizeCheck?.IsOver(now) == true)
        {
            path.ForgetSize();
            Publish();
        }
        else if (path.SizeCheck?.IsDue(now) == true)
        {
            Challenge(path, path.MaximumDatagram);
        }
    }
}
