using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.RouterDaemon.Service;
using NTMobile.RouterDaemon.Tests.Support;
using Stored = NTMobile.Storage.Tables.InternetRule;

namespace NTMobile.RouterDaemon.Tests.Service;

public sealed class InternetRulesTests : IDisposable
{
    private const string Mac = "02:00:00:00:00:01";
    private readonly ServiceWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void Without_a_rule_that_relays_the_kernel_gets_none()
    {
        Assert.True(Set(InternetWay.Direct).IsOk);
        Assert.Empty(_world.KernelRules);
    }

    [Fact]
    public void The_narrowest_rule_comes_first_whatever_the_order_they_were_made_in()
    {
        Set(InternetWay.Direct);
        Set(InternetWay.Auto, to: "203.0.0.0/16");
        Set(InternetWay.Direct, to: "203.0.113.0/24");
        Set(InternetWay.Relay, device: Mac);
        Set(InternetWay.Direct, device: Mac, to: "203.0.113.5");
        Assert.Equal(
            [(true, "203.0.113.5/32", InternetFate.Direct), (true, "", InternetFate.Queue), (false, "203.0.113.0/24", InternetFate.Direct),
                (false, "203.0.0.0/16", InternetFate.QueueNew), (false, "", InternetFate.Direct)],
            _world.KernelRules.Select(r => (r.Device is not null, r.Destination?.ToString() ?? "", r.Fate)));
        Assert.Equal(
            [$"{Mac}@203.0.113.5-32", Mac, "all@203.0.113.0-24", "all@203.0.0.0-16", "all"], _world.Snapshot.Internet.Rules.Select(r => r.Id));
    }

    [Fact]
    public async Task A_rule_replaces_that_of_the_same_device_and_destination_survives_a_restart_and_goes()
    {
        Set(InternetWay.Auto, device: Mac);
        Set(InternetWay.Relay, device: Mac);
        _world.Restart();
        var rule = Assert.Single(_world.Snapshot.Internet.Rules);
        Assert.Equal((Mac, null, InternetWay.Relay), (rule.Mac, rule.Destination, rule.Way));
        Assert.Null(await _world.Service.RemoveInternetRuleAsync(rule.Id, default));
        Assert.Empty(_world.Snapshot.Internet.Rules);
        Assert.Equal(ControlErrorCodes.NotFound, (await _world.Service.RemoveInternetRuleAsync(rule.Id, default))!.Code);
    }

    [Theory]
    [InlineData("nobody", null)]
    [InlineData(null, "example.net")]
    [InlineData(null, "2001:db8::/32")]
    public void What_names_no_device_or_network_is_refused(string? device, string? to)
    {
        Assert.False(Set(InternetWay.Relay, device, to).IsOk);
        Assert.Empty(_world.Snapshot.Internet.Rules);
    }

    [Fact]
    public void A_rule_that_the_kernel_does_not_take_is_not_kept()
    {
        var rules = new InternetRules(_world.Store, _ => throw new RuleSetException("no"));
        Assert.Throws<RuleSetException>(() => rules.Set(new Stored(Mac, null, "Relay")));
        Assert.Empty(rules.All);
        Assert.False(rules.Now().Wanted);
    }

    private Result<Control.InternetRule> Set(InternetWay way, string? device = null, string? to = null) =>
        _world.Service.SetInternetRuleAsync(new InternetRuleRequest(way, device, to), default).GetAwaiter().GetResult();
}
