namespace NTMobile.RouterDaemon;

/// <summary>What the service logs. Event ids stay as they are.</summary>
internal sealed partial class DaemonLog(ILogger logger)
{
    [LoggerMessage(1, LogLevel.Information, "ntm-router ready: LAN {Lan}, page at http://{Web}/")]
    public partial void Ready(string lan, string web);

    [LoggerMessage(2, LogLevel.Information, "Uplink {Name}: {Address}, gateway {Gateway}")]
    public partial void UplinkUp(string name, string address, string gateway);

    [LoggerMessage(22, LogLevel.Information, "Uplink {Name}: IPv4 through a NAT64, {Prefix}")]
    public partial void UplinkBehindNat64(string name, string prefix);

    [LoggerMessage(3, LogLevel.Information, "No uplink has carrier and address now")]
    public partial void NoUplink();

    [LoggerMessage(4, LogLevel.Error, "{Event} failed; the service goes on")]
    public partial void StepFailed(Exception exception, string @event);

    [LoggerMessage(5, LogLevel.Error, "Network change could not be applied; it is tried again at the next change")]
    public partial void NetworkFailed(Exception exception);

    [LoggerMessage(13, LogLevel.Warning, "Another program had emptied the packet filter; guards and queue rules are there again")]
    public partial void RulesRestored();

    [LoggerMessage(14, LogLevel.Error, "The packet filter lost the router's rules, and they cannot be put back; it is tried again every second")]
    public partial void RulesMissing(Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "{Message}")]
    public partial void Warn(string message);

    [LoggerMessage(7, LogLevel.Information, "Session with {Peer} moved ({Cause}): {From} -> {To}, gap {GapMs} ms, {Lost} datagrams lost")]
    public partial void Moved(string peer, string cause, string from, string to, int gapMs, long lost);

    [LoggerMessage(8, LogLevel.Error, "A record could not be stored")]
    public partial void StoreFailed(Exception exception);

    [LoggerMessage(9, LogLevel.Information, "Node {Name} of zone {Zone}")]
    public partial void NodeStarted(string name, string zone);

    [LoggerMessage(20, LogLevel.Information, "Server {Server} over TLS by {Uplink}, after {Milliseconds} ms: UDP does not answer")]
    public partial void StreamUp(string server, string uplink, long milliseconds);

    [LoggerMessage(21, LogLevel.Information, "Server {Server} over TLS by {Uplink}: {Reason}")]
    public partial void StreamDown(string server, string uplink, string reason);

    [LoggerMessage(30, LogLevel.Information, "The gateway holds {Outside} open for {Local}, by {Protocol}")]
    public partial void PortOpened(string local, string outside, string protocol);

    [LoggerMessage(31, LogLevel.Information, "The gateway no longer holds {Outside} open for {Local}")]
    public partial void PortLost(string local, string outside);

    [LoggerMessage(32, LogLevel.Information, "The gateway {Gateway} has started again and forgotten its open ports")]
    public partial void GatewayRestarted(string gateway);

    [LoggerMessage(33, LogLevel.Error, "The gateway {Gateway} is asked for no port any more")]
    public partial void PortMappingFailed(Exception exception, string gateway);

    [LoggerMessage(12, LogLevel.Error, "The LAN's devices could not be looked at; it is tried again every second")]
    public partial void DevicesFailed(Exception exception);

    [LoggerMessage(11, LogLevel.Warning, "The key server could not be asked: {Message}")]
    public partial void UpkeepFailed(string message);

    [LoggerMessage(10, LogLevel.Warning, "Device {Label} is bound to {Known}, but {Claimed} bears its address; it is left out")]
    public partial void DeviceClaimed(string label, string known, string claimed);
}
