namespace NTMobile.Control;

/// <summary>POST /api/ping: measure the way to a name, inside the session. It sets the session up when there is none.</summary>
/// <param name="Name">Name in full of a device or of a router.</param>
/// <param name="Count">How many, 1–20; null: 1.</param>
public sealed record PingRequest(string Name, int? Count = null);

/// <summary>Answer to a <see cref="PingRequest"/>.</summary>
/// <param name="RoundTripsMs">Round trip of each answer in ms, in the order of sending; lost ones are left out.</param>
/// <param name="Path">The path that carried the last answer.</param>
/// <param name="Lost">How many had no answer.</param>
public sealed record PingReport(IReadOnlyList<double> RoundTripsMs, SessionPath? Path, int Lost);
