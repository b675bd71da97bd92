using NTMobile.ServerHost.Tests;

[assembly: AssemblyFixture(typeof(OneServer))]

namespace NTMobile.ServerHost.Tests;

/// <summary>A server with all roles that the tests share which do not stop it.</summary>
public sealed class OneServer : IAsyncLifetime
{
    internal Machine Machine { get; } = new Machine().Configure();

    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(Machine);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Machine.Dispose();
    }

    internal async Task<LoopbackNode> EnrolAsync(string name) => await LoopbackNode.EnrolAsync(await Server.TokenAsync(name));
}
