using NTMobile.Scenario.Tests.World;
using NTMobile.Wire;

namespace NTMobile.Scenario.Tests.Stories;

/// <summary>
/// From the relay to a punched path, and what happens there: each end chooses by itself which of the punched sockets it uses. No datagram with data is ever
/// lost on the way in these stories, so each packet that does not arrive was lost by a router.
/// </summary>
public sealed class SettlingTests
{
    [Theory]
    [InlineData("symseq", "home")]
    [InlineData("symseq", "symseq")]
    [InlineData("symmetric", "home")]
    [InlineData("symmetric", "firewall")]
    [InlineData("home", "symseq")]
    [InlineData("firewall", "symmetric")]
    public void After_a_move_no_packet_is_lost_on_the_way_from_the_relay_to_a_punched_path(string mover, string peer)
    {
        foreach (var seed in Seeds.Of(8, 300))
        {
            var story = new Story(mover, peer, seed);
            story.LoseControl((seed % 3) switch { 0 => 0, 1 => 0.05, _ => 0.2 });
            var since = story.Move();
            story.Pair.World.Run(8);

            story.AssertNothingLost(since);
            Assert.Equal(story.Pair.AtAlice.Path!.IsRelay, story.Pair.AtBob.Path!.IsRelay);
        }
    }

    // Alice's challenge on the first path comes through, her answer to bob's does not: he takes another one. Then packets go one way only, for longer than
    // a NAT keeps what nobody uses.
    [Theory]
    [InlineData("symseq", "home")]
    [InlineData("symseq", "firewall")]
    public void Ends_that_chose_different_sockets_reach_each_other_as_long_as_they_like(string mover, string peer)
    {
        foreach (var seed in Seeds.Of(4, 100))
        {
            var story = new Story(mover, peer, seed, everyMs: 40);
            var since = story.Move();
            story.LoseAnswersOnTheFirstPath();
            Assert.True(story.UntilDirect());
            story.Pair.World.Run(1);
            Assert.True(story.ChoseDifferently);

            (seed % 2 == 0 ? story.There : story.Back).Stop();
            story.Pair.World.Run(70);
            story.AssertNothingLost(since);
            Assert.True(story.IsDirect && story.ChoseDifferently);
        }
    }

    // The word comes by the relay, so that the mover takes all direct paths for old ones; within the second in which the punch is not over at its end. The
    // peer goes on using one of them.
    [Theory]
    [InlineData("symseq", "home")]
    [InlineData("symseq", "firewall")]
    [InlineData("symmetric", "home")]
    public void The_peers_word_that_old_addresses_are_closed_costs_nothing_on_a_path_that_still_works(string mover, string peer)
    {
        foreach (var seed in Seeds.Of(8, 300))
        {
            var story = new Story(mover, peer, seed, peerHasTwoUplinks: true);
            story.Move();
            Assert.True(story.UntilDirect());
            story.Pair.World.Network.Lose = d => d.Bytes[0] == (byte)DatagramType.Locator && !story.IsOfServer(d);
            story.Pair.World.Run(0.1 * (seed % 9));
            var since = story.Pair.NowMs;

            story.Pair.Bob.Unplug(1);
            story.Pair.World.Run(5);

            story.AssertNothingLost(since);
            Assert.True(story.IsDirect);
        }
    }

    /// <summary>Alice moves behind a hard NAT, or to where bob's is one, under traffic both ways. Lines are 1 to 40 ms long.</summary>
    private sealed class Story
    {
        private readonly SeededRandom _random;
        private readonly Preset _mover;
        private ushort _seenTo; // alice's ports outside, of the last datagrams with data: where bob sends to, and where she sends from
        private ushort _seenFrom;

        public Story(string mover, string peer, ulong seed, double everyMs = 10, bool peerHasTwoUplinks = false)
        {
            _random = new SeededRandom(seed);
            _mover = Preset.Of(mover);
            Pair = new Pair(Preset.Cloud, Preset.Of(peer), seed);
            if (peerHasTwoUplinks)
            {
                Pair.Bob.Plug(NewSite(Preset.Of(peer)));
            }

            Pair.Bob.Site.Line.Delay = Delay();
            Pair.Meet();
            (There, Back) = Pair.Talk(everyMs);
            Pair.World.Run(1);
        }

        public Pair Pair { get; }

        public Traffic There { get; }

        public Traffic Back { get; }

        public bool ChoseDifferently => _seenFrom != _seenTo;

        /// <summary>Moves alice, and waits until packets come through both ways.</summary>
        /// <returns>When that was.</returns>
        public long Move()
        {
            var moved = Pair.NowMs;
            var place = NewSite(_mover);
            Pair.Alice.MoveTo(place);
            Pair.World.Network.Seen += d =>
            {
                if (d.Bytes[0] == (byte)DatagramType.Data && !IsOfServer(d))
                {
                    _seenFrom = d.From.Ipv4Address == place.PublicAddress ? d.From.Port : _seenFrom;
                    _seenTo = d.To.Ipv4Address == place.PublicAddress ? d.To.Port : _seenTo;
                }
            };
            Assert.True(Pair.World.RunUntil(() => There.FirstAfter(moved) >= 0 && Back.FirstAfter(moved) >= 0, 5), "no packet came after the move");
            return Pair.NowMs;
        }

        public bool IsDirect =>
            !Pair.AtAlice.Path!.IsRelay && Pair.AtBob.Path is { IsRelay: false } path && path.Remote.Ipv4Address == Pair.Alice.Site.PublicAddress;

        public bool UntilDirect() => Pair.World.RunUntil(() => IsDirect, 60);

        /// <summary>What is no data and has neither DS nor RS at an end is lost with this probability.</summary>
        public void LoseControl(double probability) => Pair.World.Network.Lose =
            d => d.Bytes[0] is not ((byte)DatagramType.Data or (byte)DatagramType.DataFull) && !IsOfServer(d) && _random.Happens(probability);

        /// <summary>Of what alice says by the first of her punch sockets only the first word comes through.</summary>
        public void LoseAnswersOnTheFirstPath()
        {
            var (first, words) = ((ushort)0, 0);
            Pair.World.Network.Lose = d =>
            {
                if (d.From.Ipv4Address != Pair.Alice.Site.PublicAddress || IsOfServer(d))
                {
                    return false;
                }

                first = first == 0 && d.Bytes[0] == (byte)DatagramType.Punch ? d.From.Port : first;
                return d.From.Port == first && d.Bytes[0] == (byte)DatagramType.Control && ++words is > 1 and < 5;
            };
        }

        public bool IsOfServer(Datagram d) => IsServer(d.From.Ipv4Address) || IsServer(d.To.Ipv4Address);

        public void AssertNothingLost(long since)
        {
            var until = Pair.NowMs - 200; // later ones are still under way
            Assert.Equal((0, 0), (There.LostBetween(since, until), Back.LostBetween(since, until)));
        }

        private bool IsServer(uint address) => address == Pair.World.Relay.Site.PublicAddress || address == Pair.World.Directions.Site.PublicAddress;

        private Site NewSite(Preset preset)
        {
            var site = Pair.World.Network.NewSite(preset);
            site.Line.Delay = Delay();
            return site;
        }

        private TimeSpan Delay() => TimeSpan.FromMilliseconds(1 + _random.Below(40));
    }
}
