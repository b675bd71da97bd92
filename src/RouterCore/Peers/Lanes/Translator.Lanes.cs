using NTMobile.Packets;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers.Lanes;

/// <summary>Lanes: asked for, proved, watched, given up.</summary>
internal sealed partial class Translator
{
    /// <summary>A flow of ours sends so much that it should have a lane.</summary>
    public void OnWanted(LaneWanted wanted)
    {
        if (_now is not { } agreement || session.Translation is null || !wanted.Context.Accepted)
        {
            return;
        }

        if (agreement.Of(wanted.Context, wanted.Protocol, wanted.DevicePort, wanted.PeerPort) is { } known)
        {
            known.Wake(node.NowMs);
            wake();
        }
        else if (agreement.TryOpen(wanted.Context, wanted, session.IsInitiator) is { } keeper)
        {
            keeper.Ask();
            wake();
        }
    }

    /// <summary>What begins like a probe came in on a lane of this session.</summary>
    public void OnProbe(ProbeReceived received)
    {
        var lane = received.Lane;
        if (_now is not { } agreement || agreement.Of(lane) is not { } keeper || !ProbePacket.TryRead(lane, received.Payload, out var probe))
        {
            return;
        }

        if (probe.IsAnswer)
        {
            OnAnswered(agreement, keeper, received.From, in probe);
            return;
        }

        if (!keeper.Saw(probe.Number))
        {
            return;
        }

        if (!lane.IsFixed && lane.Remote != received.From)
        {
            lane.Remote = received.From; // as a NAT on the way shows it
            keeper.Learned();
            wake();
        }

        Send(lane, new TranslationProbe(true, probe.Number, (uint)lane.PacketsIn), isFull: false);
    }

    private void OnAnswered(Agreement agreement, LaneKeeper keeper, Endpoint from, in TranslationProbe probe)
    {
        var lane = keeper.Lane;
        if (lane.Remote != from)
        {
            return;
        }

        if (!keeper.Answered(probe.Number, probe.Packets, node.NowMs))
        {
            Doubt(agreement);
            return;
        }

        if (keeper.State != LaneState.Open)
        {
            return;
        }

        if (lane.Context is { } context)
        {
            lane.IsFixed = true;
            if (context.Lane(lane.Terms.Protocol, lane.Terms.DevicePort, lane.Terms.PeerPort) is not { CanSend: true })
            {
                context.SetLane(lane.Terms, lane);
            }

            lane.CanSend = true;
        }
        else if (agreement.Keepers.TrueForAll(k => k.Lane.Context is not null || k.State == LaneState.Open))
        {
            (session.Translation, _telling) = (agreement.Path, null);
        }
    }

    private void TickLanes(Agreement agreement, long now)
    {
        for (var i = agreement.Keepers.Count - 1; i >= 0; i--)
        {
            var keeper = agreement.Keepers[i];
            switch (keeper.Tick(now))
            {
                case LaneNeed.Ask:
                    tell(new FrameBuilder().Append(OpenOf(keeper.Lane, agreement)).ToArray());
                    break;
                case LaneNeed.FullProbe:
                    Probe(keeper, isFull: true, now);
                    break;
                case LaneNeed.Probe:
                    Probe(keeper, isFull: false, now);
                    break;
                case LaneNeed.Remove:
                    agreement.Remove(keeper, RestOfPortMs);
                    break;
                case LaneNeed.Doubt:
                    Doubt(agreement);
                    return;
                default:
                    break;
            }
        }
    }

    private static LaneOpen OpenOf(Lane lane, Agreement agreement) => new(
        lane.Terms.Flow, lane.Terms.Protocol, (byte)(lane.Terms.LocalPort - agreement.OwnBlock), lane.Context!.Id, lane.Terms.DevicePort, lane.Terms.PeerPort);

    // The peer's flow. Whether its packets may come in is judged packet by packet, as in the tunnel.
    private bool OnOpen(in LaneOpen open)
    {
        if (_now is not { } agreement || (open.Flow & 1) == (session.IsInitiator ? 0 : 1))
        {
            return true; // it will ask again, or it is late
        }

        var isAccepted = agreement.ByFlow(open.Flow) is not null;
        if (!isAccepted && session.Context(open.Context) is { Accepted: true, Ipv6: null } context && GivesWay(agreement, context, in open)
            && agreement.TryAccept(context, in open) is { } keeper)
        {
            isAccepted = true;
            keeper.Prove();
            wake();
        }

        tell(new FrameBuilder().Append(new LaneAnswer(open.Flow, isAccepted)).ToArray());
        return true;
    }

    // Both ends may have asked for the same flow at the same time: the lane of who began the session stays.
    private bool GivesWay(Agreement agreement, FlowContext context, in LaneOpen open)
    {
        if (agreement.Of(context, open.Protocol, open.ToPort, open.FromPort) is not { State: LaneState.Asking or LaneState.Probing } own)
        {
            return true;
        }

        if (!session.IsInitiator)
        {
            agreement.Remove(own, own.State == LaneState.Asking ? 0 : RestOfPortMs);
        }

        return !session.IsInitiator;
    }

    private bool OnAnswer(in LaneAnswer answer)
    {
        if (_now is { } agreement && agreement.ByFlow(answer.Flow) is { State: LaneState.Asking } keeper)
        {
            if (answer.Accepted)
            {
                keeper.Prove();
                wake();
            }
            else
            {
                agreement.Remove(keeper, 0);
            }
        }

        return true;
    }

    private void Probe(LaneKeeper keeper, bool isFull, long now)
    {
        var (number, packets) = keeper.Probed(now);
        Send(keeper.Lane, new TranslationProbe(false, number, packets), isFull);
    }

    private void Send(Lane lane, in TranslationProbe probe, bool isFull) =>
        node.Act.SendPacket(lane.Path.Uplink, ProbePacket.Make(lane, in probe, isFull));
}
