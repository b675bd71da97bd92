using NTMobile.Lab;

namespace NTMobile.Benchmarks;

/// <summary>A relay with flows through it: the product's, or coturn.</summary>
internal interface IRelayUnderLoad : IDisposable
{
    /// <summary>The word in the keys of figures.</summary>
    string Key { get; }

    /// <summary>For people.</summary>
    string Title { get; }

    /// <summary>The flows.</summary>
    IReadOnlyList<LoadFlow> Flows { get; }

    /// <summary>The relay.</summary>
    LabProcess Process { get; }

    /// <summary>Keeps the relay's state alive; called before each run.</summary>
    void Refresh();

    /// <summary>Throws when the relay did not itself forward so many datagrams since the last call.</summary>
    Task CheckForwardedAsync(long delivered);
}
