using System.Net;
using System.Xml;

namespace NTMobile.RouterDaemon.PortMapping;

/// <summary>A service of a gateway that maps ports.</summary>
/// <param name="Type">One of <see cref="UpnpXml.Types"/>.</param>
/// <param name="Control">Where it is asked.</param>
internal sealed record UpnpService(string Type, Uri Control);

/// <summary>
/// What a UPnP gateway says in XML. It may be anything: documents have no DTD (so no entities), a bounded size, and are read once from front to
/// back without recursion.
/// </summary>
internal static class UpnpXml
{
    /// <summary>Most bytes of a document; descriptions of large boxes have some ten thousand.</summary>
    public const int LongestDocument = 128 << 10;

    /// <summary>IGD:2's service, IGD:1's, and that of IGD:1 for lines with PPP: what is asked first stands first.</summary>
    public static readonly IReadOnlyList<string> Types =
    [
        "urn:schemas-upnp-org:service:WANIPConnection:2",
        "urn:schemas-upnp-org:service:WANIPConnection:1",
        "urn:schemas-upnp-org:service:WANPPPConnection:1",
    ];

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = LongestDocument,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>The services of a device's description that map ports, and whose control is at the gateway itself.</summary>
    /// <param name="description">The document.</param>
    /// <param name="location">Where it came from.</param>
    /// <param name="gateway">The gateway's address.</param>
    public static IReadOnlyList<UpnpService> Services(byte[] description, Uri location, IPAddress gateway)
    {
        List<UpnpService> services = [];
        var (origin, type, control) = (location, "", "");
        foreach (var (name, value) in Texts(description))
        {
            switch (name)
            {
                case "URLBase" when Uri.TryCreate(value, UriKind.Absolute, out var named): // UPnP Device Architecture 1.0 §2.1
                    origin = named;
                    break;
                case "serviceType":
                    type = value;
                    break;
                case "controlURL":
                    control = value;
                    break;
                case "/service":
                    if (Types.Contains(type) && Uri.TryCreate(origin, control, out var at) && Ssdp.IsAt(at, gateway))
                    {
                        services.Add(new UpnpService(type, at));
                    }

                    (type, control) = ("", "");
                    break;
            }
        }

        return [.. services.OrderBy(s => Types.ToList().IndexOf(s.Type))];
    }

    /// <summary>The text of the first element of a name, whatever its namespace; null: there is none, or the document is broken before it.</summary>
    public static string? Value(byte[] document, string element) =>
        Texts(document).Where(t => t.Name == element).Select(t => t.Value).FirstOrDefault();

    // Elements that hold text alone, and the ends of all others as "/name"; nothing after what is malformed.
    private static List<(string Name, string Value)> Texts(byte[] document)
    {
        List<(string, string)> texts = [];
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(document), Settings);
            var (open, text) = ("", "");
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element when reader.IsEmptyElement:
                        texts.Add((reader.LocalName, ""));
                        break;
                    case XmlNodeType.Element:
                        (open, text) = (reader.LocalName, "");
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA:
                        text += reader.Value;
                        break;
                    case XmlNodeType.EndElement:
                        texts.Add(open == reader.LocalName ? (open, text.Trim()) : ($"/{reader.LocalName}", ""));
                        open = "";
                        break;
                }
            }
        }
        catch (XmlException)
        {
            // what came before it counts
        }

        return texts;
    }
}
