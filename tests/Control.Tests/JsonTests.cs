using System.Text.Json;
using NTMobile.Control.Tests.Memory;
using Xunit;

namespace NTMobile.Control.Tests;

public sealed class JsonTests
{
    [Fact]
    public void A_snapshot_survives_the_round_trip()
    {
        var text = JsonSerializer.Serialize(Snapshots.Busy(Snapshots.Noon), ControlJson.Default.RouterSnapshot);
        var back = JsonSerializer.Deserialize(text, ControlJson.Default.RouterSnapshot);
        Assert.Equal(text, JsonSerializer.Serialize(back!, ControlJson.Default.RouterSnapshot));
        Assert.Equal(412, back!.Sessions[0].Moves[3].GapMs);
        Assert.Equal(SessionState.Established, back.Peers[0].SessionState);
    }

    [Fact]
    public void Names_on_the_wire_are_those_of_the_contract()
    {
        using var json = JsonDocument.Parse(JsonSerializer.Serialize(Snapshots.Busy(Snapshots.Noon), ControlJson.Default.RouterSnapshot));
        var root = json.RootElement;
        Assert.Equal("online", root.GetProperty("status").GetProperty("state").GetString());
        Assert.Equal("ds1.example.net", root.GetProperty("status").GetProperty("directionServer").GetProperty("name").GetString());
        Assert.Equal("endpoint-independent", root.GetProperty("status").GetProperty("uplinks")[0].GetProperty("natMapping").GetString());
        Assert.Equal("relay", root.GetProperty("sessions")[1].GetProperty("path").GetProperty("kind").GetString());
        Assert.Equal(41, root.GetProperty("status").GetProperty("drops").GetProperty("NotShared").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("shares")[0].GetProperty("group").ValueKind);
    }

    [Fact]
    public void A_fresh_router_says_not_enrolled()
    {
        var text = JsonSerializer.Serialize(Snapshots.Fresh().Status, ControlJson.Default.RouterStatus);
        Assert.Contains("\"state\":\"not enrolled\"", text);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"device":"nas"}""")]
    [InlineData("""{"device":null,"ports":"all"}""")]
    [InlineData("""{"device":1,"ports":"all"}""")]
    public void A_request_without_what_it_needs_is_refused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ControlJson.Default.ShareRequest));

    [Fact]
    public void What_may_be_left_out_may_be_left_out()
    {
        var share = JsonSerializer.Deserialize("""{"device":"nas","ports":"all","later":true}""", ControlJson.Default.ShareRequest);
        Assert.Equal(new("nas", "all"), share);
    }

    [Fact]
    public void An_authority_file_survives_the_round_trip_and_nothing_else_is_one()
    {
        var file = new GroupAuthorityFile(GroupAuthorityFile.FormatName, Snapshots.FamilyId, "family", "c2VjcmV0");
        Assert.Equal(file, GroupAuthorityFile.FromText(file.ToText()));
        Assert.Null(GroupAuthorityFile.FromText("""{"format":"other","id":"","name":"","authority":""}"""));
        Assert.Null(GroupAuthorityFile.FromText("-----BEGIN PRIVATE KEY-----"));
        Assert.Null(GroupAuthorityFile.FromText("null"));
    }
}
