using System.Runtime.Versioning;

// File modes, UDP_GRO and Unix sockets.
[assembly: SupportedOSPlatform("linux")]
