using System.Reflection;
using NTMobile.Control;
using NTMobile.RouterCore;
using NTMobile.RouterDaemon.Web;

namespace NTMobile.RouterDaemon.Tests.Web;

/// <summary>The page has words in both languages for every code that this router gives it.</summary>
public sealed class PageWordsTests
{
    public static TheoryData<string> Languages => ["en", "ja"];

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_code_has_words(string language)
    {
        using var file = typeof(StaticPages).Assembly.GetManifestResourceStream($"wwwroot/lang/{language}.js")!;
        var words = new StreamReader(file).ReadToEnd();
        string[] codes =
        [
            .. Enum.GetValues<DropReason>().Where(r => r != DropReason.None).Select(r => $"drop.{r}"),
            .. Constants(typeof(MoveCauses)).Select(c => $"cause.{c}"),
            .. Constants(typeof(RefusalReasons)).Select(c => $"refusal.{c}"),
            "warning.store-set-aside", "warning.key-file", "warning.registration-refused",
        ];
        Assert.All(codes, code => Assert.Contains($"\"{code}\":", words, StringComparison.Ordinal));
    }

    private static IEnumerable<object?> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => f.GetRawConstantValue());
}
