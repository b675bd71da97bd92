using NTMobile.Packets;
using NTMobile.RouterCore.Names;
using NTMobile.RouterCore.Tests.Support;
using NTMobile.Scenario.Tests.Parties;
using NTMobile.Wire;
using NTMobile.Wire.Dns;
using NTMobile.Wire.Frames;

namespace NTMobile.RouterCore.Tests.Names;

/// <summary>What a LAN device is told that asks for a name in the zone (docs/protocol.md §4).</summary>
public sealed class NameServiceTests
{
    private readonly NodeBench _bench = new();
    private readonly TestGroup _group;

    public NameServiceTests()
    {
        _group = _bench.NewGroup("family");
        _bench.Join(_group);
    }

    [Fact]
    public void A_device_behind_a_peer_of_a_common_group_has_a_virtual_address_for_five_seconds()
    {
        _bench.Ask("camera.bob.ntm.test");
        Assert.Empty(_bench.Answers);
        _bench.Route("bob.ntm.test", _group);

        var answer = Assert.Single(_bench.Answers);
        Assert.Equal(DnsResponseCode.NoError, answer.ResponseCode);
        var record = Assert.Single(answer.Answers);
        Assert.Equal(5u, record.TimeToLive);
        var address = Assert.IsType<ARecord>(record.Data).Address;
        Assert.True(AddressPrefix.Virtual.Contains(address));
        var lease = Assert.Single(_bench.Saved);
        Assert.Equal(("bob.ntm.test", "camera", address), (lease.Peer, lease.Device, lease.Address));
    }

    [Fact]
    public void An_answer_repeats_the_question_as_it_was_asked()
    {
        _bench.Ask("CaMeRa.bOb.ntm.TEST");
        _bench.Route("bob.ntm.test", _group);
        var answer = Assert.Single(_bench.Answers);
        Assert.Equal("CaMeRa.bOb.ntm.TEST", answer.Question!.AskedName);
        Assert.Equal("camera", Assert.Single(_bench.Saved).Device);
    }

    [Fact]
    public void A_virtual_address_has_the_name_of_its_device()
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Route("bob.ntm.test", _group);
        var address = Assert.IsType<ARecord>(Assert.Single(_bench.Answers[0].Answers).Data).Address;
        var address6 = VirtualIpv6.Of("bob.ntm.test", "camera/4"); // what a device with IPv6 alone sees of what speaks IPv4
        _bench.Answers.Clear();

        _bench.Ask(Reverse(address), DnsType.Ptr);
        _bench.Ask(Reverse(address6), DnsType.Ptr);
        Assert.Equal(2, _bench.Answers.Count);
        Assert.All(_bench.Answers, answer => Assert.Equal(new PtrRecord("camera.bob.ntm.test"), Assert.Single(answer.Answers).Data));
        _bench.Answers.Clear();

        _bench.Ask(Reverse(address), DnsType.A);
        AssertAnswer(DnsResponseCode.NoError, null);
        _bench.Answers.Clear();
        _bench.Ask(Reverse(address + 1), DnsType.Ptr);
        AssertAnswer(DnsResponseCode.NameError, null);
        _bench.Answers.Clear();
        _bench.Ask("x." + Reverse(address), DnsType.Ptr);
        AssertAnswer(DnsResponseCode.NameError, null);
    }

    [Fact]
    public void No_common_group_is_nxdomain_and_prohibited()
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Route("bob.ntm.test", _bench.NewGroup("strangers"));
        _bench.Published(0);
        AssertAnswer(DnsResponseCode.NameError, DnsExtendedErrorCode.Prohibited);
        Assert.Equal(("camera.bob.ntm.test", "NoCommonGroup"), (_bench.Names.Refusals[0].Name, _bench.Names.Refusals[0].Outcome.ToString()));
        Assert.Empty(_bench.Saved);
    }

    [Fact]
    public void A_bundle_of_another_node_opens_nothing()
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Route("mallory.ntm.test", _group);
        _bench.Published(0);
        AssertAnswer(DnsResponseCode.NameError, DnsExtendedErrorCode.Prohibited);
    }

    [Theory]
    [InlineData(DirectionRefusalReason.NoSuchName, DnsResponseCode.NameError, -1)]
    [InlineData(DirectionRefusalReason.NotRegistered, DnsResponseCode.ServerFailure, 22)]
    [InlineData(DirectionRefusalReason.TooManyRequests, DnsResponseCode.ServerFailure, 0)]
    [InlineData(DirectionRefusalReason.NotForYou, DnsResponseCode.NameError, 18)]
    public void What_the_direction_server_refuses_is_told_with_its_reason(DirectionRefusalReason reason, DnsResponseCode code, int explanation)
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Refuse(reason);
        if (code == DnsResponseCode.NameError)
        {
            Assert.Empty(_bench.Answers);
            _bench.Published(0);
        }

        AssertAnswer(code, explanation < 0 ? null : (DnsExtendedErrorCode)explanation);
    }

    [Fact]
    public void What_is_published_has_its_public_address_and_is_no_refusal()
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Route("bob.ntm.test", _bench.NewGroup("strangers"));
        _bench.Published(0xCB00_7114);
        var answer = AssertAnswer(DnsResponseCode.NoError, null);
        Assert.Equal(0xCB00_7114, Assert.IsType<ARecord>(Assert.Single(answer.Answers).Data).Address);
        Assert.Empty(_bench.Names.Refusals);
    }

    [Fact]
    public void A_direction_server_that_does_not_answer_is_servfail_and_unreachable()
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Advance(8);
        AssertAnswer(DnsResponseCode.ServerFailure, DnsExtendedErrorCode.NoReachableAuthority);
    }

    [Fact]
    public void A_device_that_does_not_speak_edns_gets_the_plain_answer()
    {
        _bench.Ask("camera.bob.ntm.test", edns: false);
        _bench.Refuse(DirectionRefusalReason.NotForYou);
        _bench.Published(0);
        var answer = Assert.Single(_bench.Answers);
        Assert.Equal(DnsResponseCode.NameError, answer.ResponseCode);
        Assert.Null(answer.Edns);
    }

    [Theory]
    [InlineData(DnsType.Aaaa)]
    [InlineData((DnsType)16)]
    public void Another_type_is_nodata_at_once(DnsType type)
    {
        _bench.Ask("camera.bob.ntm.test", type);
        var answer = AssertAnswer(DnsResponseCode.NoError, null);
        Assert.Empty(answer.Answers);
    }

    [Fact]
    public void A_device_of_our_own_is_answered_with_its_own_address()
    {
        _bench.Know(new SharedDevice(new LanDevice("printer", 0xC0A8_0833), []));
        _bench.Ask("printer.alice.ntm.test");
        Assert.Equal(0xC0A8_0833u, Assert.IsType<ARecord>(Assert.Single(AssertAnswer(DnsResponseCode.NoError, null).Answers).Data).Address);

        _bench.Ask("printer.alice.ntm.test", DnsType.Aaaa);
        Assert.Empty(_bench.Answers[1].Answers);
        _bench.Ask("nothing.alice.ntm.test");
        Assert.Equal(DnsResponseCode.NameError, _bench.Answers[2].ResponseCode);
    }

    [Theory]
    [InlineData("one.more.camera.bob.ntm.test")]
    [InlineData("x.camera.bob.ntm.test")]
    public void A_name_with_more_labels_does_not_exist(string name)
    {
        _bench.Ask(name);
        AssertAnswer(DnsResponseCode.NameError, null);
    }

    [Fact]
    public void Repeated_questions_are_one_wish_and_each_is_answered()
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Route("bob.ntm.test", _group);
        for (var i = 0; i < 3; i++)
        {
            _bench.Ask("nas.carol.ntm.test");
        }

        Assert.Single(_bench.Answers);
        _bench.Advance(8);
        Assert.Equal(1 + 3, _bench.Answers.Count);
    }

    [Fact]
    public void An_empty_pool_is_servfail_with_a_text()
    {
        const int usable = 6;
        var bench = new NodeBench(new AddressPrefix(0xC612_0000, 29));
        var group = bench.NewGroup("family");
        bench.Join(group);
        for (var i = 0; i <= usable; i++)
        {
            bench.Ask($"camera.r{i}.ntm.test");
            bench.Route($"r{i}.ntm.test", group);
        }

        Assert.Equal([.. Enumerable.Repeat(DnsResponseCode.NoError, usable), DnsResponseCode.ServerFailure], bench.Answers.Select(a => a.ResponseCode));
        Assert.Equal(DnsExtendedErrorCode.Other, bench.Answers[usable].Edns!.Error!.Code);
        Assert.NotEmpty(bench.Answers[usable].Edns!.Error!.Text);
    }

    [Fact]
    public void Too_many_open_questions_are_refused()
    {
        for (var i = 0; i < 257; i++)
        {
            _bench.Ask($"camera.r{i}.ntm.test");
        }

        AssertAnswer(DnsResponseCode.ServerFailure, DnsExtendedErrorCode.Other);
    }

    [Fact]
    public void Refusals_kept_are_bounded_whoever_causes_them()
    {
        for (var i = 0; i < 300; i++)
        {
            _bench.Names.NoteStranger($"s{i}.ntm.test");
        }

        Assert.Equal(100, _bench.Names.Refusals.Count);
        Assert.Equal("s299.ntm.test", _bench.Names.Refusals[^1].Name);
    }

    [Fact]
    public void A_packet_to_a_virtual_address_that_nobody_was_given_comes_back_as_an_error()
    {
        var packet = Make.Udp(Side.DeviceAddress, 0xC612_0099, 1, 2, "x"u8);
        Assert.Equal(DropReason.UnknownVirtualAddress, _bench.Hold(packet));
        AssertUnreachable(packet, code: 1);
    }

    [Fact]
    public void Held_packets_are_bounded_and_come_back_as_one_error()
    {
        _bench.Ask("camera.bob.ntm.test");
        _bench.Route("bob.ntm.test", _group);
        var address = Assert.Single(_bench.Saved).Address;
        var packet = Make.Udp(Side.DeviceAddress, address, 1, 2, "x"u8);

        var dropped = Enumerable.Range(0, 100).Select(_ => _bench.Hold(packet)).Where(r => r != DropReason.None).ToArray();
        Assert.Equal(36, dropped.Length);
        Assert.All(dropped, reason => Assert.Equal(DropReason.StagingFull, reason));

        _bench.Advance(3);
        Assert.Empty(_bench.Errors); // the handshake is still being tried
    }

    [Fact]
    public void A_packet_to_a_router_that_is_away_comes_back_as_an_error()
    {
        _bench.Leases.Load([new VirtualLease("bob.ntm.test", "camera", 0xC612_0007, _bench.Time.GetUtcNow())]);
        var packet = Make.Udp(Side.DeviceAddress, 0xC612_0007, 1, 2, "x"u8);
        Assert.Equal(DropReason.None, _bench.Hold(packet));
        Assert.Equal(DropReason.None, _bench.Hold(packet));
        _bench.Advance(4.5);
        AssertUnreachable(packet, code: 1);
    }

    private DnsMessage AssertAnswer(DnsResponseCode code, DnsExtendedErrorCode? explanation)
    {
        var answer = Assert.Single(_bench.Answers);
        Assert.Equal(code, answer.ResponseCode);
        Assert.Equal(explanation, answer.Edns?.Error?.Code);
        Assert.True(explanation is null || answer.Answers.Count == 0);
        return answer;
    }

    private void AssertUnreachable(byte[] packet, byte code)
    {
        var error = Assert.Single(_bench.Errors);
        Assert.Equal((Icmp.DestinationUnreachable, code), (error[20], error[21]));
        Assert.Equal(packet, error[28..]);
    }

    private static string Reverse(uint address) =>
        string.Join('.', BitConverter.GetBytes(address)) + ".in-addr.arpa"; // its bytes come in reverse order on this machine

    private static string Reverse(UInt128 address) =>
        string.Concat(Enumerable.Range(0, 32).Select(n => $"{(int)((address >> (4 * n)) & 0xF):x}.")) + "ip6.arpa";
}
