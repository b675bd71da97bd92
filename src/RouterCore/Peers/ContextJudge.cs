using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Sessions;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>Decides whether a peer may have a context: the device must exist and be shared with the common group.</summary>
internal sealed class ContextJudge(NodeContext node, LeaseBook leases)
{
    /// <summary>Asks for a context.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="local">The device on this LAN.</param>
    /// <param name="remoteName">The peer's device, <see cref="RemoteName"/>.</param>
    public static ContextInstall Request(ushort id, LanDevice local, string remoteName) =>
        new(id, local.Label, RemoteName.Version(remoteName), RemoteName.Label(remoteName));

    /// <summary>Judges one request.</summary>
    /// <param name="asked">What the peer asks for.</param>
    /// <param name="peer">The peer's node name.</param>
    /// <param name="group">Id of the common group.</param>
    /// <param name="askerIsInitiator">Whether the peer began the session: then its numbers are even.</param>
    public ContextVerdict Judge(ContextInstall asked, string peer, string group, bool askerIsInitiator)
    {
        if ((asked.Context & 1) != (askerIsInitiator ? 0 : 1) || asked.Context >= PeerSession.MaximumContexts)
        {
            return ContextVerdict.Refused(asked, ContextRefuseReason.Full);
        }

        if (node.Devices.ByLabel(asked.ToDevice, asked.IpVersion == 6) is not { } device)
        {
            return ContextVerdict.Refused(asked, ContextRefuseReason.NoSuchDevice);
        }

        if (node.Devices.SharedWith(device.Label, group).IsEmpty)
        {
            return ContextVerdict.Refused(asked, ContextRefuseReason.NotShared);
        }

        return leases.Get(peer, RemoteName.Of(asked.FromDevice, asked.IpVersion == 6)) is { } lease
            ? new ContextVerdict(asked, device, lease.Address, null)
            : ContextVerdict.Refused(asked, ContextRefuseReason.Full);
    }
}

/// <summary>Answer to a ContextInstall.</summary>
/// <param name="Asked">The request.</param>
/// <param name="Device">The device on this LAN, when accepted.</param>
/// <param name="Virtual">The asking device's address on this LAN, when accepted.</param>
/// <param name="Refusal">Why not; null: accepted.</param>
internal sealed record ContextVerdict(ContextInstall Asked, LanDevice? Device, uint Virtual, ContextRefuseReason? Refusal)
{
    /// <summary>The asking device, as it is shown to this LAN.</summary>
    public string RemoteName => RouterCore.RemoteName.Of(Asked.FromDevice, Asked.IpVersion == 6);

    public static ContextVerdict Refused(ContextInstall asked, ContextRefuseReason reason) => new(asked, null, 0, reason);

    public void AppendAnswer(FrameBuilder frames)
    {
        if (Refusal is { } reason)
        {
            frames.Append(new ContextRefuse(Asked.Context, reason));
        }
        else
        {
            frames.Append(new ContextAccept(Asked.Context, StandInTable.IsStandIn(Device!.Address) ? 0 : Device.Address));
        }
    }
}
