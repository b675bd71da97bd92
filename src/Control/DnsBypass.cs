using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>A device of the LAN that asked another name server than this router in the last hour.</summary>
/// <param name="Device">Its name, or else its address, or its MAC address.</param>
/// <param name="Way">How it asked.</param>
/// <param name="AgoSeconds">How long ago it did so last, in s.</param>
/// <param name="FindsNames">Whether it finds the names of remote devices by it: the router answers ordinary queries, whomever they are sent to, and no others.</param>
public sealed record DnsBypass(string Device, DnsWay Way, double AgoSeconds, bool FindsNames);

/// <summary>How a name server is asked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DnsWay>))]
public enum DnsWay
{
    /// <summary>Ordinary DNS over UDP.</summary>
    [JsonStringEnumMemberName("udp")]
    Udp,

    /// <summary>Ordinary DNS over TCP.</summary>
    [JsonStringEnumMemberName("tcp")]
    Tcp,

    /// <summary>DNS over TLS (RFC 7858).</summary>
    [JsonStringEnumMemberName("tls")]
    Tls,

    /// <summary>DNS over QUIC (RFC 9250).</summary>
    [JsonStringEnumMemberName("quic")]
    Quic,

    /// <summary>DNS over HTTPS (RFC 8484), by a guess: port 443 of a well-known resolver.</summary>
    [JsonStringEnumMemberName("https-guess")]
    HttpsGuess,
}
