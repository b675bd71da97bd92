using CsCheck;
using Xunit;

namespace NTMobile.Storage.Tests;

public sealed class KeyFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryDirectory _directory = new();

    private string Path => _directory["identity.key"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_was_written_is_read_and_only_the_owner_may_read_it()
    {
        KeyFile.Create(Path, "IDEN", [1, 2, 3]);
        Assert.Equal([1, 2, 3], KeyFile.Read(Path, "IDEN"));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path));
        Assert.Equal([Path], Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void The_file_has_the_bytes_of_its_picture()
    {
        KeyFile.Create(Path, "IDEN", [0xAA, 0xBB]);
        Assert.Equal(
            "4E544D4B4559310A" + "4944454E" + "00000002" + "AABB" + "9BD758104ECE83BE4613ADF4D99A0712B58355E91711BA1E9483FB8E59755E14",
            Convert.ToHexString(File.ReadAllBytes(Path)));
    }

    [Fact]
    public void A_file_that_is_there_is_not_made_again()
    {
        KeyFile.Create(Path, "IDEN", [1]);
        Assert.ThrowsAny<IOException>(() => KeyFile.Create(Path, "IDEN", [2]));
        Assert.Equal([1], KeyFile.Read(Path, "IDEN"));
    }

    [Fact]
    public void A_file_is_replaced_when_asked_even_after_a_crash_left_a_half_one()
    {
        KeyFile.Create(Path, "IDEN", [1]);
        File.WriteAllText(Path + ".new", "half");
        KeyFile.Write(Path, "IDEN", [2]);
        Assert.Equal([2], KeyFile.Read(Path, "IDEN"));
        Assert.Equal([Path], Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void A_missing_file_is_named_as_missing() => Expect(KeyFileFault.Missing, "does not exist");

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    public void A_file_that_others_may_use_is_refused_with_the_command_that_helps(UnixFileMode more)
    {
        KeyFile.Create(Path, "IDEN", [1]);
        File.SetUnixFileMode(Path, OwnerOnly | more);
        Expect(KeyFileFault.Permissions, "chmod 600");
    }

    [Fact]
    public void A_file_of_another_kind_is_refused()
    {
        KeyFile.Create(Path, "GRUP", [1]);
        Expect(KeyFileFault.Damaged, "damaged");
    }

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_damage_and_the_file_stays_as_it_is()
    {
        KeyFile.Create(Path, "IDEN", [1, 2, 3, 4]);
        var bytes = File.ReadAllBytes(Path);
        for (var length = 0; length < bytes.Length; length++)
        {
            ExpectDamaged(bytes[..length]);
        }

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            ExpectDamaged(flipped);
        }

        ExpectDamaged([.. bytes, 0]);
    }

    [Fact]
    public void Any_content_comes_back_as_it_was() =>
        Gen.Byte.Array[0, 5000].Sample(
            content =>
            {
                KeyFile.Write(Path, "ABCD", content);
                Assert.Equal(content, KeyFile.Read(Path, "ABCD"));
            },
            iter: 50,
            threads: 1);

    private void ExpectDamaged(byte[] bytes)
    {
        File.WriteAllBytes(Path, bytes);
        Expect(KeyFileFault.Damaged, "Put a backup of it back");
        Assert.Equal(bytes, File.ReadAllBytes(Path));
    }

    private void Expect(KeyFileFault fault, string words)
    {
        var refused = Assert.Throws<KeyFileException>(() => KeyFile.Read(Path, "IDEN"));
        Assert.Equal(fault, refused.Fault);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
    }
}
