using CsCheck;
using NTMobile.Wire.Frames;

namespace NTMobile.Wire.Tests;

/// <summary>What holds for every message of the protocol: each must be in the table of samples, and each sample passes all of this.</summary>
public sealed class EveryMessage
{
    private static readonly Dictionary<string, WireSample> Samples =
        FrameSamples.All.Concat(HeaderSamples.All).ToDictionary(sample => sample.Name);

    public static TheoryData<string> Names => [.. Samples.Keys];

    [Fact]
    public void Every_frame_is_in_the_table()
    {
        var implemented = typeof(IFrame<>).Assembly.GetTypes()
            .Where(type => type.GetInterfaces().Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IFrame<>)));
        var sampled = FrameSamples.All.Select(sample => sample.GetType().GetGenericArguments()[0]).Distinct();

        Assert.Equal(implemented.Select(type => type.Name).Order(), sampled.Select(type => type.Name).Order());
        Assert.Equal(Enum.GetNames<FrameType>().Order(), sampled.Select(type => type.Name).Order());
    }

    [Fact]
    public void Every_frame_has_the_type_of_its_name() =>
        Assert.All(FrameSamples.All, sample =>
        {
            var frame = sample.GetType().GetGenericArguments()[0];
            Assert.Equal(frame.Name, frame.GetProperty("Type")!.GetValue(null)!.ToString());
        });

    [Theory, MemberData(nameof(Names))]
    public void Is_written_as_the_golden_bytes(string name) => Assert.Equal(Samples[name].Golden, Samples[name].Write());

    [Theory, MemberData(nameof(Names))]
    public void Is_read_and_written_again_as_the_golden_bytes(string name) =>
        Assert.Equal(Samples[name].Golden, Samples[name].Rewrite(Samples[name].Golden));

    [Theory, MemberData(nameof(Names))]
    public void Every_truncation_is_refused(string name)
    {
        var sample = Samples[name];
        var shortest = sample.Golden.Length - (sample.OpenTail ?? 0);
        for (var length = 0; length < sample.Golden.Length; length++)
        {
            var cut = sample.Golden[..length];
            Assert.Equal(length < shortest ? null : cut, sample.Rewrite(cut));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void One_byte_too_many_is_refused(string name)
    {
        var sample = Samples[name];
        byte[] longer = [.. sample.Golden, 0];
        Assert.Equal(sample.OpenTail is null ? null : longer, sample.Rewrite(longer));
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_flipped_bit_is_refused_or_seen(string name)
    {
        var sample = Samples[name];
        for (var bit = 0; bit < sample.Golden.Length * 8; bit++)
        {
            byte[] flipped = [.. sample.Golden];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(flipped, sample.Rewrite(flipped) ?? flipped);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void Random_bytes_are_refused_or_kept(string name)
    {
        var sample = Samples[name];
        Gen.Byte.Array[0, 120].Sample(bytes => Assert.Equal(bytes, sample.Rewrite(bytes) ?? bytes), iter: 2000, threads: 1);
    }

    [Theory, MemberData(nameof(Names))]
    public void Several_changed_bytes_are_refused_or_seen(string name)
    {
        var sample = Samples[name];
        var change = Gen.Select(Gen.Int[0, sample.Golden.Length - 1], Gen.Byte).Array[1, 4];
        change.Sample(
            changes =>
            {
                byte[] bytes = [.. sample.Golden];
                foreach (var (at, value) in changes)
                {
                    bytes[at] = value;
                }

                Assert.Equal(bytes, sample.Rewrite(bytes) ?? bytes);
            },
            iter: 2000,
            threads: 1);
    }
}
