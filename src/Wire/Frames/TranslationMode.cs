namespace NTMobile.Wire.Frames;

/// <summary>What a node is ready to do with packets between the two routers.</summary>
public enum TranslationMode : byte
{
    /// <summary>All go by tunnel.</summary>
    Tunnel = 0,

    /// <summary>Addresses and ports are translated, and nothing is protected.</summary>
    Plain = 1,

    /// <summary>The same, with payloads enciphered and a keyed checksum (PCCOM).</summary>
    Pccom = 2,
}
