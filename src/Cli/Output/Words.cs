using System.Globalization;
using NTMobile.Control;

namespace NTMobile.Cli.Output;

/// <summary>Numbers and states in words.</summary>
internal static class Words
{
    public static string Of(RouterState state) => state switch
    {
        RouterState.NotEnrolled => "not enrolled",
        RouterState.Connecting => "connecting",
        RouterState.Online => "online",
        _ => "offline",
    };

    public static string Of(SessionState? state) => state switch
    {
        null => "-",
        SessionState.Directing => "directing",
        SessionState.Handshaking => "handshaking",
        SessionState.Established => "established",
        SessionState.Moving => "moving",
        _ => "closed",
    };

    public static string Of(PathKind kind) => kind == PathKind.Direct ? "direct" : "relay";

    public static string Of(SessionPath? path) => path is null ? "-" : $"{Of(path.Kind)} over {path.Uplink}";

    /// <summary>The path, with how and how much of the traffic goes without the tunnel: <c>direct over wan0, pccom 97 %</c>.</summary>
    public static string Way(Session session)
    {
        var translated = session.Translation switch
        {
            null => "",
            { Kind: TranslationKind.Pccom } => ", pccom",
            { Kind: TranslationKind.Plain } => ", plain (not encrypted)",
            _ => ", all by tunnel now",
        };
        var all = session.PacketsIn + session.PacketsOut;
        var share = session.Translation is { Kind: not TranslationKind.None } t && all > 0 ? $" {100 * (t.PacketsIn + t.PacketsOut) / all} %" : "";
        return Of(session.Path) + translated + share;
    }

    public static string Nat(UplinkStatus uplink) => (uplink.NatMapping, uplink.NatFiltering) switch
    {
        (NatMapping.Unknown, _) => "not measured",
        (NatMapping.None, NatFiltering.EndpointIndependent) => "none",
        (NatMapping.None, _) => "none, firewall",
        (NatMapping.EndpointIndependent, NatFiltering.EndpointIndependent) => "open",
        (NatMapping.EndpointIndependent, _) => "ordinary",
        _ => "strict",
    } + (uplink.PortMapping.State == PortMappingState.Open ? $", port open ({uplink.PortMapping.Protocol})" : "");

    public static string Milliseconds(double? ms) =>
        ms is null ? "-" : ms.Value.ToString(ms < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        double value = bytes;
        var unit = 0;
        while (value >= 1000 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(unit == 0 || value >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    /// <summary>The two biggest units: <c>2 d 4 h</c>, <c>12 min</c>.</summary>
    public static string Duration(double seconds)
    {
        var span = TimeSpan.FromSeconds(Math.Max(0, seconds));
        return span switch
        {
            { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
            { TotalHours: < 1 } => $"{span.Minutes} min",
            { TotalDays: < 1 } => $"{span.Hours} h {span.Minutes} min",
            _ => $"{(int)span.TotalDays} d {span.Hours} h",
        };
    }

    public static string Ago(DateTimeOffset? at, TimeProvider time) =>
        at is null ? "never" : Duration((time.GetUtcNow() - at.Value).TotalSeconds) + " ago";
}
