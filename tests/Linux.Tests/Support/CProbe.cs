using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace NTMobile.TestSupport;

/// <summary>Asks the C compiler for the values of constants and the layout of structures.</summary>
internal static class CProbe
{
    /// <summary>Every difference between our constants and those of the C headers with the same names.</summary>
    public static List<string> CompareConstants(IEnumerable<Type> types, string includes)
    {
        var constants = types
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Where(f => f.IsLiteral && char.IsUpper(f.Name[0]) && f.Name.All(c => char.IsUpper(c) || char.IsDigit(c) || c == '_'))
            .ToDictionary(f => f.Name, f => Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture));
        return Compare(constants, includes, name => name);
    }

    /// <summary>Every difference between our structures' layouts and those of the C headers with the same names.</summary>
    public static List<string> CompareStructs(IEnumerable<Type> types, string includes)
    {
        var expected = new Dictionary<string, long>();
        var expressions = new Dictionary<string, string>();
        foreach (var type in types)
        {
            Add($"sizeof {type.Name}", Marshal.SizeOf(type), $"sizeof(struct {type.Name})");
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            {
                Add($"offsetof {type.Name}.{field.Name}", (long)Marshal.OffsetOf(type, field.Name), $"offsetof(struct {type.Name}, {field.Name})");
            }
        }

        return Compare(expected, includes, name => expressions[name]);

        void Add(string name, long value, string expression)
        {
            expected.Add(name, value);
            expressions.Add(name, expression);
        }
    }

    /// <summary>Every difference between expected numbers and the C expressions that stand for them.</summary>
    public static List<string> Compare(Dictionary<string, long> expected, string includes, Func<string, string> expression)
    {
        Assert(expected.Count > 0);
        var source = new StringBuilder("#define _GNU_SOURCE\n#include <stddef.h>\n#include <stdio.h>\n" + includes + "\nint main(void) {\n");
        foreach (var name in expected.Keys)
        {
            source.AppendLine(CultureInfo.InvariantCulture, $"printf(\"%s=%lld\\n\", \"{name}\", (long long)({expression(name)}));");
        }

        var actual = CompileAndRun(source.Append("return 0; }\n").ToString())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('='))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
        return [.. expected.Where(e => actual[e.Key] != e.Value).Select(e => $"{e.Key}: ours {e.Value}, C {actual[e.Key]}")];
    }

    private static void Assert(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("There is nothing to compare.");
        }
    }

    private static string CompileAndRun(string source)
    {
        var folder = Directory.CreateTempSubdirectory("ntm-probe-");
        try
        {
            var file = Path.Combine(folder.FullName, "probe.c");
            var binary = Path.Combine(folder.FullName, "probe");
            File.WriteAllText(file, source);
            RunTool("gcc", $"-o {binary} {file}");
            return RunTool(binary, string.Empty);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string RunTool(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments}: {error.Result}");
    }
}
