using System.Runtime.CompilerServices;
using Xunit.Sdk;
using Xunit.v3;

// Worlds have plain namespace names, and figures are measured: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace NTMobile.Lab.Tests;

/// <summary>Moves the test executable into namespaces of its own before anything else runs.</summary>
internal static class Isolation
{
#pragma warning disable CA2255 // The generated entry point leaves no other place before it.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Enter() => LabHost.EnsureIsolated();
}
