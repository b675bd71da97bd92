using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Tests.Identity;

public sealed class NodeBundleTests : IDisposable
{
    private readonly NodeIdentity _identity = NodeIdentity.Create(new SeededRandom(1));

    public void Dispose() => _identity.Dispose();

    [Fact]
    public void A_bundle_has_these_bytes()
    {
        byte[] bytes = Create(0x0102030405060708, 0x090A0B0C, [0x1112131415161718]);
        Assert.Equal(
            "010102030405060708090A0B0C6E500AFB7A2C7957859991C9AD87672F9DFE803C16EE1B638237AB7E486F963B8B4E53E7F6DF615B7F28DEB9C32CCE0A74357B"
            + "1446E05D480EC0006D312CEDF80F6361722E6578616D706C652E6E6574111213141516171886164FF4E9F8262191BF5290F287A47DA40942B37D4510B841BCFC"
            + "8775D62E7BEFF1CEB1714BCB1F14841448F9EDD96CAAB96213B20A5FCFF425F7DD85C0E220DB665E10BF792CB20C787A305150D0D01211198BCDED62E8F54AA4"
            + "ED1D2CE8BDBC640AC5D988621F5DAF73E2EEB58D860879E26345107402",
            Convert.ToHexString(bytes)); // computed by other means
    }

    [Fact]
    public void What_was_written_is_read()
    {
        byte[] bytes = Create(7, 9, [1, 2, 3]);
        Assert.True(NodeBundle.TryRead(bytes, out NodeBundle? bundle));
        Assert.Equal((7UL, 9U, "car.example.net"), (bundle.Serial, bundle.Epoch, bundle.Node));
        Assert.Equal(_identity.Static.PublicKey, bundle.StaticKey);
        Assert.Equal(_identity.Signing.PublicKey, bundle.IdentityKey);
        Assert.Equal([1UL, 2UL, 3UL], bundle.Tags[..3]);
        Assert.DoesNotContain(0UL, bundle.Tags);
        byte[] again = new byte[bundle.Length];
        bundle.Write(again);
        Assert.Equal(bytes, again);
        Assert.True(BundleSignature.Verify(bytes));
    }

    [Fact]
    public void Every_damage_is_refused() =>
        Assert.All(Damage.Of(Create(7, 9, [1])), damaged => Assert.False(BundleSignature.Verify(damaged)));

    [Fact]
    public void A_tag_is_that_of_one_node_group_epoch_and_serial()
    {
        byte[] key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        ulong tag = GroupTag.Compute(key, "car.example.net", 1, 2);
        Assert.Equal(0xD71B83F57641249A, tag); // computed by other means
        Assert.NotEqual(tag, GroupTag.Compute(new byte[32], "car.example.net", 1, 2));
        Assert.NotEqual(tag, GroupTag.Compute(key, "bar.example.net", 1, 2));
        Assert.NotEqual(tag, GroupTag.Compute(key, "car.example.net", 2, 2));
        Assert.NotEqual(tag, GroupTag.Compute(key, "car.example.net", 1, 3));
    }

    private byte[] Create(ulong serial, uint epoch, ulong[] tags) =>
        BundleSignature.Create(_identity, "car.example.net", serial, epoch, tags, new SeededRandom(2));
}
