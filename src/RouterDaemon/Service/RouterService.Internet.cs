using NTMobile.Control;
using NTMobile.NetfilterBridge;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Network;

namespace NTMobile.RouterDaemon.Service;

/// <summary>How devices reach ordinary hosts.</summary>
internal sealed partial class RouterService
{
    public Task<Result<Control.InternetRule>> SetInternetRuleAsync(InternetRuleRequest request, CancellationToken cancel) =>
        Task.FromResult(SetInternetRule(request));

    public Task<ControlError?> RemoveInternetRuleAsync(string id, CancellationToken cancel)
    {
        ControlError? problem = null;
        try
        {
            problem = internet.Remove(id) ? null : ControlError.NotFound($"there is no rule {id}");
        }
        catch (RuleSetException e)
        {
            problem = ControlError.Unavailable(e.Message);
        }

        Signal.Changed();
        return Task.FromResult(problem);
    }

    private Result<Control.InternetRule> SetInternetRule(InternetRuleRequest request)
    {
        string? mac = null;
        if (request.Device is not null && (mac = MacOf(request.Device)) is null)
        {
            return ControlError.NotFound($"no device is named {request.Device}, and it is no MAC address");
        }

        string? destination = null;
        if (request.Destination is not null && (destination = InternetRules.Destination(request.Destination)?.ToString()) is null)
        {
            return ControlError.Invalid($"\"{request.Destination}\" is no IPv4 address or network such as 203.0.113.0/24");
        }

        try
        {
            var rule = new Storage.Tables.InternetRule(mac, destination, request.Way.ToString());
            internet.Set(rule);
            Signal.Changed();
            return Shown(rule);
        }
        catch (RuleSetException e)
        {
            return ControlError.Unavailable(e.Message);
        }
    }

    private string? MacOf(string device) => store.Devices.Find(device)?.Mac ?? DeviceFinder.Mac(device);

    private InternetPolicy Internet(EgressStatus? egress) => new()
    {
        Rules = [.. internet.All.Select(Shown)],
        Relay = egress?.Server?.ToString(),
        AutoRelays = egress?.RelaysByItself ?? false,
        PacketsOut = egress?.PacketsOut ?? 0,
        PacketsIn = egress?.PacketsIn ?? 0,
    };

    private Control.InternetRule Shown(Storage.Tables.InternetRule rule) => new()
    {
        Id = InternetRules.IdOf(rule),
        Mac = rule.Mac,
        Device = store.Devices.All.FirstOrDefault(d => d.Mac == rule.Mac)?.Label,
        Destination = rule.Destination,
        Way = InternetRules.Way(rule),
    };
}
