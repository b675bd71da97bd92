namespace NTMobile.Wire.Dns;

/// <summary>Record types (IANA, "DNS parameters") that are used here; any other number may occur too.</summary>
public enum DnsType : ushort
{
    /// <summary>IPv4 address.</summary>
    A = 1,

    /// <summary>Name server of a zone.</summary>
    Ns = 2,

    /// <summary>Alias.</summary>
    Cname = 5,

    /// <summary>Start of a zone.</summary>
    Soa = 6,

    /// <summary>Name of an address.</summary>
    Ptr = 12,

    /// <summary>IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>EDNS (RFC 6891); never a record of a zone.</summary>
    Opt = 41,

    /// <summary>Question for all types.</summary>
    Any = 255,

    /// <summary>Our own record, of the range for private use (RFC 6895 §3.1).</summary>
    Ntm = 65280,
}

/// <summary>Classes.</summary>
public enum DnsClass : ushort
{
    /// <summary>Internet.</summary>
    Internet = 1,

    /// <summary>Chaos; some servers tell their version there.</summary>
    Chaos = 3,

    /// <summary>Question for all classes.</summary>
    Any = 255,
}

/// <summary>What is to be done with a message (RFC 1035 §4.1.1).</summary>
public enum DnsOpcode : byte
{
    /// <summary>A question.</summary>
    Query = 0,

    /// <summary>A zone has changed (RFC 1996).</summary>
    Notify = 4,

    /// <summary>Dynamic update (RFC 2136).</summary>
    Update = 5,
}

/// <summary>Result of a question, with the upper bits that EDNS adds (RFC 6895 §2.3).</summary>
public enum DnsResponseCode : ushort
{
    /// <summary>The name exists; with no answer record: it has no such type.</summary>
    NoError = 0,

    /// <summary>The question could not be read.</summary>
    FormatError = 1,

    /// <summary>The server cannot answer now.</summary>
    ServerFailure = 2,

    /// <summary>The name does not exist.</summary>
    NameError = 3,

    /// <summary>The server does not do this.</summary>
    NotImplemented = 4,

    /// <summary>The server does not do this for you.</summary>
    Refused = 5,

    /// <summary>Unknown EDNS version (RFC 6891 §6.1.3). Needs EDNS in the answer.</summary>
    BadVersion = 16,
}

/// <summary>Bits of the header (RFC 1035 §4.1.1, RFC 4035 §3).</summary>
[Flags]
public enum DnsFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>CD: the asker checks signatures itself.</summary>
    CheckingDisabled = 0x0010,

    /// <summary>AD: signatures were checked.</summary>
    AuthenticData = 0x0020,

    /// <summary>Without meaning; zero when sent.</summary>
    Reserved = 0x0040,

    /// <summary>RA: the server resolves.</summary>
    RecursionAvailable = 0x0080,

    /// <summary>RD: the asker wants the server to resolve.</summary>
    RecursionDesired = 0x0100,

    /// <summary>TC: records are missing; ask again over TCP.</summary>
    Truncated = 0x0200,

    /// <summary>AA: the server is responsible for the name.</summary>
    Authoritative = 0x0400,

    /// <summary>QR: an answer, not a question.</summary>
    Response = 0x8000,
}
