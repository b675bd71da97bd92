using System.Text.Json;
using System.Text.Json.Serialization;

namespace NTMobile.Control;

/// <summary>
/// The file in which an owner keeps a group's authority. <c>ntm group init</c> and the page write the same form. Whoever holds it can make members.
/// </summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Id">Group id.</param>
/// <param name="Name">Group name.</param>
/// <param name="Authority">The signing key, base64.</param>
public sealed record GroupAuthorityFile(string Format, string Id, string Name, string Authority)
{
    /// <summary>Value of <see cref="Format"/>.</summary>
    public const string FormatName = "ntm group authority 1";

    /// <summary>Text of the file, with a last line feed.</summary>
    public string ToText() => JsonSerializer.Serialize(this, GroupAuthorityJson.Default.GroupAuthorityFile) + "\n";

    /// <summary>Reads the text of such a file; null when it is none.</summary>
    public static GroupAuthorityFile? FromText(string text)
    {
        try
        {
            var file = JsonSerializer.Deserialize(text, GroupAuthorityJson.Default.GroupAuthorityFile);
            return file?.Format == FormatName ? file : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(GroupAuthorityFile))]
internal sealed partial class GroupAuthorityJson : JsonSerializerContext;
