// From an ordinary host to a published device: 1. is the port published? 2. the flow is noted; 3. as an answer to the LAN.
// Back: 1. is it an answer? then it goes to the relay server whatever the policy for the device's own packets is.
using NTMobile.Packets;
using NTMobile.RouterCore.Translation;
using NTMobile.RouterCore.Tunnel;

namespace NTMobile.RouterCore;

public sealed partial class Router
{
    // Whatever the relay server says it got: who has an address of this LAN, or none that could be a host's, is no ordinary host.
    private bool IsOrdinaryHost(uint address) =>
        !VirtualPrefix.Contains(address) && !_lan.Contains(address) && address >> 24 is > 0 and < 224 and not 127 && address >> 16 != 0xA9FE;

    private bool IsForPublished(in Ipv4 ip, LoopState loop)
    {
        if (_tables.Public is not { } open || ip.FragmentOffset > 0 || !InnerPacket.TryReadPorts(ip.Payload, ip.Protocol, out var hostPort, out var devicePort))
        {
            return false; // of what follows a first part IsAsked knows
        }

        if (IcmpErrors.IsError(ip.Protocol, ip.Payload))
        {
            return TryReadQuotedFlow(in ip, out var quoted) && open.Permits(quoted.Device, quoted.Protocol, quoted.DevicePort)
                && _publicFlows.Knows(in quoted, loop.NowSecond);
        }

        if (!open.Permits(ip.Destination, ip.Protocol, devicePort))
        {
            return false;
        }

        _publicFlows.Note(new EgressFlow(ip.Destination, ip.Source, ip.Protocol, devicePort, hostPort), loop.NowSecond);
        if (ip.MoreFragments)
        {
            _internetFlows.Note(Pair(in ip), loop.NowSecond);
        }

        return true;
    }

    // TCP tells by itself who began, also when this router has forgotten; of UDP it must be remembered.
    private bool IsOfPublished(in Ipv4 ip, in EgressFlow flow, LoopState loop, out bool isOver)
    {
        isOver = false;
        if (_tables.Public is not { } open)
        {
            return false;
        }

        var isKnown = _publicFlows.Knows(in flow, loop.NowSecond);
        var isOpen = open.Permits(flow.Device, flow.Protocol, flow.DevicePort);
        isOver = isKnown && !isOpen;
        var isAnswer = isOpen && (isKnown || (flow.Protocol == IpProtocol.Tcp && !IsOpening(in ip) && !_internetFlows.Knows(in flow, loop.NowSecond)));
        if (isAnswer)
        {
            _publicFlows.Note(in flow, loop.NowSecond);
        }

        return isAnswer;
    }

    private static bool IsOpening(in Ipv4 ip) =>
        ip.Payload.Length > Tcp.FlagsAt && ((TcpFlags)ip.Payload[Tcp.FlagsAt] & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;

    // The flow of a device that an ICMP error is about.
    private static bool TryReadQuotedFlow(in Ipv4 ip, out EgressFlow flow)
    {
        flow = default;
        if (!IcmpErrors.TryReadQuotedFlow(ip.Payload, out var protocol, out var devicePort, out var hostPort)
            || !Ipv4.TryReadQuoted(ip.Payload[Icmp.HeaderLength..], out var quoted) || quoted.Source != ip.Destination)
        {
            return false;
        }

        flow = new EgressFlow(quoted.Source, quoted.Destination, protocol, devicePort, hostPort);
        return true;
    }
}
