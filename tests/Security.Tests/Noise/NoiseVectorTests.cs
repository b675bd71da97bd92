using System.Text.Json;
using NTMobile.Security.Noise;
using NTMobile.Security.Primitives;

namespace NTMobile.Security.Tests.Noise;

public sealed class NoiseVectorTests
{
    private static readonly NoisePattern[] Patterns = [NoisePattern.IK, NoisePattern.IKpsk1];

    private static readonly Dictionary<string, JsonElement> Known =
        VectorSets.Noise([.. Patterns.Select(pattern => pattern.ProtocolName)]).ToDictionary(each => each.Name, each => each.Vector);

    public static TheoryData<string> Names => new(Known.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_ends_make_the_published_bytes(string name)
    {
        JsonElement vector = Known[name];
        NoisePattern pattern = Patterns.Single(each => each.ProtocolName == vector.GetProperty("protocol_name").GetString());
        using var initiatorStatic = X25519KeyPair.FromPrivateKey(vector.Bytes("init_static"));
        using var responderStatic = X25519KeyPair.FromPrivateKey(vector.Bytes("resp_static"));
        using var initiator = NoiseHandshake.Initiator(
            pattern, initiatorStatic, vector.Bytes("init_remote_static"), vector.Bytes("init_prologue"), new PreparedRandom(vector.Bytes("init_ephemeral")));
        using var responder = NoiseHandshake.Responder(
            pattern, responderStatic, vector.Bytes("resp_prologue"), new PreparedRandom(vector.Bytes("resp_ephemeral")));
        SetPsk(initiator, vector, "init_psks");
        SetPsk(responder, vector, "resp_psks");

        JsonElement[] messages = [.. vector.GetProperty("messages").EnumerateArray()];
        Pass(initiator, responder, messages[0]);
        Pass(responder, initiator, messages[1]);

        Assert.Equal(NoiseState.Complete, initiator.State);
        Assert.Equal(initiator.HandshakeHash, responder.HandshakeHash);
        Assert.Equal(initiatorStatic.PublicKey, responder.RemoteStatic);
        if (vector.TryGetProperty("handshake_hash", out _))
        {
            Assert.Equal(vector.Bytes("handshake_hash"), initiator.HandshakeHash);
        }

        CheckTransport(initiator, messages[2..]);
    }

    private static void SetPsk(NoiseHandshake handshake, JsonElement vector, string name)
    {
        if (vector.TryGetProperty(name, out JsonElement keys) && keys.GetArrayLength() > 0)
        {
            handshake.SetPsk(Convert.FromHexString(keys[0].GetString()!));
        }
    }

    private static void Pass(NoiseHandshake from, NoiseHandshake to, JsonElement message)
    {
        byte[] buffer = new byte[1024], read = new byte[1024];
        Assert.True(from.TryWriteMessage(message.Bytes("payload"), buffer, out int written));
        Assert.Equal(message.Bytes("ciphertext"), buffer[..written]);
        Assert.True(to.TryReadMessage(buffer.AsSpan(0, written), read, out int length));
        Assert.Equal(message.Bytes("payload"), read[..length]);
    }

    // The transport messages go to and fro, the initiator first, each direction with its own counter.
    private static void CheckTransport(NoiseHandshake handshake, JsonElement[] messages)
    {
        byte[][] keys = [new byte[32], new byte[32]];
        handshake.Split(keys[0], keys[1]);
        for (int i = 0; i < messages.Length; i++)
        {
            byte[] nonce = new byte[12], payload = messages[i].Bytes("payload"), sealedText = new byte[payload.Length + 16];
            nonce[4] = (byte)(i / 2);
            ChaChaPoly.Seal(keys[i % 2], nonce, [], payload, sealedText);
            Assert.Equal(messages[i].Bytes("ciphertext"), sealedText);
        }
    }
}
