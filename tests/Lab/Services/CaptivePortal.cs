using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace NTMobile.Lab;

/// <summary>
/// The web page of a hotel's network. Whatever a stranger asks for over HTTP leads to it; who sends its form becomes a guest.
/// </summary>
public static class CaptivePortal
{
    /// <summary>The page's port on the place's gateway address.</summary>
    internal const int Port = 80;

    /// <summary>The set of guests' addresses in the place's rules.</summary>
    internal const string Guests = "guests";

    private const string Page = """
        <!DOCTYPE html>
        <title>Hotel Kaze</title>
        <h1>Welcome to Hotel Kaze</h1>
        <form method="post" action="/"><button name="agree" value="yes">I agree to the terms</button></form>
        """;

    /// <summary>Sends the form, as the owner of the router would with a browser behind it.</summary>
    public static async Task SendFormAsync(Host router, Place hotel) =>
        await router.RunAsync("curl", "-sSf", "-m", "10", "-d", "agree=yes", $"http://{hotel.Gateway}/").ConfigureAwait(false);

    /// <summary>Starts the page; it stops with the world.</summary>
    internal static Task StartAsync(Place hotel) => InsideWeb.StartAsync(hotel.Host, Port, web =>
    {
        web.MapPost("/", context => WelcomeAsync(context, hotel));
        web.MapFallback(context => LeadAsync(context, hotel));
    });

    private static async Task WelcomeAsync(HttpContext context, Place hotel)
    {
        IPAddress guest = context.Connection.RemoteIpAddress!.MapToIPv4();
        await hotel.Host.NftAsync($"add element ip lab {Guests} {{ {guest} }}").ConfigureAwait(false);
        await context.Response.WriteAsync("Enjoy your stay.\n").ConfigureAwait(false);
    }

    private static Task LeadAsync(HttpContext context, Place hotel)
    {
        if (context.Request.Host.Host == hotel.Gateway.ToString())
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(Page);
        }

        context.Response.Redirect($"http://{hotel.Gateway}/");
        return Task.CompletedTask;
    }
}
