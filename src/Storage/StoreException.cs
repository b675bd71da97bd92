namespace NTMobile.Storage;

/// <summary>The store cannot be opened or written; the message says why in words for the owner. Nothing was changed.</summary>
public class StoreException : IOException
{
    /// <summary>With a message for the owner.</summary>
    public StoreException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for the owner and what led to it.</summary>
    public StoreException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Another process has the store open.</summary>
public sealed class StoreLockedException(string path, Exception inner)
    : StoreException($"{path} is in use by another process. Only one may open it; stop the other one first. Nothing was changed.", inner);

/// <summary>What is in the store's files is not what was written to them. At opening it leads to setting the store aside.</summary>
internal sealed class StoreDamagedException(string message) : StoreException(message);
