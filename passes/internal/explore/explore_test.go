package explore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var cards = []Table{{Name: "cards", Partition: "id"}}

type attrs = map[string]types.AttributeValue

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func n(v int) types.AttributeValue    { return &types.AttributeValueMemberN{Value: strconv.Itoa(v)} }

func putCard(balance int) Client {
	return func(ctx context.Context, c *dynamodb.Client) error {
		_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String("cards"), Item: attrs{"id": s("g"), "balance": n(balance)}})
		return err
	}
}

func balance(ctx context.Context, c *dynamodb.Client) (int, error) {
	out, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("cards"), Key: attrs{"id": s("g")}})
	if err != nil {
		return 0, err
	}
	v, ok := out.Item["balance"].(*types.AttributeValueMemberN)
	if !ok {
		return 0, errors.New("no balance")
	}
	return strconv.Atoi(v.Value)
}

// redeem is the gift card's lost update: read, subtract, put.
func redeem(amount int, pinned bool) Client {
	return func(ctx context.Context, c *dynamodb.Client) error {
		old, err := balance(ctx, c)
		if err != nil {
			return err
		}
		if old < amount {
			return errors.New("not enough")
		}
		in := &dynamodb.PutItemInput{TableName: aws.String("cards"), Item: attrs{"id": s("g"), "balance": n(old - amount)}}
		if pinned {
			in.ConditionExpression = aws.String("balance = :old")
			in.ExpressionAttributeValues = attrs{":old": n(old)}
		}
		_, err = c.PutItem(ctx, in)
		return err
	}
}

// redeemOnServer subtracts with one conditional update.
func redeemOnServer(amount int) Client {
	return func(ctx context.Context, c *dynamodb.Client) error {
		_, err := c.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: aws.String("cards"), Key: attrs{"id": s("g")},
			UpdateExpression:          aws.String("SET balance = balance - :a"),
			ConditionExpression:       aws.String("balance >= :a"),
			ExpressionAttributeValues: attrs{":a": n(amount)},
		})
		return err
	}
}

// balanceCovers wants the balance lowered by every redemption that succeeded.
func balanceCovers(start, amount int) Client {
	return func(ctx context.Context, c *dynamodb.Client) error {
		want := start
		for _, o := range Outcomes(ctx) {
			if o.Done && o.Err == nil {
				want -= amount
			}
		}
		got, err := balance(ctx, c)
		if err == nil && got != want {
			err = fmt.Errorf("balance %d, want %d", got, want)
		}
		return err
	}
}

func giftCards(name string, op Client) Scenario {
	return Scenario{
		Name: name, Tables: cards, Setup: putCard(100), Clients: []Client{op, op},
		Invariant: balanceCovers(100, 30),
	}
}

func TestLostUpdateIsFound(t *testing.T) {
	r := Run(t, giftCards("lost update", redeem(30, false)))
	if r.Err != nil || r.Truncated {
		t.Fatal(r)
	}
	// Two clients of two calls have 4!/(2!2!) orders; in all but the two serial
	// ones the reads come before either write.
	if r.Schedules != 6 || len(r.Violations) != 4 {
		t.Errorf("%v", r)
	}
	want := []string{"A GetItem", "B GetItem", "A PutItem", "B PutItem"}
	if got := r.Violations[0]; !slices.Equal(got.Schedule, want) || got.Err.Error() != "balance 70, want 40" {
		t.Errorf("%v", got)
	}
}

func TestConditionPreventsLostUpdate(t *testing.T) {
	for _, sc := range []Scenario{
		giftCards("pinned", redeem(30, true)),
		giftCards("on the server", redeemOnServer(30)),
	} {
		r := Run(t, sc)
		if r.Err != nil || r.Truncated || len(r.Violations) > 0 || r.Schedules < 2 {
			t.Errorf("%v", r)
		}
	}
}

func TestLostReplyAppliesAnUpdateTwice(t *testing.T) {
	sc := giftCards("lost reply", redeemOnServer(30))
	sc.Clients = sc.Clients[:1]
	sc.Faults = Faults{LostReply: true}
	r := Run(t, sc)
	if r.Err != nil || r.Schedules != 2 || len(r.Violations) != 1 {
		t.Fatal(r)
	}
	want := []string{"A UpdateItem (reply lost)", "A UpdateItem (retry)"}
	if got := r.Violations[0].Schedule; !slices.Equal(got, want) {
		t.Error(got)
	}
	sc.Faults = Faults{ServerError: true}
	if r := Run(t, sc); r.Err != nil || r.Schedules != 2 || len(r.Violations) != 0 {
		t.Error(r)
	}
}

func transfer(in func() *dynamodb.TransactWriteItemsInput) Client {
	return func(ctx context.Context, c *dynamodb.Client) error {
		_, err := c.TransactWriteItems(ctx, in())
		return err
	}
}

func TestTransactionTokenSurvivesALostReply(t *testing.T) {
	sc := giftCards("token", transfer(func() *dynamodb.TransactWriteItemsInput {
		return &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Update: &types.Update{
			TableName: aws.String("cards"), Key: attrs{"id": s("g")}, UpdateExpression: aws.String("ADD balance :a"),
			ExpressionAttributeValues: attrs{":a": n(-30)},
		}}}}
	}))
	sc.Faults = Faults{LostReply: true}
	r := Run(t, sc)
	if r.Err != nil || len(r.Violations) != 0 || r.Schedules < 6 {
		t.Error(r)
	}
}

func TestFailedCallReachesTheClient(t *testing.T) {
	sc := giftCards("fail", redeemOnServer(30))
	sc.Clients = sc.Clients[:1]
	sc.Faults = Faults{Fail: true}
	var failed int
	sc.Invariant = func(ctx context.Context, c *dynamodb.Client) error {
		var ise *types.InternalServerError
		if o := Outcomes(ctx)[0]; errors.As(o.Err, &ise) {
			failed++
		}
		return nil
	}
	if r := Run(t, sc); r.Err != nil || r.Schedules != 2 || failed != 1 {
		t.Error(r, failed)
	}
}

func putTwo(drain bool) Client {
	return func(ctx context.Context, c *dynamodb.Client) error {
		items := map[string][]types.WriteRequest{"cards": {
			{PutRequest: &types.PutRequest{Item: attrs{"id": s("x"), "balance": n(1)}}},
			{DeleteRequest: &types.DeleteRequest{Key: attrs{"id": s("g")}}},
		}}
		for len(items) > 0 {
			out, err := c.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: items})
			if err != nil {
				return err
			}
			if items = out.UnprocessedItems; !drain {
				return nil
			}
			time.Sleep(time.Hour) // costs nothing here
		}
		return nil
	}
}

func TestUnprocessedItems(t *testing.T) {
	moved := func(ctx context.Context, c *dynamodb.Client) error {
		out, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String("cards")})
		if err != nil {
			return err
		}
		if len(out.Items) != 1 || out.Items[0]["id"].(*types.AttributeValueMemberS).Value != "x" {
			return fmt.Errorf("%d items", len(out.Items))
		}
		return nil
	}
	for drain, violations := range map[bool]int{false: 2, true: 0} {
		r := Run(t, Scenario{Name: "batch", Tables: cards, Setup: putCard(100), Clients: []Client{putTwo(drain)},
			Faults: Faults{Unprocessed: true}, Invariant: moved})
		if r.Err != nil || r.Schedules != 3 || len(r.Violations) != violations {
			t.Errorf("drain %v: %v", drain, r)
		}
	}
}

// refund is a stream handler: it adds the amount once per event, by one of
// three ways to recognise a duplicate.
func refund(way string) Client {
	table := aws.String("cards")
	marker := attrs{"id": s("event-1")}
	add := &dynamodb.UpdateItemInput{TableName: table, Key: attrs{"id": s("g")},
		UpdateExpression: aws.String("ADD balance :a"), ExpressionAttributeValues: attrs{":a": n(30)}}
	claim := &dynamodb.PutItemInput{TableName: table, Item: marker, ConditionExpression: aws.String("attribute_not_exists(id)")}
	return func(ctx context.Context, c *dynamodb.Client) error {
		var failed *types.ConditionalCheckFailedException
		var cancelled *types.TransactionCanceledException
		switch way {
		case "claim first":
			if _, err := c.PutItem(ctx, claim); errors.As(err, &failed) {
				return nil
			} else if err != nil {
				return err
			}
		case "transaction":
			_, err := c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				{Put: &types.Put{TableName: table, Item: marker, ConditionExpression: claim.ConditionExpression}},
				{Update: &types.Update{TableName: table, Key: add.Key, UpdateExpression: add.UpdateExpression, ExpressionAttributeValues: add.ExpressionAttributeValues}},
			}})
			if errors.As(err, &cancelled) {
				return nil
			}
			return err
		}
		_, err := c.UpdateItem(ctx, add)
		return err
	}
}

func TestRedelivery(t *testing.T) {
	refundedOnce := func(ctx context.Context, c *dynamodb.Client) error {
		got, err := balance(ctx, c)
		if err == nil && got != 130 {
			err = fmt.Errorf("balance %d after %d runs", got, Outcomes(ctx)[0].Runs)
		}
		return err
	}
	for _, tt := range []struct{ way, violation string }{
		{"none", "A UpdateItem, A is delivered again, A UpdateItem: balance 160 after 2 runs"},
		{"claim first", "A PutItem, A stops before UpdateItem, A is delivered again, A PutItem: ConditionalCheckFailedException: balance 100 after 2 runs"},
		{"transaction", ""},
	} {
		r := Run(t, Scenario{Name: tt.way, Tables: cards, Setup: putCard(100), Clients: []Client{refund(tt.way)},
			Faults: Faults{Crash: true, Redeliver: true}, Invariant: refundedOnce})
		if r.Err != nil || r.Truncated || r.Schedules < 2 {
			t.Errorf("%v", r)
		}
		got := ""
		if len(r.Violations) > 0 {
			got = strings.Join(r.Violations[0].Schedule, ", ") + ": " + r.Violations[0].Err.Error()
		}
		if got != tt.violation {
			t.Errorf("%s: got %s", tt.way, got)
		}
	}
}

func TestMemoryOutlivesRedeliveryNotSchedule(t *testing.T) {
	r := Run(t, Scenario{Name: "memory", Tables: cards, Clients: []Client{func(ctx context.Context, c *dynamodb.Client) error {
		Memory(ctx)["runs"]++
		if err := putCard(Memory(ctx)["runs"])(ctx, c); err != nil {
			return err
		}
		if Memory(ctx)["runs"] < 3 {
			return errors.New("again")
		}
		return nil
	}}, Faults: Faults{Redeliver: true, Crash: true}, Invariant: func(ctx context.Context, c *dynamodb.Client) error {
		got, err := balance(ctx, c)
		if runs := Outcomes(ctx)[0].Runs; err == nil && (got != runs || runs < 3 || runs > 4) {
			err = fmt.Errorf("balance %d after %d runs", got, runs)
		}
		return err
	}})
	if r.Err != nil || r.Truncated || len(r.Violations) > 0 || r.Schedules < 4 {
		t.Errorf("%v %v", r, r.Violations)
	}
}

func TestParallelCallsOfOneClient(t *testing.T) {
	both := func(ctx context.Context, c *dynamodb.Client) error {
		done := make(chan error)
		for _, b := range []int{1, 2} {
			go func() { done <- putCard(b)(ctx, c) }()
		}
		return errors.Join(<-done, <-done)
	}
	seen := map[int]bool{}
	r := Run(t, Scenario{Name: "parallel", Tables: cards, Clients: []Client{both}, Invariant: func(ctx context.Context, c *dynamodb.Client) error {
		got, err := balance(ctx, c)
		seen[got] = true
		return err
	}})
	if r.Err != nil || r.Schedules != 2 || len(seen) != 2 {
		t.Error(r, seen)
	}
}

func TestBoundsAreStated(t *testing.T) {
	sc := giftCards("bound", redeem(30, false))
	sc.MaxSchedules = 5
	if r := Run(t, sc); r.Schedules != 5 || !r.Truncated {
		t.Error(r)
	}
	sc = giftCards("endless", func(ctx context.Context, c *dynamodb.Client) error {
		for {
			if _, err := balance(ctx, c); err != nil {
				return err
			}
		}
	})
	sc.MaxSchedules = 1
	if r := Run(t, sc); r.Schedules != 1 || !r.Truncated {
		t.Error(r)
	}
}

func TestScenarioAtFault(t *testing.T) {
	ok := func(context.Context, *dynamodb.Client) error { return nil }
	for want, op := range map[string]Client{
		"has no operation ListTables": func(ctx context.Context, c *dynamodb.Client) error {
			_, err := c.ListTables(ctx, &dynamodb.ListTablesInput{})
			return err
		},
		"unknown field": func(ctx context.Context, c *dynamodb.Client) error {
			_, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("cards"), Key: attrs{"id": s("g")}, AttributesToGet: []string{"id"}})
			return err
		},
		"no API call": func(ctx context.Context, c *dynamodb.Client) error {
			<-ctx.Done()
			return nil
		},
	} {
		r := Run(t, Scenario{Name: "at fault", Tables: cards, Clients: []Client{op}, Invariant: ok})
		if r.Err == nil || !strings.Contains(r.Err.Error(), want) {
			t.Errorf("got %v, want %s", r.Err, want)
		}
	}
	var runs int
	r := Run(t, Scenario{Name: "not repeatable", Tables: cards, Invariant: ok, Clients: []Client{func(ctx context.Context, c *dynamodb.Client) error {
		if runs++; runs > 1 {
			return nil
		}
		return putCard(1)(ctx, c)
	}, putCard(2)}})
	if r.Err == nil || !strings.Contains(r.Err.Error(), "not repeatable") {
		t.Error(r)
	}
	r = Run(t, Scenario{Name: "setup", Tables: cards, Invariant: ok, Setup: func(context.Context, *dynamodb.Client) error { return errors.New("no") }})
	if r.Err == nil {
		t.Error(r)
	}
}

func TestPanicIsAnOutcome(t *testing.T) {
	r := Run(t, Scenario{Name: "panic", Tables: cards, Clients: []Client{func(context.Context, *dynamodb.Client) error {
		var nothing *dynamodb.Client
		return errors.New(nothing.Options().Region)
	}}, Invariant: func(ctx context.Context, _ *dynamodb.Client) error { return Outcomes(ctx)[0].Err }})
	if r.Err != nil || len(r.Violations) != 1 || !strings.Contains(r.Violations[0].Err.Error(), "panic") {
		t.Error(r)
	}
}
