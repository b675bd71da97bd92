using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace NTMobile.Lab;

/// <summary>A web server with one file of random bytes that grows until it is ended: a download that lasts as long as a test needs.</summary>
public sealed class EndlessDownload : IAsyncDisposable
{
    private const int Piece = 32 << 10;
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10); // about 3 MB/s
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _sha256 = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<IPAddress> _clients = [];
    private InsideWeb? _web;

    /// <summary>Who asked for it, in this order.</summary>
    public IReadOnlyList<IPAddress> Clients => _clients;

    /// <summary>Serves on all addresses of the host, whatever the path; stopped with the world.</summary>
    public static async Task<EndlessDownload> StartAsync(Host host, int port)
    {
        var download = new EndlessDownload();
        download._web = await InsideWeb.StartAsync(host, port, web => web.Run(download.SendAsync)).ConfigureAwait(false);
        return download;
    }

    /// <summary>Ends the file, and returns the SHA-256 in hex of all that was sent.</summary>
    public Task<string> EndAsync()
    {
        _end.TrySetResult();
        return _sha256.Task;
    }

    /// <summary>Closes its connections and stops.</summary>
    public ValueTask DisposeAsync() => _web!.DisposeAsync();

    private async Task SendAsync(HttpContext context)
    {
        _clients.Add(context.Connection.RemoteIpAddress!.MapToIPv4());
        context.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate = null; // a move may take its time
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (!_end.Task.IsCompleted)
        {
            byte[] piece = RandomNumberGenerator.GetBytes(Piece);
            hash.AppendData(piece);
            await context.Response.Body.WriteAsync(piece, context.RequestAborted).ConfigureAwait(false);
            await Task.Delay(_pause, context.RequestAborted).ConfigureAwait(false);
        }

        _sha256.TrySetResult(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
