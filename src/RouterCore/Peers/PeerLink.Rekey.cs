using NTMobile.Security.Session;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Peers;

/// <summary>
/// Fresh keys inside a session. The initiator asks; both receive the old and the new epoch for a while, and each sends on the new one only when
/// it knows that the other has it, so no packet is lost.
/// </summary>
internal sealed partial class PeerLink
{
    private const int RekeyEveryMs = 120_000;
    private const int RetireAfterMs = 10_000;
    private long _rekeyMs;
    private (byte Epoch, byte[] Key, Retry Retry)? _rekey;
    private (byte Epoch, long AtMs)? _retiring;

    /// <summary>Number of key changes, modulo 256.</summary>
    public byte Epoch => Session.Secure.SendEpoch;

    private void TickRekey(long now)
    {
        FollowPeersEpoch(now);
        if (_retiring is { } retiring && now >= retiring.AtMs)
        {
            Session.Secure.Retire(retiring.Epoch);
            _retiring = null;
        }

        if (!Session.IsInitiator)
        {
            return;
        }

        if (_rekey is null && _retiring is null && (now >= _rekeyMs || Session.Secure.WantsRekey))
        {
            var key = new byte[32];
            var epoch = Session.Secure.PrepareRekey(key);
            _rekey = (epoch, key, new Retry(200, 2000, int.MaxValue));
        }

        if (_rekey is { } rekey && rekey.Retry.IsDue(now) && ActivePath is { } path)
        {
            Send(path, new Rekey(rekey.Epoch, rekey.Key));
        }
    }

    private bool OnRekey(Rekey rekey, PeerPath? path)
    {
        if (Session.IsInitiator)
        {
            return false;
        }

        var key = new byte[32];
        var result = Session.Secure.AcceptRekey(rekey.Epoch, rekey.PublicKey, key);
        if (result is RekeyResult.Installed or RekeyResult.Repeated)
        {
            Answer(path, new RekeyAck(rekey.Epoch, key));
        }

        return true;
    }

    private bool OnRekeyAck(RekeyAck ack)
    {
        if (_rekey is { } rekey && rekey.Epoch == ack.Epoch
            && Session.Secure.CompleteRekey(ack.Epoch, ack.PublicKey) == RekeyResult.Installed)
        {
            _rekey = null;
            _rekeyMs = _node.NowMs + RekeyEveryMs;
            SendOn(ack.Epoch, _node.NowMs);
            if (ActivePath is { } path)
            {
                Challenge(path, 0); // shows the responder at once that we have the new keys
            }
        }

        return true;
    }

    private void FollowPeersEpoch(long now)
    {
        var opened = Session.Secure.NewestEpochOpened;
        if (opened != Session.Secure.SendEpoch && !Session.IsInitiator)
        {
            SendOn(opened, now);
        }
    }

    private void SendOn(byte epoch, long now)
    {
        var former = Session.Secure.SendEpoch;
        Session.Secure.ActivateSend(epoch);
        Session.Secure.EraseRetired();
        _retiring = (former, now + RetireAfterMs);
    }
}
