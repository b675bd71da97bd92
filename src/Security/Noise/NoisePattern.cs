namespace NTMobile.Security.Noise;

/// <summary>What a handshake message is made of (Noise specification rev 34, §7.1).</summary>
internal enum NoiseToken
{
    E,
    S,
    Ee,
    Es,
    Se,
    Ss,
    Psk,
}

/// <summary>A handshake pattern together with its protocol name. Both know the responder's static key beforehand.
/// Source: Noise specification rev 34, §7.5 and §9.</summary>
public sealed class NoisePattern
{
    /// <summary><c>&lt;- s … -&gt; e, es, s, ss  &lt;- e, ee, se</c>: node to DS and to RS.</summary>
    public static readonly NoisePattern IK = new(
        "Noise_IK_25519_ChaChaPoly_SHA256",
        [NoiseToken.E, NoiseToken.Es, NoiseToken.S, NoiseToken.Ss],
        [NoiseToken.E, NoiseToken.Ee, NoiseToken.Se]);

    /// <summary><c>&lt;- s … -&gt; e, es, s, ss, psk  &lt;- e, ee, se</c>: node to node; psk is the common group's key.</summary>
    public static readonly NoisePattern IKpsk1 = new(
        "Noise_IKpsk1_25519_ChaChaPoly_SHA256",
        [NoiseToken.E, NoiseToken.Es, NoiseToken.S, NoiseToken.Ss, NoiseToken.Psk],
        [NoiseToken.E, NoiseToken.Ee, NoiseToken.Se]);

    private NoisePattern(string protocolName, params NoiseToken[][] messages)
    {
        ProtocolName = protocolName;
        Messages = messages;
        UsesPsk = messages.Any(message => message.Contains(NoiseToken.Psk));
    }

    /// <summary>The full name, hashed into the handshake.</summary>
    public string ProtocolName { get; }

    /// <summary>True when a pre-shared key is mixed in; every <c>e</c> is then mixed into the key too (§9.2).</summary>
    public bool UsesPsk { get; }

    /// <summary>The tokens of each message; the initiator writes those with even numbers.</summary>
    internal NoiseToken[][] Messages { get; }

    /// <inheritdoc/>
    public override string ToString() => ProtocolName;
}
