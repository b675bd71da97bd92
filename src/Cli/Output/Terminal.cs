using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NTMobile.Control;
using Spectre.Console;

namespace NTMobile.Cli.Output;

/// <summary>Where a command writes: JSON for programs, or tables and sentences for people.</summary>
internal sealed class Terminal
{
    private const int WidthWithoutTerminal = 240; // A pipe has no width: no line is to be broken.
    private static readonly ControlJson Indented = new(new(ControlJson.Default.Options) { WriteIndented = true });
    private readonly TextWriter _error;
    private readonly TextWriter _output;

    public Terminal(TextWriter output, TextWriter error, bool json)
    {
        _output = output;
        _error = error;
        IsJson = json;
        Console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(output) });
        if (!ReferenceEquals(output, System.Console.Out) || System.Console.IsOutputRedirected)
        {
            Console.Profile.Width = WidthWithoutTerminal;
        }
    }

    public bool IsJson { get; }

    public IAnsiConsole Console { get; }

    /// <summary>Prints a value as JSON when asked to.</summary>
    /// <returns>False: print it for people.</returns>
    public bool TryJson<T>(T value, Func<ControlJson, JsonTypeInfo<T>> type)
    {
        if (IsJson)
        {
            Line(JsonSerializer.Serialize(value, type(Indented)));
        }

        return IsJson;
    }

    /// <summary>One plain line, nothing in it is markup.</summary>
    public void Line(string text) => _output.WriteLine(text);

    /// <summary>Says that it is done; programs see the exit code.</summary>
    public void Done(string text)
    {
        if (!IsJson)
        {
            Line(text);
        }
    }

    public void Error(ControlError error) =>
        _error.WriteLine(IsJson ? JsonSerializer.Serialize(error, ControlJson.Default.ControlError) : error.Message);

    /// <summary>Prints rows under headings; with no rows, the sentence instead.</summary>
    public void Table(IReadOnlyList<string> headings, IReadOnlyList<string[]> rows, string none)
    {
        if (rows.Count == 0)
        {
            Line(none);
            return;
        }

        var table = new Table().NoBorder();
        foreach (var heading in headings)
        {
            table.AddColumn(new TableColumn(new Text(heading, new Style(decoration: Decoration.Bold))).NoWrap().PadLeft(0).PadRight(2));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)).ToArray());
        }

        Console.Write(table);
    }
}
