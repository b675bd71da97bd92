using NTMobile.RouterCore.Servers;
using NTMobile.Wire;

namespace NTMobile.RouterCore.Names;

/// <summary>
/// Whose a virtual IPv6 address is that this router has given to nobody: a device got it from a name server elsewhere. Packets wait for the DS's answer,
/// 8 per address, for 32 addresses at one time; what was not found is not asked for again for two seconds.
/// </summary>
internal sealed class NameFinder(NodeContext node, DirectionClient directions, LeaseBook leases)
{
    private const int MaximumAsked = 32;
    private const int MaximumHeld = 8;
    private const int MaximumUnknown = 256;
    private const int AskAgainMs = 2000;
    private readonly Dictionary<UInt128, List<Ipv6Held>> _asked = [];
    private readonly Dictionary<UInt128, long> _unknownMs = [];

    /// <summary>Keeps a packet until the address is known, and sends it on then.</summary>
    /// <returns>None: it waits, or its sender was told that nobody is there.</returns>
    public DropReason OnHeld(Ipv6Held held, UInt128 address)
    {
        if (_asked.TryGetValue(address, out var waiting))
        {
            if (waiting.Count >= MaximumHeld)
            {
                return DropReason.StagingFull;
            }

            waiting.Add(held);
            return DropReason.None;
        }

        if (_unknownMs.TryGetValue(address, out var atMs) && node.NowMs - atMs < AskAgainMs)
        {
            TellUnreachable(held);
            return DropReason.UnknownVirtualAddress;
        }

        if (_asked.Count >= MaximumAsked)
        {
            return DropReason.StagingFull;
        }

        _asked[address] = [held];
        directions.AskName(address, name => OnNamed(address, name));
        return DropReason.None;
    }

    // The DS names the device, but which address a name has is not for it to say.
    private void OnNamed(UInt128 address, string? name)
    {
        _asked.Remove(address, out var waiting);
        var known = name is not null && name.Split('.', 2) is [var label, var router] && router != node.Settings.Name
            && VirtualIpv6.Of(router, label) == address && leases.Get(router, RemoteName.Of(label, isIpv6: true)) is not null;
        if (!known)
        {
            if (_unknownMs.Count >= MaximumUnknown)
            {
                _unknownMs.Clear();
            }

            _unknownMs[address] = node.NowMs;
        }

        foreach (var held in waiting ?? [])
        {
            if (known)
            {
                node.Act.Forward(held.Packet, held.Hints);
            }
            else
            {
                TellUnreachable(held);
            }
        }
    }

    private void TellUnreachable(Ipv6Held held)
    {
        if (node.StandIns.Own is [var own, ..] && Ipv6Errors.AddressUnreachable(held.Packet, own) is { } error)
        {
            node.Act.SendToLan(error);
        }
    }
}
