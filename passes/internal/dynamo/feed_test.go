package dynamo

import (
	"go/types"
	"testing"
)

func TestFeedOf(t *testing.T) {
	events := types.NewPackage(lambdaEvents, "events")
	named := func(pkg *types.Package, name string) types.Type {
		return types.NewNamed(types.NewTypeName(0, pkg, name, nil), types.NewStruct(nil, nil), nil)
	}
	event, message := named(events, "DynamoDBEvent"), named(events, "SQSMessage")
	for _, c := range []struct {
		t    types.Type
		want Feed
		ok   bool
	}{
		{event, Feed{"dynamodb", true}, true},
		{types.NewPointer(event), Feed{"dynamodb", true}, true},
		{message, Feed{"sqs", false}, true},
		{types.NewSlice(message), Feed{"sqs", true}, true},
		{named(types.NewPackage("example.com/events", "events"), "DynamoDBEvent"), Feed{}, false},
		{named(events, "APIGatewayProxyRequest"), Feed{}, false},
		{types.Typ[types.String], Feed{}, false},
	} {
		got, ok := FeedOf(c.t)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("FeedOf(%v) = %v, %v, want %v, %v", c.t, got, ok, c.want, c.ok)
		}
	}
}
