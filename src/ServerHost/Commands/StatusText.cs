using System.Globalization;
using System.Text;
using NTMobile.ServerHost.Control;

namespace NTMobile.ServerHost.Commands;

/// <summary>The status for people.</summary>
internal static class StatusText
{
    /// <summary>Some lines of text.</summary>
    public static string Of(ServerStatus status)
    {
        var text = new StringBuilder();
        Line(text, $"zone {status.Zone}, server {status.Name}, up {TimeSpan.FromSeconds(status.UptimeSeconds):c}");
        if (status.Ds is { } ds)
        {
            Line(text, $"ds   {ds.Listen}, DNS {ds.Dns}, key {ds.PublicKey}");
            Line(text, $"     nodes {ds.NodesRegistered} registered of {ds.NodesKnown} known, {ds.Sessions} sessions, {ds.Directions} directions given");
            Line(text, $"     DNS answers {ds.DnsAnswered}, too often {ds.DnsLimited}");
            Line(text, $"     STUN answers {ds.StunAnswered} at {List(ds.Stun)}");
            Line(text, $"     relays {List(ds.Relays.Select(relay => $"{relay.Key} {(relay.Value ? "ready" : "away")}"))}");
            Counts(text, "refused", ds.Refused);
            Counts(text, "dropped", ds.Drops);
        }

        if (status.Rs is { } rs)
        {
            Line(text, $"rs   {rs.Listen}, key {rs.PublicKey}");
            Line(text, $"     {rs.Sessions} sessions, {rs.SlotCount} slots, payload forwarded {rs.PayloadPackets} packets, {rs.PayloadBytes} bytes");
            Counts(text, "dropped", rs.Drops);
            if (rs.Egress is { } egress)
            {
                Line(text, $"     ordinary hosts: {egress.Devices} devices, {egress.PacketsOut} packets out, {egress.PacketsIn} in{(egress.Published is { } published ? $", {published} published" : "")}");
                Counts(text, "not passed on", egress.Drops);
            }

            foreach (RelayServer.SlotStatus slot in rs.Slots)
            {
                Line(text, $"     slot {slot.Slot}: {slot.Node0 ?? "-"} <-> {slot.Node1 ?? "-"}, {slot.Packets} packets, {slot.Bytes} bytes");
            }
        }

        if (status.Kms is { } kms)
        {
            Line(text, $"kms  {kms.Listen}, pin {kms.Pin}, {kms.Certificates} names with a certificate");
        }

        if (status.Tls is { } tls)
        {
            Line(text, $"tls  {List(tls.Listen)}, nodes' connections {tls.Nodes}, {tls.Accepted} since the start");
        }

        return text.ToString().TrimEnd();
    }

    private static void Counts(StringBuilder text, string title, IReadOnlyDictionary<string, long> counts)
    {
        if (counts.Count > 0)
        {
            Line(text, $"     {title}: {List(counts.Select(count => $"{count.Key} {count.Value.ToString(CultureInfo.InvariantCulture)}"))}");
        }
    }

    private static string List(IEnumerable<string> items) => items.Any() ? string.Join(", ", items) : "none";

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(FormattableString.Invariant(line));
}
