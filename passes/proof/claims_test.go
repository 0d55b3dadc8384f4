package proof

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ddbvet/ddbvet/testdata/streamdedup/claims"
)

// claimOnce are the scenarios of records that are counted in several ways.
func claimOnce() []scenario {
	handle := func(f func(*claims.Orders, context.Context, events.DynamoDBEvent) error) []action {
		return one(func(t turn) error {
			return f(&claims.Orders{DB: t.db}, t, batch(record(1, map[string]string{"order": "a", "open": "1"})))
		})
	}
	orders := func(of string) []table {
		return given("orders id", row{"id": of, "n": 0})
	}
	return []scenario{
		{
			at: "streamdedup/claims Handle", given: orders("open"), faults: redelivered, holds: total1("n"),
			bug: handle((*claims.Orders).Handle), safe: handle((*claims.Orders).HandleSafe),
		},
		{
			at: "streamdedup/claims Both", given: orders("total"), faults: redelivered, holds: total1("n"),
			bug: handle((*claims.Orders).Both),
		},
	}
}
