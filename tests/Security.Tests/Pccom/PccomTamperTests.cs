using NTMobile.Security.Pccom;

namespace NTMobile.Security.Tests.Pccom;

/// <summary>
/// Tampering is accepted by chance only, whatever is changed, and whether or not the checksum is made to fit the change. One of 65,535 fits:
/// 15.3 of a million are expected, 40 are allowed (more come once in 10⁷ by chance); of 100,000 1.5 and 12. The dice are always the same.
/// </summary>
public sealed class PccomTamperTests
{
    private static readonly (int Trials, int Allowed) Scale =
        Environment.GetEnvironmentVariable("NTM_FULL") == "1" ? (1_000_000, 40) : (100_000, 12);

    public static TheoryData<string> Names => new(Tampering.All.Select(t => t.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_changes_are_accepted_by_chance_only(string name) =>
        Assert.InRange(Accepted(Tampering.Of(name), compensated: false), 0, Scale.Allowed);

    [Theory]
    [MemberData(nameof(Names))]
    public void Changes_that_the_ordinary_checksum_does_not_show_are_no_better(string name) =>
        Assert.InRange(Accepted(Tampering.Of(name), compensated: true), 0, Scale.Allowed);

    [Fact]
    public void Ports_and_addresses_that_the_checksum_does_not_follow_are_refused()
    {
        using var pair = new PccomPair();
        var (dice, packet) = (new Dice(1), new WirePacket());
        for (var i = 0; i < Scale.Trials; i++)
        {
            packet.FillTcp(ref dice, 0, 32);
            pair.Protect(packet);
            var sum = packet.Sum;
            if (dice.Below(2) == 0)
            {
                dice.Fill(packet.Transport[..4]);
            }
            else
            {
                packet.Source = (uint)dice.Next();
            }

            // One change of 65,535 leaves the sum as it was, as in any packet.
            Assert.Equal(sum % 0xFFFF == packet.Sum % 0xFFFF, pair.Open(packet) == PccomRefusal.None);
        }
    }

    private static int Accepted(Tampering tampering, bool compensated)
    {
        using var pair = new PccomPair();
        var trial = new Trial(pair, new Dice((ulong)Array.IndexOf(Tampering.All, tampering)));
        var accepted = 0;
        for (var i = 0; i < Scale.Trials; i++)
        {
            trial.Begin();
            tampering.Fill(trial);
            pair.Protect(trial.Packet);
            var sum = trial.Packet.Sum;
            tampering.Change(trial, compensated);
            if (compensated)
            {
                trial.Packet.Fit(tampering.CompensatedAt(trial.Packet), sum);
            }

            accepted += trial.IsAccepted() ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{tampering.Name}: {accepted} of {Scale.Trials} accepted");
        return accepted;
    }
}
