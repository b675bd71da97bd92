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
            text.AppendLine($"├─ {server.Name}: server {string.Join(", ", server.Addresses)}");
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
        text.AppendLine($"{stem}   wan {place.WanAddress}{(place.Provider is { } provider ? $" at {provider}" : "")}, cable {place.Inside} gateway {place.Gateway}");
        foreach ((Site site, Uplink uplink) in
            from site in world.Sites from uplink in site.Uplinks where uplink.Place == place select (site, uplink))
        {
            text.AppendLine($"{stem}└─ {site.Name}: {uplink.Interface} {uplink.Address?.ToString() ?? "no address"}, lan0 {site.LanAddress}");
            foreach (Host device in uplink == site.Uplink ? site.Devices : [])
            {
                text.AppendLine($"{stem}   └─ {device.Name}: {device.Address}");
            }
        }
    }
}
