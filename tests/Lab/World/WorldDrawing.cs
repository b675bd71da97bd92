using System.Net;
using System.Text;

namespace NTMobile.Lab;

/// <summary>Draws a world as a tree of text: core, servers and places, routers, devices.</summary>
internal static class WorldDrawing
{
    public static string Draw(LabWorld world)
    {
        var text = new StringBuilder();
        text.AppendLine($"{world.Core.Name}: the Internet core");
        foreach (Host server in world.Servers)
        {
            text.AppendLine($"├─ {server.Name}: server {string.Join(", ", server.Addresses.Concat(server.Addresses6))}");
        }

        foreach (Place place in world.Places)
        {
            DrawPlace(text, world, place, last: place == world.Places[^1]);
        }

        return text.ToString();
    }

    private static void DrawPlace(StringBuilder text, LabWorld world, Place place, bool last)
    {
        string stem = last ? "   " : "│  ";
        text.AppendLine($"{(last ? "└─" : "├─")} {place.Name}: {place.Preset.Description}");
        text.AppendLine($"{stem}   wan {place.WanAddress}{(place.Provider is { } provider ? $" at {provider}" : "")}, cable {Cable(place)}");
        foreach ((Site site, Uplink uplink) in
            from site in world.Sites from uplink in site.Uplinks where uplink.Place == place select (site, uplink))
        {
            text.AppendLine($"{stem}└─ {site.Name}: {uplink.Interface} {Address(uplink)}, lan0 {site.LanAddress}");
            foreach (Host device in uplink == site.Uplink ? site.Devices : [])
            {
                text.AppendLine($"{stem}   └─ {device.Name}: {device.Address}");
            }
        }
    }

    private static string Cable(Place place) => string.Join(
        " and ", new[] { place.OffersIPv4 ? $"{place.Inside} gateway {place.Gateway}" : null, place.Inside6?.ToString() }.OfType<string>());

    private static string Address(Uplink uplink) =>
        new[] { uplink.Address, uplink.Address6 }.OfType<IPAddress>().ToArray() is { Length: > 0 } addresses
            ? string.Join(" and ", addresses.AsEnumerable())
            : "no address";
}
