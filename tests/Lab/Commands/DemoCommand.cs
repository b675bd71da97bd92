using NTMobile.Lab.Product;

namespace NTMobile.Lab;

/// <summary>`ntm-lab demo`.</summary>
internal static class DemoCommand
{
    public static Task<int> RunAsync(string[] options)
    {
        LabHost.EnsureIsolated();
        return options switch
        {
            [] or ["--once"] => DemoStory.RunAsync(null, null),
            ["--page", string socket] => DemoStory.RunAsync(socket, WaitForEnterAsync),
            _ => throw new LabException("demo takes --once or --page SOCKET"),
        };
    }

    // Without a terminal there is no Enter: then only a signal ends the demonstration.
    private static async Task WaitForEnterAsync()
    {
        if (await Console.In.ReadLineAsync().ConfigureAwait(false) is null)
        {
            await Task.Delay(Timeout.Infinite).ConfigureAwait(false);
        }
    }
}
