using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using NTMobile.Wire;

namespace NTMobile.Security.Channel;

/// <summary>Who owns which path at one receiver (protocol.md §1.1). Control sessions and relay legs of a server share one table, so that a
/// datagram's path id names exactly one thing. Epoch bits are passed over. Not for use by several threads at once.</summary>
public sealed class PathTable
{
    private readonly Dictionary<int, object> _owners = [];
    private readonly IRandom _random;

    /// <summary>Creates an empty table.</summary>
    /// <param name="random">Chooses new paths.</param>
    public PathTable(IRandom random) => _random = random;

    /// <summary>Paths in use.</summary>
    public int Count => _owners.Count;

    /// <summary>Chooses a free path at random and gives it to <paramref name="owner"/>.</summary>
    /// <returns>The path, with epoch zero.</returns>
    /// <exception cref="InvalidOperationException">Half of all paths are in use; the owners' own bounds come long before.</exception>
    public PathId Allocate(object owner)
    {
        if (_owners.Count >= PathId.PathCount / 2)
        {
            throw new InvalidOperationException("Half of all paths are in use.");
        }

        Span<byte> random = stackalloc byte[4];
        while (true)
        {
            _random.Fill(random);
            PathId path = PathId.FromRandom(BinaryPrimitives.ReadUInt32LittleEndian(random));
            if (TryClaim(path, owner))
            {
                return path;
            }
        }
    }

    /// <summary>Gives a path that somebody else chose to <paramref name="owner"/>.</summary>
    /// <returns>False when it is none, or taken.</returns>
    public bool TryClaim(PathId path, object owner) => !path.IsNone && _owners.TryAdd(path.Path, owner);

    /// <summary>Finds the owner of a path.</summary>
    public bool TryFind(PathId path, [NotNullWhen(true)] out object? owner) => _owners.TryGetValue(path.Path, out owner);

    /// <summary>Makes a path free again; nothing happens if it is free.</summary>
    public void Release(PathId path) => _owners.Remove(path.Path);
}
