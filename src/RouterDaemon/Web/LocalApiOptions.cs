using System.Net;
using NTMobile.Control;

namespace NTMobile.RouterDaemon.Web;

/// <summary>Where the local API and the page are served.</summary>
public sealed record LocalApiOptions
{
    /// <summary>Path of the Unix socket (mode 0660, no password: the file's group decides); null: none. Its folder must exist.</summary>
    public string? SocketPath { get; init; } = RouterClient.DefaultSocketPath;

    /// <summary>LAN address and port of the page; null: none. The address may come up later. Port 0 takes a free one.</summary>
    public IPEndPoint? Http { get; init; }

    /// <summary>LAN interface to which the HTTP socket is bound, so that an uplink's neighbours cannot reach it; null: any.</summary>
    public string? HttpInterface { get; init; }

    /// <summary>Names (or further addresses) under which browsers may ask for the page, besides the address they connected to.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = ["router.lan"];

    /// <summary>A log-in ends after this time without a request by the user. The live view alone does not count.</summary>
    public TimeSpan LoginIdle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>A log-in ends after this time in any case.</summary>
    public TimeSpan LoginLimit { get; init; } = TimeSpan.FromHours(24);
}
