using NTMobile.Storage.Pages;
using NTMobile.Storage.Tables;

namespace NTMobile.Storage;

/// <summary>
/// The store of one service: a LiteDB database that survives <c>kill -9</c> and a power loss at any moment. What was written is durable
/// when the call returns. Calls that write take some milliseconds and belong on a worker; readers are answered from memory.
/// </summary>
/// <remarks>Identity and keys are not in here (<see cref="KeyFile"/>), so that a damaged store never takes them with it.</remarks>
public sealed class StoreFile : IDisposable
{
    private readonly Database _database;

    private StoreFile(Database database)
    {
        _database = database;
        Settings = new SettingsTable(database);
        VirtualLeases = new VirtualLeases(database);
        Devices = new DeviceTable(database);
        Shares = new ShareTable(database);
        InternetRules = new InternetRuleTable(database);
        Publications = new PublicationTable(database);
        Handovers = new HandoverJournal(database);
        Registrations = new RegistrationTable(database);
        Tokens = new TokenTable(database);
        Certificates = new CertificateTable(database);
        Packages = new PackageTable(database);
    }

    /// <summary>Texts by name.</summary>
    public SettingsTable Settings { get; }

    /// <summary>Virtual addresses of remote devices.</summary>
    public VirtualLeases VirtualLeases { get; }

    /// <summary>Devices of the LAN.</summary>
    public DeviceTable Devices { get; }

    /// <summary>What others may reach.</summary>
    public ShareTable Shares { get; }

    /// <summary>How devices reach ordinary hosts.</summary>
    public InternetRuleTable InternetRules { get; }

    /// <summary>What everybody on the Internet may reach.</summary>
    public PublicationTable Publications { get; }

    /// <summary>The last handovers.</summary>
    public HandoverJournal Handovers { get; }

    /// <summary>A Direction Server's nodes.</summary>
    public RegistrationTable Registrations { get; }

    /// <summary>A Key Management Server's tokens.</summary>
    public TokenTable Tokens { get; }

    /// <summary>A Key Management Server's certificates.</summary>
    public CertificateTable Certificates { get; }

    /// <summary>A Key Management Server's group packages.</summary>
    public PackageTable Packages { get; }

    /// <summary>
    /// Opens a store, makes it when there is none, and checks all of it. A damaged store is given another name, never emptied,
    /// and a new one is made; the report says so in words for the owner.
    /// </summary>
    /// <param name="path">The data file; its directory must exist.</param>
    /// <param name="clock">Dates the name of a store that is set aside.</param>
    /// <param name="report">What was found.</param>
    /// <exception cref="StoreLockedException">Another process has it open.</exception>
    /// <exception cref="StoreException">It cannot be opened for a reason that is no damage: rights, a later format.</exception>
    public static StoreFile Open(string path, TimeProvider clock, out StoreReport report)
    {
        var files = new StoreFiles(path);
        var created = !files.Exist;
        if (created)
        {
            files.Create();
        }

        try
        {
            return Load(files, created, setAside: null, message: null, out report);
        }
        catch (StoreDamagedException damage)
        {
            var target = files.SetAside(clock.GetUtcNow());
            files.Create();
            var message = $"The store {path} was damaged: {damage.Message}. It now lies unchanged at {target}, and an empty one was made. "
                + "Settings, shares and the names of devices must be made again, or a backup put back while the service is stopped. Identity and keys are not affected.";
            return Load(files, created: true, target, message, out report);
        }
    }

    /// <summary>Closes the store.</summary>
    public void Dispose() => _database.Dispose();

    private static StoreFile Load(StoreFiles files, bool created, string? setAside, string? message, out StoreReport report)
    {
        var pages = files.Open();
        var unfinished = pages.LeftOutUnfinished;
        var database = new Database(pages);
        try
        {
            var store = new StoreFile(database);
            report = new StoreReport(files.Data, created, setAside, message, files.Damaged(), unfinished);
            return store;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
