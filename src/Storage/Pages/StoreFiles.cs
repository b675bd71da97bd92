using System.Globalization;
using System.Security.Cryptography;

namespace NTMobile.Storage.Pages;

/// <summary>The files of one store: <c>router.db</c>, its journal <c>router.db.journal</c>, and what was set aside.</summary>
internal sealed class StoreFiles(string path)
{
    private const string DamagedMark = ".damaged-";

    /// <summary>The data file.</summary>
    public string Data => path;

    /// <summary>The journal.</summary>
    public string Journal => path + ".journal";

    /// <summary>True when any part of a store is there.</summary>
    public bool Exist => File.Exists(Data) || File.Exists(Journal);

    /// <summary>Makes a store without pages; the name appears only when the content is durable.</summary>
    public void Create()
    {
        var id = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        AtomicFile.Write(Data, PageFile.Empty(id), replace: false);
    }

    /// <summary>Opens and checks the files.</summary>
    /// <exception cref="StoreDamagedException">They are not as they were written.</exception>
    /// <exception cref="StoreLockedException">Another process has them open.</exception>
    public PageFile Open()
    {
        if (!File.Exists(Data))
        {
            throw new StoreDamagedException("its data file is missing although its journal is there");
        }

        IBlockFile? data = null;
        try
        {
            data = DiskFile.Open(Data);
            return PageFile.Open(data, DiskFile.OpenOrCreate(Journal));
        }
        catch (UnauthorizedAccessException denied)
        {
            data?.Dispose();
            throw new StoreException($"{Data} may not be opened: {denied.Message} Run the service as the user who owns it. Nothing was changed.", denied);
        }
        catch (IOException busy) when (IsLock(busy))
        {
            data?.Dispose();
            throw new StoreLockedException(Data, busy);
        }
    }

    /// <summary>Gives the files other names, so that nothing of them is lost. Returns the new name of the data file.</summary>
    public string SetAside(DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var target = path + DamagedMark + stamp;
        for (var again = 2; File.Exists(target) || File.Exists(target + ".journal"); again++)
        {
            target = $"{path}{DamagedMark}{stamp}-{again}";
        }

        MoveIfThere(Data, target);
        MoveIfThere(Journal, target + ".journal");
        DirectorySync.Flush(path);
        return target;
    }

    /// <summary>What was set aside and still lies there, oldest first.</summary>
    public IReadOnlyList<string> Damaged() =>
        [.. Directory.EnumerateFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileName(path) + DamagedMark + "*")
            .Where(name => !name.EndsWith(".journal", StringComparison.Ordinal) || !File.Exists(name[..^".journal".Length]))
            .Order(StringComparer.Ordinal)];

    private static void MoveIfThere(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Move(from, to, overwrite: false);
        }
    }

    // .NET locks with flock and reports EWOULDBLOCK (11) as its HResult when another process holds the lock.
    private static bool IsLock(IOException exception) => exception.HResult == 11;
}
