using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace NTMobile.Control.Tests;

/// <summary>What a browser does, without one: cookies, and the token that the page reads.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClient _http;

    public Browser(Uri page)
    {
        Cookies = new();
        _http = new(new SocketsHttpHandler { CookieContainer = Cookies, UseProxy = false }) { BaseAddress = page };
    }

    public CookieContainer Cookies { get; }

    public string Csrf { get; set; } = "";

    public async Task<JsonElement> OpenAsync()
    {
        var state = await _http.GetFromJsonAsync<JsonElement>("api/login");
        Csrf = state.GetProperty("csrf").GetString()!;
        return state;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.TryAddWithoutValidation("X-NTM-CSRF", Csrf);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _http.SendAsync(request);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    /// <summary>Sets the first password, or logs in with it.</summary>
    public async Task LogInAsync(string password)
    {
        var state = await OpenAsync();
        var path = state.GetProperty("passwordSet").GetBoolean() ? "api/login" : "api/login/first";
        using var answer = await PostAsync(path, new { password });
        answer.EnsureSuccessStatusCode();
        await OpenAsync();
    }

    public void Dispose() => _http.Dispose();
}
