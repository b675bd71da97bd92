using NTMobile.Storage.Tables;

namespace NTMobile.DirectionServer.Registration;

/// <summary>Registrations in the embedded store, written behind: <see cref="Remember"/> only notes, <see cref="Flush"/> writes all that was noted in one
/// batch. What a crash loses is told again by the nodes within a minute.</summary>
/// <param name="table">The store's table.</param>
/// <param name="remembered">How long a node is remembered.</param>
public sealed class RegistrationStore(RegistrationTable table, TimeSpan remembered) : IRegistrationStore
{
    private readonly Lock _gate = new();
    private Dictionary<string, RememberedNode> _noted = [];

    /// <inheritdoc/>
    public IEnumerable<RememberedNode> Load() => table.All.Select(row => new RememberedNode(row.Node, row.Content, row.Expires - remembered));

    /// <inheritdoc/>
    public void Remember(RememberedNode node)
    {
        lock (_gate)
        {
            _noted[node.Name] = node;
        }
    }

    /// <summary>Writes what was noted and removes what has expired. Waits for the disk; to be called by a worker.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="Storage.StoreException">It could not be written; it stays noted for the next time.</exception>
    public void Flush(DateTimeOffset now)
    {
        Dictionary<string, RememberedNode> noted;
        lock (_gate)
        {
            (noted, _noted) = (_noted, []);
        }

        try
        {
            table.Put([.. noted.Values.Select(node => new StoredRegistration(node.Name, node.Content, node.LastSeen + remembered))]);
            table.RemoveExpired(now);
        }
        catch (Storage.StoreException)
        {
            NoteAgain(noted.Values);
            throw;
        }
    }

    private void NoteAgain(IEnumerable<RememberedNode> nodes)
    {
        lock (_gate)
        {
            foreach (RememberedNode node in nodes)
            {
                _noted.TryAdd(node.Name, node); // what was noted meanwhile is newer
            }
        }
    }
}
