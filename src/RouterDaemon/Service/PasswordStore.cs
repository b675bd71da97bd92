using NTMobile.RouterDaemon.Web.Login;
using NTMobile.Storage;

namespace NTMobile.RouterDaemon.Service;

/// <summary>The page's password hash, in the store's settings.</summary>
internal sealed class PasswordStore(StoreFile store) : IPasswordStore
{
    private const string Key = "web-password";

    public string? Read() => store.Settings.Find(Key);

    public void Write(string? line)
    {
        if (line is null)
        {
            store.Settings.Remove(Key);
        }
        else
        {
            store.Settings.Set(Key, line);
        }
    }
}
