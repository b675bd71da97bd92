using NTMobile.RouterCore.Groups;
using NTMobile.RouterCore.Sessions;
using NTMobile.RouterCore.Translation;
using NTMobile.Wire;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>Contexts: which pairs of devices may exchange packets in this session.</summary>
internal sealed partial class PeerLink
{
    private const int InUseMs = 300_000;
    private readonly Dictionary<ushort, PendingContext> _pending = [];
    private int _nextContext;

    /// <summary>Makes packets between two devices possible, or says why not.</summary>
    public void WantContext(LanDevice local, string remoteLabel, Action<WantOutcome> done)
    {
        if (Session.Contexts.FirstOrDefault(c => c.Local == local && c.RemoteLabel == remoteLabel && c.Accepted) is { } known)
        {
            Use(known); // another session may have carried it meanwhile
            done(WantOutcome.Ready);
            return;
        }

        var pending = _pending.Values.FirstOrDefault(p => p.Local == local && p.RemoteLabel == remoteLabel);
        if (pending is null)
        {
            if (AddPending(local, remoteLabel) is not { } added)
            {
                done(WantOutcome.TooMany);
                return;
            }

            pending = added;
        }

        pending.Done.Add(done);
        Wake();
    }

    /// <summary>A context asked for inside the handshake's first message.</summary>
    public void Expect(ContextInstall asked, LanDevice local, IEnumerable<Action<WantOutcome>> done)
    {
        var pending = new PendingContext(asked, local, RemoteName.Of(asked.ToDevice, asked.IpVersion == 6));
        pending.Done.AddRange(done);
        _pending[asked.Context] = pending;
        _nextContext = Math.Max(_nextContext, (asked.Context / 2) + 1);
    }

    /// <summary>Packets that rode on message 1 belong to a context: their answers are welcome.</summary>
    public void NoteGone(ushort id, IReadOnlyList<EarlyPacket> early)
    {
        if (Session.Context(id) is { } context)
        {
            foreach (var packet in early)
            {
                context.Flows.Note(packet.Protocol, packet.Local, packet.Remote, (uint)(_node.NowMs / 1000));
                Session.Counters.CountOut(1, Packets.Ipv4.MinimumHeaderLength + packet.Content.Length - DataHeader.Size);
            }
        }
    }

    /// <summary>The peer, who began the session, has spoken in it. Before that, anything it asked for must not take the place of what works.</summary>
    public void OnConfirmed()
    {
        IsInUse = true;
        foreach (var context in Session.Contexts)
        {
            Use(context);
        }
    }

    /// <summary>Takes over from another session with the same peer: what waits there, and the contexts that we asked for and that are in use.</summary>
    public void Adopt(PeerLink former)
    {
        foreach (var context in Session.Contexts)
        {
            Use(context);
        }

        foreach (var pending in former._pending.Values.ToArray())
        {
            pending.Done.ForEach(done => WantContext(pending.Local, pending.RemoteLabel, done));
        }

        former._pending.Clear();
        var own = former.Session.IsInitiator ? 0 : 1;
        var since = (uint)Math.Max(0, (_node.NowMs - InUseMs) / 1000);
        foreach (var context in former.Session.Contexts.Where(c => (c.Id & 1) == own && c.LastUsedSecond > since).ToArray())
        {
            WantContext(context.Local, context.RemoteLabel, static _ => { });
        }
    }

    /// <summary>Devices or shares changed: contexts follow.</summary>
    public void OnDevicesChanged()
    {
        foreach (var context in Session.Contexts.ToArray())
        {
            if (_node.Devices.ByAddress(context.Local.Address) != context.Local)
            {
                Remove(context);
                Answer(ActivePath, new ContextRefuse(context.Id, ContextRefuseReason.UnknownContext));
            }
            else
            {
                context.Shared = _node.Devices.SharedWith(context.Local.Label, GroupBook.IdOf(Group));
            }
        }
    }

    /// <summary>The session is over, and no other will take its contexts over.</summary>
    public void RemoveContexts()
    {
        foreach (var context in Session.Contexts.ToArray())
        {
            Remove(context);
        }
    }

    private PendingContext? AddPending(LanDevice local, string remoteLabel)
    {
        var id = (_nextContext * 2) + (Session.IsInitiator ? 0 : 1);
        if (id >= Sessions.PeerSession.MaximumContexts)
        {
            return null;
        }

        _nextContext++;
        var pending = new PendingContext(ContextJudge.Request((ushort)id, local, remoteLabel), local, remoteLabel);
        _pending[(ushort)id] = pending;
        return pending;
    }

    private void TickContexts(long now)
    {
        foreach (var (id, pending) in _pending.ToArray())
        {
            if (ActivePath is { } path && pending.Retry.IsDue(now))
            {
                Send(path, pending.Install);
            }
            else if (pending.Retry.IsOver(now) && _pending.Remove(id))
            {
                pending.Finish(WantOutcome.Unreachable);
            }
        }
    }

    private void FailPending(WantOutcome outcome)
    {
        foreach (var pending in _pending.Values.ToArray())
        {
            pending.Finish(outcome);
        }

        _pending.Clear();
    }

    // Null: not a frame about contexts.
    private bool? OnContextFrame(FrameType type, ReadOnlySpan<byte> body, PeerPath? path)
    {
        switch (type)
        {
            case FrameType.ContextInstall:
                if (!ContextInstall.TryRead(body, out var install))
                {
                    return false;
                }

                OnInstall(install, path);
                return true;
            case FrameType.ContextAccept:
                return ContextAccept.TryRead(body, out var accept) && OnAccepted(accept.Context);
            case FrameType.ContextRefuse:
                return ContextRefuse.TryRead(body, out var refuse) && OnRefused(in refuse);
            default:
                return null;
        }
    }

    private void OnInstall(ContextInstall install, PeerPath? path)
    {
        var verdict = _judge.Judge(install, Session.PeerName, GroupBook.IdOf(Group), !Session.IsInitiator);
        if (verdict.Refusal is null && Session.Context(install.Context) is { } known
            && (known.Local != verdict.Device || known.RemoteLabel != verdict.RemoteName))
        {
            verdict = ContextVerdict.Refused(install, ContextRefuseReason.Full); // a number cannot change its meaning
        }

        Install(verdict);
        var answer = new FrameBuilder();
        verdict.AppendAnswer(answer);
        if (path is not null && MaySpeak)
        {
            Send(path, DatagramType.Control, answer.Written);
        }
    }

    /// <summary>Makes an accepted context of the peer's usable; a refused one leaves no trace.</summary>
    public void Install(ContextVerdict verdict)
    {
        if (verdict.Refusal is null && Session.Context(verdict.Asked.Context) is null)
        {
            Install(verdict.Asked.Context, verdict.Device!, verdict.Virtual, verdict.RemoteName);
        }
    }

    private bool OnAccepted(ushort id)
    {
        if (_pending.Remove(id, out var pending))
        {
            if (_leases.Get(Session.PeerName, pending.RemoteLabel) is not { } lease)
            {
                pending.Finish(WantOutcome.TooMany);
                return true;
            }

            Install(id, pending.Local, lease.Address, pending.RemoteLabel);
            pending.Finish(WantOutcome.Ready);
        }

        return true;
    }

    private bool OnRefused(in ContextRefuse refuse)
    {
        if (_pending.Remove(refuse.Context, out var pending))
        {
            pending.Finish(refuse.Reason switch
            {
                ContextRefuseReason.NoSuchDevice => WantOutcome.NoSuchName,
                ContextRefuseReason.NotShared => WantOutcome.NotShared,
                _ => WantOutcome.TooMany,
            });
        }
        else if (Session.Context(refuse.Context) is { } context)
        {
            Remove(context);
        }

        return true;
    }

    private void Install(ushort id, LanDevice local, uint virtualAddress, string remoteLabel)
    {
        var shared = _node.Devices.SharedWith(local.Label, GroupBook.IdOf(Group));
        var flows = _node.Flows.Join(local.Address, virtualAddress);
        var ipv6 = _node.StandIns.Pair(local.Address, Session.PeerName, remoteLabel);
        var context = new FlowContext(Session, id, local, virtualAddress, remoteLabel, shared, flows, ipv6) { Accepted = true };
        Session.SetContext(context.Id, context);
        if (IsInUse)
        {
            Use(context);
        }
    }

    // From now on packets to the peer's device go through this session.
    private void Use(FlowContext context)
    {
        context.Close();
        _node.Tables.SetOutbound(context);
        if (Session.Active is { } path && _opensMs == 0)
        {
            Open(context, path);
        }
    }

    // What waited goes first; only then what comes now.
    private void Open(FlowContext context, SendPath path)
    {
        _staging.Release(context.Local.Address, context.Virtual, path);
        context.Open(_node.NowMs);
    }

    private void Remove(FlowContext context)
    {
        context.Accepted = false;
        Session.SetContext(context.Id, null);
        _node.Tables.RemoveOutbound(context);
        _node.Flows.Leave(context);
    }

    private sealed class PendingContext(ContextInstall install, LanDevice local, string remoteLabel)
    {
        public ContextInstall Install { get; } = install;

        public LanDevice Local { get; } = local;

        public string RemoteLabel { get; } = remoteLabel;

        public Retry Retry { get; } = new(150, 1000, 6);

        public List<Action<WantOutcome>> Done { get; } = [];

        public void Finish(WantOutcome outcome) => Done.ForEach(d => d(outcome));
    }
}
