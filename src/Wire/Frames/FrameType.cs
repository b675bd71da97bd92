namespace NTMobile.Wire.Frames;

/// <summary>First byte of a frame (protocol.md §2).</summary>
public enum FrameType : byte
{
    /// <summary><see cref="Frames.Chunk"/>.</summary>
    Chunk = 0x01,

    /// <summary><see cref="Frames.Ping"/>.</summary>
    Ping = 0x02,

    /// <summary><see cref="Frames.Pong"/>.</summary>
    Pong = 0x03,

    /// <summary><see cref="Frames.PathChallenge"/>.</summary>
    PathChallenge = 0x04,

    /// <summary><see cref="Frames.PathResponse"/>.</summary>
    PathResponse = 0x05,

    /// <summary><see cref="Frames.Close"/>.</summary>
    Close = 0x06,

    /// <summary><see cref="Frames.Hello"/>.</summary>
    Hello = 0x08,

    /// <summary><see cref="Frames.Certificate"/>.</summary>
    Certificate = 0x09,

    /// <summary><see cref="Frames.Member"/>.</summary>
    Member = 0x0A,

    /// <summary><see cref="Frames.RegistrationRequest"/>.</summary>
    RegistrationRequest = 0x10,

    /// <summary><see cref="Frames.RegistrationResponse"/>.</summary>
    RegistrationResponse = 0x11,

    /// <summary><see cref="Frames.DirectionRequest"/>.</summary>
    DirectionRequest = 0x12,

    /// <summary><see cref="Frames.DirectionRefusal"/>.</summary>
    DirectionRefusal = 0x13,

    /// <summary><see cref="Frames.RouteDirection"/>.</summary>
    RouteDirection = 0x14,

    /// <summary><see cref="Frames.RouteDirectionAck"/>.</summary>
    RouteDirectionAck = 0x15,

    /// <summary><see cref="Frames.PrekeyOffer"/>.</summary>
    PrekeyOffer = 0x16,

    /// <summary><see cref="Frames.PrekeyOfferAck"/>.</summary>
    PrekeyOfferAck = 0x17,

    /// <summary><see cref="Frames.PublishedNames"/>.</summary>
    PublishedNames = 0x18,

    /// <summary><see cref="Frames.PublishedNamesAck"/>.</summary>
    PublishedNamesAck = 0x19,

    /// <summary><see cref="Frames.PublishedAddressRequest"/>.</summary>
    PublishedAddressRequest = 0x1A,

    /// <summary><see cref="Frames.PublishedAddress"/>.</summary>
    PublishedAddress = 0x1B,

    /// <summary><see cref="Frames.DeviceNameRequest"/>.</summary>
    DeviceNameRequest = 0x1C,

    /// <summary><see cref="Frames.DeviceName"/>.</summary>
    DeviceName = 0x1D,

    /// <summary><see cref="Frames.RelayKey"/>.</summary>
    RelayKey = 0x20,

    /// <summary><see cref="Frames.RelayKeyAck"/>.</summary>
    RelayKeyAck = 0x21,

    /// <summary><see cref="Frames.RelayJoin"/>.</summary>
    RelayJoin = 0x22,

    /// <summary><see cref="Frames.RelayJoined"/>.</summary>
    RelayJoined = 0x23,

    /// <summary><see cref="Frames.RelayRefused"/>.</summary>
    RelayRefused = 0x24,

    /// <summary><see cref="Frames.LocatorUpdate"/>.</summary>
    LocatorUpdate = 0x28,

    /// <summary><see cref="Frames.LocatorAck"/>.</summary>
    LocatorAck = 0x29,

    /// <summary><see cref="Frames.PathIdGrant"/>.</summary>
    PathIdGrant = 0x2A,

    /// <summary><see cref="Frames.PathIdGrantAck"/>.</summary>
    PathIdGrantAck = 0x2B,

    /// <summary><see cref="Frames.PunchPlan"/>.</summary>
    PunchPlan = 0x2C,

    /// <summary><see cref="Frames.PunchReply"/>.</summary>
    PunchReply = 0x2D,

    /// <summary><see cref="Frames.ContextInstall"/>.</summary>
    ContextInstall = 0x30,

    /// <summary><see cref="Frames.ContextAccept"/>.</summary>
    ContextAccept = 0x31,

    /// <summary><see cref="Frames.ContextRefuse"/>.</summary>
    ContextRefuse = 0x32,

    /// <summary><see cref="Frames.EarlyData"/>.</summary>
    EarlyData = 0x33,

    /// <summary><see cref="Frames.Rekey"/>.</summary>
    Rekey = 0x38,

    /// <summary><see cref="Frames.RekeyAck"/>.</summary>
    RekeyAck = 0x39,

    /// <summary><see cref="Frames.EgressRequest"/>.</summary>
    EgressRequest = 0x40,

    /// <summary><see cref="Frames.EgressGrant"/>.</summary>
    EgressGrant = 0x41,

    /// <summary><see cref="Frames.EgressRefused"/>.</summary>
    EgressRefused = 0x42,

    /// <summary><see cref="Frames.PublishRequest"/>.</summary>
    PublishRequest = 0x48,

    /// <summary><see cref="Frames.PublishResponse"/>.</summary>
    PublishResponse = 0x49,

    /// <summary><see cref="Frames.PublicAddresses"/>.</summary>
    PublicAddresses = 0x4A,

    /// <summary><see cref="Frames.TranslationOffer"/>.</summary>
    TranslationOffer = 0x50,

    /// <summary><see cref="Frames.LaneOpen"/>.</summary>
    LaneOpen = 0x51,

    /// <summary><see cref="Frames.LaneAnswer"/>.</summary>
    LaneAnswer = 0x52,

    /// <summary><see cref="Frames.OtherEndpoints"/>.</summary>
    OtherEndpoints = 0x58,
}
