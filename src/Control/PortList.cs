using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NTMobile.Control;

/// <summary>
/// The ports of a share: <c>all</c>, or a comma-separated list of <c>tcp/22</c>, <c>udp/5000-5010</c>, <c>tcp</c> (every port), <c>icmp</c>.
/// The normal form is sorted and without overlaps, so that equal lists are equal texts.
/// </summary>
public sealed class PortList
{
    private const int MaxRules = 64;
    private const int MaxPublicRules = 16; // docs/protocol.md, PublishRequest

    private PortList(IReadOnlyList<PortRule> rules, bool isAll)
    {
        Rules = rules;
        IsAll = isAll;
    }

    /// <summary>Every protocol and port.</summary>
    public static PortList All { get; } = new([], isAll: true);

    /// <summary>True for <c>all</c>; <see cref="Rules"/> is empty then.</summary>
    public bool IsAll { get; }

    /// <summary>At least one rule unless <see cref="IsAll"/>.</summary>
    public IReadOnlyList<PortRule> Rules { get; }

    /// <summary>Reads a list; blanks and letter case do not matter.</summary>
    /// <param name="text">What the owner wrote.</param>
    /// <param name="ports">The list in normal form.</param>
    /// <param name="problem">English words that name the bad part.</param>
    /// <returns>False when the text is no such list.</returns>
    public static bool TryParse(
        string? text, [NotNullWhen(true)] out PortList? ports, [NotNullWhen(false)] out string? problem)
    {
        ports = null;
        problem = null;
        var parts = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is 0 or > MaxRules)
        {
            problem = parts.Length == 0 ? "name at least one port, or \"all\"" : $"at most {MaxRules} ports or ranges";
            return false;
        }

        if (parts is [var only] && only.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            ports = All;
            return true;
        }

        var rules = new List<PortRule>(parts.Length);
        foreach (var part in parts)
        {
            if (!TryParseRule(part, out var rule))
            {
                problem = $"\"{part}\" is not a port: write tcp/22, udp/5000-5010 or icmp";
                return false;
            }

            rules.Add(rule);
        }

        ports = new PortList(Normalize(rules), isAll: false);
        return true;
    }

    /// <summary>True when a packet of this protocol to this port is covered.</summary>
    /// <param name="protocol">Protocol of the packet.</param>
    /// <param name="port">Destination port; ignored for ICMP.</param>
    public bool Covers(PortProtocol protocol, int port)
    {
        if (IsAll)
        {
            return true;
        }

        foreach (var rule in Rules)
        {
            if (rule.Protocol == protocol
                && (protocol == PortProtocol.Icmp || (port >= rule.First && port <= rule.Last)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Why everybody on the Internet may not be let to these ports, as English words; null: they may. What is published is named port by port.</summary>
    public string? WhyNotPublic() => IsAll || Rules.Any(r => r.Protocol == PortProtocol.Icmp || r is { First: 1, Last: 65535 })
        ? "name TCP and UDP ports by their numbers, for example tcp/80,tcp/22"
        : Rules.Count > MaxPublicRules ? $"at most {MaxPublicRules} ports or ranges" : null;

    /// <summary>The normal form.</summary>
    public override string ToString() => IsAll ? "all" : string.Join(',', Rules);

    private static bool TryParseRule(string part, out PortRule rule)
    {
        rule = default;
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? part : part[..slash];
        if (!Enum.TryParse<PortProtocol>(name, ignoreCase: true, out var protocol) || !char.IsAsciiLetter(name[0]))
        {
            return false;
        }

        if (slash < 0)
        {
            rule = protocol == PortProtocol.Icmp ? new(protocol, 0, 0) : new(protocol, 1, 65535);
            return true;
        }

        if (protocol == PortProtocol.Icmp)
        {
            return false;
        }

        var range = part[(slash + 1)..].Split('-');
        if (range.Length > 2 || !TryParsePort(range[0], out var first) || !TryParsePort(range[^1], out var last) || first > last)
        {
            return false;
        }

        rule = new(protocol, first, last);
        return true;
    }

    private static bool TryParsePort(string text, out int port) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;

    private static List<PortRule> Normalize(List<PortRule> rules)
    {
        rules.Sort((a, b) => (a.Protocol, a.First).CompareTo((b.Protocol, b.First)));
        var joined = new List<PortRule>(rules.Count);
        foreach (var rule in rules)
        {
            if (joined.Count > 0 && joined[^1].Protocol == rule.Protocol && rule.First <= joined[^1].Last + 1)
            {
                joined[^1] = joined[^1] with { Last = Math.Max(joined[^1].Last, rule.Last) };
            }
            else
            {
                joined.Add(rule);
            }
        }

        return joined;
    }
}
