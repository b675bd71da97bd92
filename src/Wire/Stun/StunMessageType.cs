namespace NTMobile.Wire.Stun;

/// <summary>The messages of STUN's one method that is used here, Binding (RFC 8489 §5: method and class in one number).</summary>
public enum StunMessageType : ushort
{
    /// <summary>Asks from where the message is seen.</summary>
    BindingRequest = 0x0001,

    /// <summary>Keeps a NAT's mapping; nobody answers it.</summary>
    BindingIndication = 0x0011,

    /// <summary>Tells it.</summary>
    BindingResponse = 0x0101,

    /// <summary>Refuses.</summary>
    BindingError = 0x0111,
}
