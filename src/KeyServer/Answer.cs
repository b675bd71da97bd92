using System.Diagnostics.CodeAnalysis;
using NTMobile.Wire.KeyServer;

namespace NTMobile.KeyServer;

/// <summary>What was asked for, or why not.</summary>
internal readonly struct Answer<T>
    where T : class
{
    private Answer(T? value, Problem? refusal)
    {
        Value = value;
        Refusal = refusal;
    }

    /// <summary>What was asked for.</summary>
    public T? Value { get; }

    /// <summary>Why not.</summary>
    public Problem? Refusal { get; }

    /// <summary>True when there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsGiven => Value is not null;

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(Problem refusal) => new(null, refusal);
}
