using System.Runtime.Versioning;

// File modes, netfilter and Unix sockets.
[assembly: SupportedOSPlatform("linux")]
