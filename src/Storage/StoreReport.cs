namespace NTMobile.Storage;

/// <summary>What opening a store found; shown to the owner by <c>ntm status</c> and on the web page.</summary>
/// <param name="Path">The store.</param>
/// <param name="Created">A new, empty store was made: there was none, or the old one was set aside.</param>
/// <param name="SetAside">Where the damaged store is now; null when it was not damaged.</param>
/// <param name="Message">For the owner, null when all is well: what was damaged, what that means and what to do.</param>
/// <param name="EarlierDamaged">Stores set aside now or earlier that still lie in the directory, oldest first.</param>
/// <param name="LeftOutUnfinished">A change that was being written when the machine stopped was left out. Nobody had been told it was done, so this is no damage.</param>
public sealed record StoreReport(
    string Path,
    bool Created,
    string? SetAside,
    string? Message,
    IReadOnlyList<string> EarlierDamaged,
    bool LeftOutUnfinished);
