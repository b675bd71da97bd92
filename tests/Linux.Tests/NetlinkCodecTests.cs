using CsCheck;
using Xunit;

namespace NTMobile.Linux.Tests;

public sealed class NetlinkCodecTests
{
    [Fact]
    public void A_message_is_written_byte_for_byte()
    {
        var writer = new NetlinkWriter(stackalloc byte[128]);
        writer.Begin(24, Libc.NLM_F_ACK, 7);
        writer.Body(new nlattr { nla_len = 0x1122, nla_type = 0x3344 });
        writer.Attribute(1, [0xAA, 0xBB, 0xCC]);
        var nested = writer.BeginNested(2);
        writer.AttributeBigEndian(3, 0x01020304);
        writer.EndNested(nested);
        writer.Attribute(4, "ab");
        writer.End();
        Assert.Equal(
            "30000000180005000700000000000000" + "22114433" + "07000100AABBCC00" + "0C000280" + "0800030001020304" + "0700040061620000",
            Convert.ToHexString(writer.Written));
    }

    [Fact]
    public void Several_messages_read_back()
    {
        var writer = new NetlinkWriter(stackalloc byte[128]);
        for (ushort type = 20; type < 23; type++)
        {
            writer.Begin(type, 0, type);
            writer.Body(default(nlattr));
            writer.Attribute(5, "eth0");
            writer.End();
        }

        var reader = new NetlinkReader(writer.Written);
        for (ushort type = 20; type < 23; type++)
        {
            Assert.True(reader.TryRead(out var message));
            Assert.Equal(type, message.Type);
            Assert.True(message.TryReadBody<nlattr>(out _, out var attributes));
            Assert.True(attributes.TryRead(out var attribute, out var value));
            Assert.Equal((5, "eth0"), (attribute, NetlinkAttributes.String(value)));
            Assert.False(attributes.TryRead(out _, out _));
        }

        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Every_truncation_of_a_message_is_refused()
    {
        var writer = new NetlinkWriter(stackalloc byte[128]);
        writer.Begin(20, 0);
        writer.Attribute(5, 1234u);
        writer.End();
        for (var length = 0; length < writer.Length; length++)
        {
            Assert.False(new NetlinkReader(writer.Written[..length]).TryRead(out _));
        }
    }

    [Fact]
    public void No_bytes_make_the_readers_loop_or_leave_their_bounds() =>
        Gen.Byte[0, 24].Array[0, 120].Sample(bytes =>
        {
            var reader = new NetlinkReader(bytes);
            while (reader.TryRead(out var message))
            {
                RtnetlinkParser.Change(message);
                RtnetlinkParser.Neighbour(message);
                RtnetlinkParser.Rule(message);
            }
        });

    [Fact]
    public void A_hostile_route_message_is_no_route()
    {
        // A prefix length beyond the address family's, in a message that is otherwise right.
        var writer = new NetlinkWriter(stackalloc byte[128]);
        writer.Begin(Rtnetlink.RTM_NEWROUTE, 0);
        writer.Body(new rtmsg { rtm_family = Libc.AF_INET, rtm_dst_len = 77, rtm_type = 1 });
        writer.Attribute(Rtnetlink.RTA_DST, [10, 0, 0, 0]);
        writer.End();
        var reader = new NetlinkReader(writer.Written);
        Assert.True(reader.TryRead(out var message));
        Assert.Null(RtnetlinkParser.Change(message));
    }
}
