namespace NTMobile.DirectionServer.Registration;

/// <summary>Where registrations outlive the process: an embedded store, or memory in tests. A cluster would put its own here.</summary>
public interface IRegistrationStore
{
    /// <summary>All nodes that are remembered. Called once, at the start.</summary>
    IEnumerable<RememberedNode> Load();

    /// <summary>Remembers a node, in place of what was known of it. Returns at once; it may be written later.</summary>
    void Remember(RememberedNode node);
}

/// <summary>What outlives the process of one node.</summary>
/// <param name="Name">Its name in full.</param>
/// <param name="Content">Bytes that only the DS understands.</param>
/// <param name="LastSeen">When it was last registered.</param>
public sealed record RememberedNode(string Name, byte[] Content, DateTimeOffset LastSeen);
