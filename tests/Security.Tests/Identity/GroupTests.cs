using NTMobile.Security.Identity;
using NTMobile.Wire.Identity;

namespace NTMobile.Security.Tests.Identity;

public sealed class GroupTests : IDisposable
{
    private const string Car = "car.example.net";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset End = Now.AddYears(1);

    private readonly NodeIdentity _car = NodeIdentity.Create(new SeededRandom(1));
    private readonly NodeIdentity _home = NodeIdentity.Create(new SeededRandom(2));
    private readonly GroupAuthority _family = GroupAuthority.Create("Family 家族", 5, new SeededRandom(3));

    public void Dispose()
    {
        _car.Dispose();
        _home.Dispose();
        _family.Dispose();
    }

    [Fact]
    public void A_member_opens_its_package()
    {
        byte[] package = Admit(_family, _car, Car);
        Assert.True(GroupMembership.TryOpen(package, _car, Car, Now, out GroupMembership? membership, out _));
        Assert.Equal(("Family 家族", (byte)5), (membership.Name, membership.Priority));
        Assert.Equal(_family.Id, membership.Id);
        Assert.Equal((Car, MemberRole.Router, 1U), (membership.Certificate.Node, membership.Certificate.Role, membership.Certificate.Epoch));
        Assert.Equal((ulong)End.ToUnixTimeSeconds(), membership.Certificate.NotAfter);
        Assert.Contains(Convert.ToHexString(membership.GroupKey), Convert.ToHexString(_family.Export()));
        Assert.DoesNotContain(Convert.ToHexString(membership.GroupKey), Convert.ToHexString(package));
    }

    [Fact]
    public void A_package_has_these_bytes() => Assert.Equal(
        "0105745F9AF7848FB6A7FD79C81D43952BD856D3F777A9776632A325907C79BA502C0D46616D696C7920E5AEB6E6978F008E0182510FE41923685BBEE0B48441"
        + "76AF0A00000001000000006B386925028B4E53E7F6DF615B7F28DEB9C32CCE0A74357B1446E05D480EC0006D312CEDF80F6361722E6578616D706C652E6E6574"
        + "D4E909520AD08A8C3EB0FB73F00D166FD727795E0AE3E2242FD1DDF15A867E5DEC95D9B0E5A2AB380348A81E0EDFF0F0F07FF3BFC38772C6AC3E5A8A54CB340C"
        + "3C1D9FDCE6815C14151A69DBCF404FCB55851F4370CFAD78930B745833592107699BD4B839057802A3B288BD1504D770EA436101396329EE196E70B15B483C21"
        + "5AC4720CD46DFEC24496AE8609745CACA1747543DD469AE964E39E1BF920A9D68CDAACBE87B85D4DB0ED099757082ACD69DEE1A21A8BB316E6FBDF5D67847BD3"
        + "4B664A929DBD628DE48BE424A97CA806", // computed by other means
        Convert.ToHexString(Admit(_family, _car, Car)));

    [Fact]
    public void Every_damage_of_a_package_is_refused() => Assert.All(
        Damage.Of(Admit(_family, _car, Car)), damaged => Assert.False(GroupMembership.TryOpen(damaged, _car, Car, Now, out _, out _)));

    [Fact]
    public void A_package_is_for_one_node_and_one_time()
    {
        byte[] package = Admit(_family, _car, Car);
        Assert.Equal(PackageRefusal.NotForUs, Refusal(package, _home, Car, Now));
        Assert.Equal(PackageRefusal.NotForUs, Refusal(package, _car, "home.example.net", Now));
        Assert.Equal(PackageRefusal.None, Refusal(package, _car, Car, End));
        Assert.Equal(PackageRefusal.Expired, Refusal(package, _car, Car, End.AddSeconds(1)));
        Assert.Equal(PackageRefusal.Malformed, Refusal([], _car, Car, Now));
    }

    [Fact]
    public void The_key_of_another_static_key_does_not_open()
    {
        byte[] package = _family.Admit(Car, _car.Signing.PublicKey, _home.Static.PublicKey, MemberRole.Host, End, new SeededRandom(4));
        Assert.Equal(PackageRefusal.NotForUs, Refusal(package, _car, Car, Now));
    }

    [Fact]
    public void The_owners_file_comes_back_and_every_damage_is_recognised()
    {
        byte[] file = _family.Export();
        Assert.Equal(KeyFileProblem.None, GroupAuthority.Import(file, out GroupAuthority? again));
        Assert.Equal(("Family 家族", (byte)5, 1U), (again!.Name, again.Priority, again.Epoch));
        Assert.Equal(Admit(_family, _car, Car), Admit(again, _car, Car));
        Assert.All(Damage.Of(file), damaged => Assert.NotEqual(KeyFileProblem.None, GroupAuthority.Import(damaged, out _)));
        Assert.Equal(KeyFileProblem.OtherKind, GroupAuthority.Import(_car.Export(), out _));
    }

    [Fact]
    public void Who_is_put_out_does_not_learn_the_new_key()
    {
        GroupMembership before = Open(_family, _car, Car);
        _family.Renew(new SeededRandom(7));
        GroupMembership after = Open(_family, _home, "home.example.net");
        Assert.Equal(2U, after.Certificate.Epoch);
        Assert.False(before.GroupKey.SequenceEqual(after.GroupKey));
        Assert.Equal(
            MemberRefusal.OldEpoch,
            MemberVerifier.Check(after, before.CertificateBytes, Bundle(_car, Car, before), Car, _car.Static.PublicKey, Now));
    }

    [Fact]
    public void A_group_is_shown_in_32_digits() => Assert.Matches("^[0-9a-f]{32}$", GroupId.Text(_family.Id));

    [Fact]
    public void A_peer_is_checked_from_the_group_to_its_handshake_key()
    {
        GroupMembership car = Open(_family, _car, Car), home = Open(_family, _home, "home.example.net");
        byte[] bundle = Bundle(_car, Car, car);
        Assert.Equal(MemberRefusal.None, Check(car.CertificateBytes, bundle, Car, _car));
        Assert.Equal(MemberRefusal.OtherName, Check(car.CertificateBytes, bundle, "bar.example.net", _car));
        Assert.Equal(MemberRefusal.OtherKey, Check(car.CertificateBytes, bundle, Car, _home));
        Assert.Equal(MemberRefusal.OtherKey, Check(car.CertificateBytes, Bundle(_home, Car, car), Car, _home));
        Assert.Equal(MemberRefusal.OtherName, Check(car.CertificateBytes, Bundle(_car, "bar.example.net", car), Car, _car));
        Assert.Equal(MemberRefusal.Expired, MemberVerifier.Check(home, car.CertificateBytes, bundle, Car, _car.Static.PublicKey, End.AddSeconds(1)));
        Assert.Equal(MemberRefusal.Malformed, Check([], bundle, Car, _car));
        using var others = GroupAuthority.Create("Others", 1, new SeededRandom(8));
        Assert.Equal(MemberRefusal.OtherGroup, Check(Open(others, _car, Car).CertificateBytes, bundle, Car, _car));
        Assert.All(Damage.Of(car.CertificateBytes), damaged => Assert.NotEqual(MemberRefusal.None, Check(damaged, bundle, Car, _car)));

        MemberRefusal Check(byte[] certificate, byte[] keys, string name, NodeIdentity proved) =>
            MemberVerifier.Check(home, certificate, keys, name, proved.Static.PublicKey, Now);
    }

    private static byte[] Admit(GroupAuthority group, NodeIdentity node, string name) =>
        group.Admit(name, node.Signing.PublicKey, node.Static.PublicKey, MemberRole.Router, End, new SeededRandom(4));

    private static GroupMembership Open(GroupAuthority group, NodeIdentity node, string name)
    {
        Assert.True(GroupMembership.TryOpen(Admit(group, node, name), node, name, Now, out GroupMembership? membership, out _));
        return membership;
    }

    private static byte[] Bundle(NodeIdentity node, string name, GroupMembership group) =>
        BundleSignature.Create(node, name, 1, 1, [GroupTag.Compute(group.GroupKey, name, 1, 1)], new SeededRandom(5));

    private static PackageRefusal Refusal(byte[] package, NodeIdentity node, string name, DateTimeOffset now)
    {
        GroupMembership.TryOpen(package, node, name, now, out _, out PackageRefusal refusal);
        return refusal;
    }
}
