namespace NTMobile.Scenario.Tests.World;

/// <summary>Somebody who wants to be called when time has passed.</summary>
internal interface IParty
{
    /// <summary>When, in ms of the nodes' clock.</summary>
    long DueMs { get; }

    void Tick();
}
