using NTMobile.Wire.KeyServer;

namespace NTMobile.Security.Enrolment;

/// <summary>The KMS refused, is not the right one, or did not answer. The message is for the owner.</summary>
public sealed class KeyServerException : IOException
{
    /// <summary>Type of the failure when no answer came.</summary>
    public const string Unreachable = "urn:ntm:kms:unreachable";

    /// <summary>Type of the failure when another key than the pinned one answered.</summary>
    public const string WrongKey = "urn:ntm:kms:wrong-key";

    /// <summary>Type of the failure when the answer is not what was asked for.</summary>
    public const string WrongAnswer = "urn:ntm:kms:wrong-answer";

    /// <summary>No answer, or none that can be used.</summary>
    public KeyServerException(string type, string message, Exception? inner = null)
        : base(message, inner) => Type = type;

    /// <summary>A refusal.</summary>
    public KeyServerException(Problem problem)
        : this(problem.Type, $"{problem.Title}. {problem.Detail}")
    {
    }

    /// <summary>One of the constants here or of <see cref="Problem"/>; a program decides by it.</summary>
    public string Type { get; }
}
