namespace NTMobile.Lab;

/// <summary>The laboratory could not do what was asked: a tool failed, a wait ran out, a name is unknown.</summary>
public sealed class LabException : Exception
{
    /// <summary>Creates the exception with no words of its own.</summary>
    public LabException()
    {
    }

    /// <summary>Creates the exception with the words that the person at the terminal reads.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its words and its cause.</summary>
    public LabException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
