using CsCheck;
using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests.Frames;

public sealed class FrameSequenceTests
{
    private const string PingAndClose = "02 0004 01020304 06 0001 02";

    [Fact]
    public void Frames_are_written_with_type_and_length()
    {
        var writer = new FrameWriter(new byte[64]);

        Assert.True(writer.TryAppend(new Ping(0x01020304)));
        Assert.True(writer.TryAppend(new Close(CloseReason.Replaced)));
        Assert.Equal(Hex.Parse(PingAndClose), writer.Written.ToArray());
        Assert.Equal(11, writer.Length);
        Assert.Equal(7, FrameWriter.SizeOf(new Ping(1)));
    }

    [Fact]
    public void A_frame_that_does_not_fit_is_not_written()
    {
        var buffer = new byte[10];
        var writer = new FrameWriter(buffer);

        Assert.True(writer.TryAppend(new Ping(0x01020304)));
        Assert.False(writer.TryAppend(new Close(CloseReason.Replaced)));
        Assert.Equal(7, writer.Length);
        Assert.Equal(new byte[3], buffer[7..]);
    }

    [Fact]
    public void A_builder_writes_the_same_bytes()
    {
        var builder = new FrameBuilder().Append(new Ping(0x01020304)).Append(new Close(CloseReason.Replaced));

        Assert.Equal(Hex.Parse(PingAndClose), builder.ToArray());
        Assert.Equal(Hex.Parse(PingAndClose), builder.Written.ToArray());
    }

    [Fact]
    public void A_body_longer_than_its_length_field_is_our_own_mistake() =>
        Assert.Throws<ArgumentException>(() => new FrameBuilder().Append(new PathChallenge(1, 65528)));

    [Fact]
    public void Frames_are_read_in_order_and_unknown_ones_are_given_too()
    {
        var reader = new FrameReader(Hex.Parse($"{PingAndClose} FF 0002 AABB"));

        Assert.True(reader.TryRead(out var first, out var body));
        Assert.Equal(FrameType.Ping, first);
        Assert.True(Ping.TryRead(body, out var ping));
        Assert.Equal(new Ping(0x01020304), ping);
        Assert.True(reader.TryRead(out var second, out _));
        Assert.Equal(FrameType.Close, second);
        Assert.True(reader.TryRead(out var third, out body));
        Assert.Equal(0xFF, (byte)third);
        Assert.Equal([0xAA, 0xBB], body.ToArray());
        Assert.False(reader.TryRead(out _, out _));
        Assert.False(reader.Malformed);
    }

    [Fact]
    public void A_sequence_cut_inside_a_frame_is_malformed()
    {
        var whole = Hex.Parse(PingAndClose);
        for (var length = 0; length <= whole.Length; length++)
        {
            var reader = new FrameReader(whole.AsSpan(0, length));
            var frames = 0;
            while (reader.TryRead(out _, out _))
            {
                frames++;
            }

            Assert.Equal(length < 7 ? 0 : length < 11 ? 1 : 2, frames);
            Assert.Equal(length is not (0 or 7 or 11), reader.Malformed);
            Assert.False(reader.TryRead(out _, out _));
        }
    }

    [Fact]
    public void Random_bytes_give_frames_that_lie_one_after_another() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            var reader = new FrameReader(bytes);
            var at = 0;
            while (reader.TryRead(out var type, out var body))
            {
                Assert.Equal(bytes[at], (byte)type);
                Assert.Equal(bytes.AsSpan(at + 3, body.Length), body);
                at += 3 + body.Length;
            }

            Assert.Equal(at != bytes.Length, reader.Malformed);
        },
        iter: 2000,
        threads: 1);

    [Fact]
    public void A_size_probe_fills_its_datagram()
    {
        var frame = PathChallenge.OfDatagramSize(1, 1400);

        Assert.Equal(1400, SealedDatagram.Overhead + FrameWriter.SizeOf(frame));
    }
}
