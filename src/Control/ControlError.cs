namespace NTMobile.Control;

/// <summary>Why the router did not do what was asked. It is the body of every answer that is not a success.</summary>
/// <param name="Code">One of <see cref="ControlErrorCodes"/>: for programs.</param>
/// <param name="Message">One or two English sentences: for people. It holds no secret.</param>
public sealed record ControlError(string Code, string Message)
{
    /// <summary>The request itself is wrong; asking again changes nothing.</summary>
    public static ControlError Invalid(string message) => new(ControlErrorCodes.Invalid, message);

    /// <summary>The named thing does not exist here.</summary>
    public static ControlError NotFound(string message) => new(ControlErrorCodes.NotFound, message);

    /// <summary>It contradicts what is already there (a name that another device bears, a second enrolment).</summary>
    public static ControlError Conflict(string message) => new(ControlErrorCodes.Conflict, message);

    /// <summary>The other side (peer, direction server, key server) said no.</summary>
    public static ControlError Refused(string message) => new(ControlErrorCodes.Refused, message);

    /// <summary>Not possible at this moment: no uplink, no direction server, store set aside. Asking later may help.</summary>
    public static ControlError Unavailable(string message) => new(ControlErrorCodes.Unavailable, message);

    /// <summary>Nobody answered in time.</summary>
    public static ControlError TimedOut(string message) => new(ControlErrorCodes.TimedOut, message);
}

/// <summary>Values of <see cref="ControlError.Code"/>.</summary>
public static class ControlErrorCodes
{
    /// <summary>HTTP 400.</summary>
    public const string Invalid = "invalid";

    /// <summary>HTTP 401: log in first. Only the LAN listener gives it.</summary>
    public const string LoginRequired = "login-required";

    /// <summary>HTTP 401: nobody has set the page's password yet. Only the LAN listener gives it.</summary>
    public const string PasswordNotSet = "password-not-set";

    /// <summary>HTTP 403: CSRF token, origin or host name is wrong. Only the LAN listener gives it.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>HTTP 404.</summary>
    public const string NotFound = "not-found";

    /// <summary>HTTP 409.</summary>
    public const string Conflict = "conflict";

    /// <summary>HTTP 422.</summary>
    public const string Refused = "refused";

    /// <summary>HTTP 429: wait for as long as Retry-After says.</summary>
    public const string TooMany = "too-many";

    /// <summary>HTTP 500: a fault of ours; the log has it.</summary>
    public const string Fault = "fault";

    /// <summary>HTTP 503.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>HTTP 504.</summary>
    public const string TimedOut = "timed-out";
}
