using System.Diagnostics.CodeAnalysis;

namespace NTMobile.Control;

/// <summary>What a request gave: a value, or the reason why there is none. Never both, never neither.</summary>
/// <typeparam name="T">The answer's type.</typeparam>
public readonly struct Result<T>
    where T : class
{
    private Result(T? value, ControlError? error)
    {
        Value = value;
        Error = error;
    }

    /// <summary>The answer; null when it was refused.</summary>
    public T? Value { get; }

    /// <summary>The reason of the refusal; null when there is an answer.</summary>
    public ControlError? Error { get; }

    /// <summary>True when there is an answer.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsOk => Value is not null;

    /// <summary>Wraps an answer, so that a method can say <c>return share;</c>.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Wraps a refusal, so that a method can say <c>return ControlError.NotFound(…);</c>.</summary>
    public static implicit operator Result<T>(ControlError error) => new(null, error);
}
