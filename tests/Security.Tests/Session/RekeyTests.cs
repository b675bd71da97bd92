using NTMobile.Security.Session;

namespace NTMobile.Security.Tests.Session;

public sealed class RekeyTests
{
    [Fact]
    public void Old_and_new_epochs_are_received_until_the_old_is_retired()
    {
        using var pair = new SessionPair();
        byte[] early = SessionPair.Seal(pair.Alice, 1), late = SessionPair.Seal(pair.Alice, 2);
        Assert.Equal(1, pair.Rekey());
        byte[] fresh = SessionPair.Seal(pair.Alice, 3);
        Assert.Equal((0, 1), (late[3] & 3, fresh[3] & 3));
        Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, fresh));
        Assert.Equal(1, pair.Bob.NewestEpochOpened);
        Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, early));
        Assert.Equal(1, pair.Bob.NewestEpochOpened);
        pair.Bob.Retire(0);
        Assert.Equal(OpenFailure.UnknownEpoch, SessionPair.Open(pair.Bob, late));
        pair.Bob.EraseRetired();
        Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, SessionPair.Seal(pair.Alice, 4)));
    }

    [Fact]
    public void Repeated_messages_give_the_same_answer()
    {
        using var pair = new SessionPair();
        byte[] offer = new byte[32], again = new byte[32], answer = new byte[32], second = new byte[32];
        Assert.Equal(1, pair.Alice.PrepareRekey(offer));
        Assert.Equal(1, pair.Alice.PrepareRekey(again));
        Assert.Equal(offer, again);
        Assert.Equal(RekeyResult.Installed, pair.Bob.AcceptRekey(1, offer, answer));
        Assert.Equal(RekeyResult.Repeated, pair.Bob.AcceptRekey(1, offer, second));
        Assert.Equal(answer, second);
        Assert.Equal(RekeyResult.Installed, pair.Alice.CompleteRekey(1, answer));
        Assert.Equal(RekeyResult.Repeated, pair.Alice.CompleteRekey(1, answer));
        Assert.NotEqual(1, pair.Alice.PrepareRekey(again));
        Assert.NotEqual(offer, again);
    }

    [Fact]
    public void Two_ends_that_start_at_once_come_to_the_same_keys()
    {
        using var pair = new SessionPair();
        byte[] alices = new byte[32], bobs = new byte[32], answer = new byte[32];
        byte epoch = pair.Alice.PrepareRekey(alices);
        Assert.Equal(epoch, pair.Bob.PrepareRekey(bobs));
        Assert.Equal(RekeyResult.Installed, pair.Bob.AcceptRekey(epoch, alices, answer));
        Assert.Equal(bobs, answer);
        Assert.Equal(RekeyResult.Installed, pair.Alice.AcceptRekey(epoch, bobs, answer));
        Assert.Equal(alices, answer);
        Assert.Equal(RekeyResult.Repeated, pair.Alice.CompleteRekey(epoch, bobs));
        Assert.Equal(RekeyResult.Repeated, pair.Bob.CompleteRekey(epoch, alices));
        pair.Alice.ActivateSend(epoch);
        pair.Bob.ActivateSend(epoch);
        Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, SessionPair.Seal(pair.Alice, 1)));
        Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Alice, SessionPair.Seal(pair.Bob, 1)));
    }

    [Fact]
    public void What_cannot_be_is_refused_and_what_is_past_is_stale()
    {
        using var pair = new SessionPair();
        byte[] key = new byte[32], answer = new byte[32];
        pair.Alice.PrepareRekey(key);
        Assert.Equal(RekeyResult.Refused, pair.Bob.AcceptRekey(1, new byte[32], answer)); // low order
        Assert.Equal(RekeyResult.Refused, pair.Bob.AcceptRekey(1, key.AsSpan(1), answer));
        Assert.Equal(RekeyResult.Refused, pair.Bob.AcceptRekey(2, key, answer));
        Assert.Equal(RekeyResult.Stale, pair.Bob.AcceptRekey(0, key, answer));
        Assert.Equal(RekeyResult.Stale, pair.Bob.AcceptRekey(0, new byte[32], answer));
        Assert.Equal(RekeyResult.Refused, pair.Bob.CompleteRekey(1, key)); // Bob asked for nothing
        Assert.Equal(RekeyResult.Installed, pair.Bob.AcceptRekey(1, key, answer));
        Assert.Equal(RekeyResult.Stale, pair.Bob.AcceptRekey(1, answer, answer));
        Assert.Equal(1, pair.Bob.NewestEpoch);
        Assert.Equal(0, pair.Bob.SendEpoch);
    }

    [Fact]
    public void A_full_ring_refuses_until_the_oldest_epoch_is_retired()
    {
        using var pair = new SessionPair();
        byte[] offer = new byte[32], answer = new byte[32];
        for (int i = 0; i < 3; i++)
        {
            pair.Rekey();
        }

        byte epoch = pair.Alice.PrepareRekey(offer);
        Assert.Equal(RekeyResult.Refused, pair.Bob.AcceptRekey(epoch, offer, answer));
        pair.Bob.Retire(0);
        Assert.Equal(RekeyResult.Installed, pair.Bob.AcceptRekey(epoch, offer, answer));
    }

    [Fact]
    public void Epochs_go_round_for_ever()
    {
        using var pair = new SessionPair();
        for (int i = 1; i <= 600; i++)
        {
            byte[] old = SessionPair.Seal(pair.Alice, 1);
            Assert.Equal((byte)i, pair.Rekey());
            Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, SessionPair.Seal(pair.Alice, 2)));
            Assert.Equal(OpenFailure.None, SessionPair.Open(pair.Bob, old));
            Assert.Equal((byte)i, pair.Bob.NewestEpochOpened);
            pair.Alice.Retire((byte)(i - 1));
            pair.Bob.Retire((byte)(i - 1));
            pair.Alice.EraseRetired();
            pair.Bob.EraseRetired();
        }
    }

    [Fact]
    public void The_send_epoch_goes_only_forward_and_is_not_retired()
    {
        using var pair = new SessionPair();
        Assert.Throws<ArgumentException>(() => pair.Alice.ActivateSend(1));
        Assert.Throws<ArgumentException>(() => pair.Alice.Retire(0));
        pair.Rekey();
        Assert.Throws<ArgumentException>(() => pair.Alice.ActivateSend(0));
        pair.Alice.Retire(0);
        pair.Alice.Retire(0);
        pair.Alice.ActivateSend(1);
    }

    [Fact]
    public void Keys_of_different_epochs_and_directions_differ()
    {
        using var pair = new SessionPair();
        byte[] one = new byte[64], other = new byte[64], third = new byte[64];
        pair.Alice.Seal(1, 0, 7, new byte[40], one);
        pair.Bob.Seal(1, 0, 7, new byte[40], other);
        pair.Rekey();
        pair.Alice.Seal(1, 0, 7, new byte[40], third);
        Assert.NotEqual(one[8..], other[8..]);
        Assert.NotEqual(one[8..], third[8..]);
    }
}
