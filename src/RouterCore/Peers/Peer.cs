using NTMobile.RouterCore.Servers;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>Somebody on this LAN wants to reach a device behind a peer.</summary>
/// <param name="Local">Who wants it.</param>
/// <param name="RemoteLabel"><see cref="RemoteName"/> of the device behind the peer; empty: the peer itself, for a ping.</param>
/// <param name="Routed">Called when the DS gave a route and a common group was found: the name may be answered.</param>
/// <param name="Done">Called once, at the end.</param>
internal sealed record Want(LanDevice? Local, string RemoteLabel, Action Routed, Action<WantOutcome> Done);

/// <summary>Another node, by name: the session with it, or the attempt to get one. One attempt at a time; it serves all who want something.</summary>
internal sealed partial class Peer(string name, PeerBook book) : Timed
{
    private readonly List<Want> _wants = [];
    private bool _asking;

    public string Name { get; } = name;

    public InitiatorAttempt? Attempt { get; private set; }

    /// <summary>Whether nothing is left of it but the name.</summary>
    public bool IsIdle => Link is null && Attempt is null && !_asking && Former is null;

    public string State => Link switch
    {
        { ActivePath.IsValid: true } => "connected",
        not null => "searching a path",
        null => Attempt is not null ? "setting up" : _asking ? "asking for a route" : "idle",
    };

    public override long DueMs => Math.Min(Attempt?.DueMs ?? long.MaxValue, Math.Min(Link?.DueMs ?? long.MaxValue, Former?.DueMs ?? long.MaxValue));

    public void Want(Want want)
    {
        if (Link is { IsOver: false } link)
        {
            Serve(link, want);
            return;
        }

        _wants.Add(want);
        if (Attempt is not null)
        {
            want.Routed();
        }
        else
        {
            AskForRoute(want.RemoteLabel);
        }
    }

    /// <summary>Whether somebody on the LAN is going to send packets as soon as the name is answered.</summary>
    public bool ExpectsPackets => _wants.Exists(w => w.Local is not null);

    /// <summary>Whether packets wait already.</summary>
    public bool HasPackets => _wants.Exists(w => w.Local is { } local && book.Waiting(local, Name, w.RemoteLabel).Count > 0);

    /// <summary>A packet has come that waits for the session.</summary>
    public void OnPacketHeld() => Attempt?.Tick();

    /// <summary>Wants that ride in the handshake's first message.</summary>
    /// <param name="taken">Whether a want rides.</param>
    public IReadOnlyList<Want> TakeWants(Predicate<Want> taken)
    {
        var wants = _wants.FindAll(taken);
        _wants.RemoveAll(wants.Contains);
        return wants;
    }

    /// <summary>The attempt ended without a session.</summary>
    public void OnFailed(WantOutcome outcome, IEnumerable<Want> riding)
    {
        Attempt = null;
        Reschedule();
        foreach (var want in riding.Concat(TakeWants(_ => true)))
        {
            want.Done(outcome);
        }
    }

    /// <summary>What it waits for has changed.</summary>
    public void Reschedule() => book.Node.Agenda.Put(this);

    private void AskForRoute(string label)
    {
        if (!_asking)
        {
            _asking = true;
            book.Directions.Ask(label.Length == 0 ? Name : $"{RemoteName.Label(label)}.{Name}", OnDirection);
        }
    }

    private void OnDirection(Direction direction)
    {
        _asking = false;
        if (Link is { IsOver: false } && !IsLinkSilent)
        {
            return;
        }

        if (direction.Route is not { } route)
        {
            OnFailed(Outcome(direction.Refusal), []);
            return;
        }

        if (book.Meet(route, Name) is not { } meeting)
        {
            OnFailed(WantOutcome.NoCommonGroup, []);
            return;
        }

        _wants.ForEach(w => w.Routed());
        Attempt = new InitiatorAttempt(book, this, meeting);
        Attempt.Tick();
        Reschedule();
    }

    private static void Serve(PeerLink link, Want want)
    {
        if (want.Local is null)
        {
            want.Done(WantOutcome.Ready);
        }
        else
        {
            link.WantContext(want.Local, want.RemoteLabel, want.Done);
        }
    }

    private static WantOutcome Outcome(DirectionRefusalReason? refusal) => refusal switch
    {
        null => WantOutcome.NoDirectionServer,
        DirectionRefusalReason.NotRegistered => WantOutcome.NotRegistered,
        DirectionRefusalReason.TooManyRequests => WantOutcome.TooMany,
        DirectionRefusalReason.NotForYou => WantOutcome.NoCommonGroup,
        _ => WantOutcome.NoSuchName,
    };
}
