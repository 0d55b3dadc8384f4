package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/continueafterfailure/goeson"
	"github.com/ddbvet/ddbvet/testdata/detachedgoroutine/channel"
	"github.com/ddbvet/ddbvet/testdata/detachedgoroutine/detached"
	"github.com/ddbvet/ddbvet/testdata/streamdedup/forms"
	"github.com/ddbvet/ddbvet/testdata/streamdedup/messages"
	"github.com/ddbvet/ddbvet/testdata/streamdedup/webhook"
	"github.com/ddbvet/ddbvet/testdata/swallowedrecord/accepted"
	swallowed "github.com/ddbvet/ddbvet/testdata/swallowedrecord/logged"
	"github.com/ddbvet/ddbvet/testdata/wrongfailureid/eventid"
)

// copiers are the scenarios of handlers that copy items.
func copiers() []scenario {
	two := batch(record(1, map[string]string{"id": "1", "text": "1"}), record(2, map[string]string{"id": "2", "text": "2"}))
	first := batch(two.Records[0])
	changes := batch(record(1, map[string]string{"id": "1", "text": "1"}), record(2, map[string]string{"id": "1", "text": "2"}))
	logs := func(of func(*swallowed.Copier) streamHandler) []action {
		return one(func(t turn) error { return of(&swallowed.Copier{DB: t.db})(t, two) })
	}
	logTables := append(given("copy id"), given("letters id")...)
	named := func(of func(*eventid.Copier, context.Context, events.DynamoDBEvent) ([]string, error)) []action {
		return one(func(t turn) error {
			return deliver(t, two, func(e events.DynamoDBEvent) ([]string, error) {
				failed, err := of(&eventid.Copier{DB: t.db}, t, e)
				if there, looked := copied(t, "1"); len(failed) > 0 && looked == nil && there {
					t.note("done")
				}
				return failed, err
			})
		})
	}
	safeName := named(func(c *eventid.Copier, ctx context.Context, e events.DynamoDBEvent) ([]string, error) {
		return failures(c.HandleSafe(ctx, e))
	})
	goesOn := func(of func(*goeson.Copier, context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error)) []action {
		return []action{func(t turn) error {
			return deliver(t, changes, func(e events.DynamoDBEvent) ([]string, error) {
				return failures(of(&goeson.Copier{DB: t.db}, t, e))
			})
		}, watch}
	}
	accepts := func(of func(*accepted.Copier) streamHandler) []action {
		return one(func(t turn) error { return of(&accepted.Copier{DB: t.db})(t, two) })
	}
	return []scenario{
		{
			at: "swallowedrecord/accepted Handle", given: logTables, faults: failingOnce, holds: stored("copy", 2),
			bug:  accepts(func(c *accepted.Copier) streamHandler { return c.Handle }),
			safe: accepts(func(c *accepted.Copier) streamHandler { return c.HandleSafe }),
		},
		{
			at: "swallowedrecord/logged Handle", given: logTables, faults: failingOnce, holds: stored("copy", 2),
			bug:  logs(func(c *swallowed.Copier) streamHandler { return c.Handle }),
			safe: logs(func(c *swallowed.Copier) streamHandler { return c.HandleSafe }),
		},
		{
			at: "swallowedrecord/logged HandleLast", twin: "LastSafe", given: logTables, faults: failingOnce, holds: stored("copy", 2),
			bug:  logs(func(c *swallowed.Copier) streamHandler { return c.HandleLast }),
			safe: logs(func(c *swallowed.Copier) streamHandler { return c.LastSafe }),
		},
		{
			at: "swallowedrecord/logged DeadLetterSafe", given: logTables, faults: failingOnce,
			safe: logs(func(c *swallowed.Copier) streamHandler { return c.DeadLetterSafe }),
			holds: whenDone(func(a *after) error {
				if n := len(a.rows("copy", every)) + len(a.rows("letters", every)); n < 2 {
					return fmt.Errorf("%d of 2 are kept", n)
				}
				return nil
			}),
		},
		{
			at: "swallowedrecord/logged NamedSafe", given: logTables, faults: explore.Faults{Fail: true}, holds: stored("copy", 2),
			safe: one(func(t turn) error {
				return deliver(t, two, func(e events.DynamoDBEvent) ([]string, error) {
					return failures((&swallowed.Copier{DB: t.db}).NamedSafe(t, e))
				})
			}),
		},
		{
			at: "swallowedrecord/logged ResponseSafe", given: logTables, faults: explore.Faults{Fail: true}, holds: stored("copy", 2),
			safe: one(func(t turn) error {
				return deliver(t, two, func(e events.DynamoDBEvent) ([]string, error) {
					return failures((&swallowed.Copier{DB: t.db}).ResponseSafe(t, e))
				})
			}),
		},
		{
			at: "wrongfailureid/eventid Handle", given: given("copy id"), faults: failing, holds: deliveredOnce,
			bug: named(func(c *eventid.Copier, ctx context.Context, e events.DynamoDBEvent) ([]string, error) {
				return failures(c.Handle(ctx, e))
			}),
			safe: safeName,
		},
		{
			at: "wrongfailureid/eventid HandleKept", twin: "HandleSafe", given: given("copy id"), faults: failing, holds: deliveredOnce,
			bug: named(func(c *eventid.Copier, ctx context.Context, e events.DynamoDBEvent) ([]string, error) {
				return failures(c.HandleKept(ctx, e))
			}),
			safe: safeName,
		},
		{
			at: "wrongfailureid/eventid HandleIndex", twin: "HandleSafe", given: given("copy id"), faults: failing, holds: deliveredOnce,
			bug: named(func(c *eventid.Copier, ctx context.Context, e events.DynamoDBEvent) ([]string, error) {
				return failures(c.HandleIndex(ctx, e))
			}),
			safe: safeName,
		},
		{
			at: "wrongfailureid/eventid failed", twin: "HandleSafe", given: given("copy id"), faults: failing, holds: deliveredOnce,
			bug: named(func(c *eventid.Copier, ctx context.Context, e events.DynamoDBEvent) ([]string, error) {
				res, err := c.HandleKey(ctx, e)
				var out []string
				for _, f := range res.BatchItemFailures {
					out = append(out, f.ItemIdentifier)
				}
				return out, err
			}),
			safe: safeName,
		},
		{
			at: "continueafterfailure/goeson Handle", given: given("copy id"), faults: failing, holds: neverBack,
			bug:  goesOn((*goeson.Copier).Handle),
			safe: goesOn((*goeson.Copier).HandleSafe),
		},
		{
			at: "continueafterfailure/goeson RestSafe", given: given("copy id"), faults: failing, holds: neverBack,
			safe: goesOn((*goeson.Copier).RestSafe),
		},
		{
			at: "continueafterfailure/goeson QueueSafe", given: given("copy id"), faults: failing, holds: stored("copy", 2),
			safe: one(func(t turn) error {
				left := []events.SQSMessage{{MessageId: "1", Body: "1"}, {MessageId: "2", Body: "2"}}
				for len(left) > 0 {
					res, err := (&goeson.Copier{DB: t.db}).QueueSafe(t, events.SQSEvent{Records: left})
					if err != nil {
						return err
					}
					left = slices.DeleteFunc(left, func(m events.SQSMessage) bool {
						return !slices.ContainsFunc(res.BatchItemFailures, func(f events.SQSBatchItemFailure) bool { return f.ItemIdentifier == m.MessageId })
					})
				}
				return nil
			}),
		},
		{
			at: "detachedgoroutine/detached HandleMessages", twin: "HandleSafe", given: given("copy id"), holds: stored("copy", 2),
			bug: one(func(t turn) error {
				return errors.Join(err((&detached.Copier{DB: t.db}).HandleMessages(t, two)), nextEvent(t))
			}),
			safe: one(func(t turn) error { return errors.Join((&detached.Copier{DB: t.db}).HandleSafe(t, two), nextEvent(t)) }),
		},
		{
			at: "detachedgoroutine/channel Handle", given: given("copy id"), holds: stored("copy", 1),
			bug:  one(func(t turn) error { return errors.Join((&channel.Copier{DB: t.db}).Handle(t, first), nextEvent(t)) }),
			safe: one(func(t turn) error { return errors.Join((&channel.Copier{DB: t.db}).HandleSafe(t, first), nextEvent(t)) }),
		},
		{
			at: "detachedgoroutine/detached Handle", given: given("copy id"), holds: stored("copy", 2),
			bug:  one(func(t turn) error { return errors.Join((&detached.Copier{DB: t.db}).Handle(t, two), nextEvent(t)) }),
			safe: one(func(t turn) error { return errors.Join((&detached.Copier{DB: t.db}).HandleSafe(t, two), nextEvent(t)) }),
		},
	}
}

// nextEvent is the next event that a process handles: what was left running may come to something meanwhile.
func nextEvent(t turn) error {
	_, err := copied(t, "next")
	return err
}

// watch reads a copy again and again.
func watch(t turn) error {
	for range 2 {
		out, err := t.db.GetItem(t, &dynamodb.GetItemInput{
			TableName: aws.String("copy"), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}},
		})
		if err != nil {
			return err
		}
		if s, ok := out.Item["text"].(*types.AttributeValueMemberS); ok {
			t.note("seen " + s.Value)
		}
	}
	return nil
}

// neverBack says that who reads a copy twice does not find it older the second time.
func neverBack(a *after) error {
	last := ""
	for _, n := range a.notes() {
		if s := fmt.Sprint(n.v); n.who == "bob" {
			if s < last {
				return fmt.Errorf("%s after %s", s, last)
			}
			last = s
		}
	}
	return nil
}

// copied reports whether an item is there.
func copied(t turn, id string) (bool, error) {
	out, err := t.db.GetItem(t, &dynamodb.GetItemInput{
		TableName: aws.String("copy"), Key: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
	})
	return err == nil && out.Item != nil, err
}

// deliveredOnce says that the first record does not come again once it is done.
func deliveredOnce(a *after) error {
	done := false
	for _, n := range a.notes() {
		if done && n.v == "e1" {
			return errors.New("the first record was delivered again")
		}
		done = done || n.v == "done"
	}
	return nil
}

// formsOfRecords are the forms in which records arrive.
func formsOfRecords() []scenario {
	dynamo := batch(record(1, nil))
	raw := func(v any) json.RawMessage {
		text, err := json.Marshal(v)
		if err != nil {
			return nil
		}
		return text
	}
	own := forms.Batch{Records: []forms.Record{{ID: "e1", Name: "INSERT"}}}
	form := func(name, what, twin string, bug, safe func(*forms.Counter, turn) error) scenario {
		run := func(f func(*forms.Counter, turn) error) []action {
			if f == nil {
				return nil
			}
			return one(func(t turn) error { return f(&forms.Counter{DB: t.db, Streams: shard()}, t) })
		}
		return scenario{
			at: "streamdedup/forms " + name, twin: twin, faults: redelivered, bug: run(bug), safe: run(safe),
			given: append(given("counts id", row{"id": what, "n": 0}), given("rows id")...),
			holds: all(counted1, atMost(1, "rows", every)),
		}
	}
	return []scenario{
		form("Window", "window", "", func(c *forms.Counter, t turn) error {
			return err(c.Window(t, events.DynamoDBTimeWindowEvent{DynamoDBEvent: dynamo}))
		}, nil),
		form("Kinesis", "kinesis", "", func(c *forms.Counter, t turn) error {
			return c.Kinesis(t, events.KinesisEvent{Records: make([]events.KinesisEventRecord, 1)})
		}, nil),
		form("KinesisWindow", "kinesis window", "", func(c *forms.Counter, t turn) error {
			return err(c.KinesisWindow(t, events.KinesisTimeWindowEvent{KinesisEvent: events.KinesisEvent{Records: make([]events.KinesisEventRecord, 1)}}))
		}, nil),
		form("Raw", "raw", "", func(c *forms.Counter, t turn) error { return c.Raw(t, raw(dynamo)) }, func(c *forms.Counter, t turn) error { return c.RawSafe(t, raw(dynamo)) }),
		form("Own", "own", "", func(c *forms.Counter, t turn) error { return c.Own(t, own) }, func(c *forms.Counter, t turn) error { return c.OwnSafe(t, own) }),
		form("Bound", "bound", "", func(c *forms.Counter, t turn) error { return err(c.Bound(t, bound{dynamo})) }, nil),
		form("dispatched", "dispatched", "", func(c *forms.Counter, t turn) error {
			return c.Dispatch(t, map[string]json.RawMessage{"stream": raw(dynamo)})
		}, nil),
		form("Poll", "polled", "", func(c *forms.Counter, t turn) error {
			return c.Poll(t, aws.String("start"), func(*string) error { return err(t.db.Scan(t, &dynamodb.ScanInput{TableName: aws.String("rows")})) })
		}, func(c *forms.Counter, t turn) error { return c.PollSafe(t, aws.String("start")) }),
	}
}

// counted1 says that one record is counted at most once.
func counted1(a *after) error {
	if n := number(a.it()["n"]); n > 1 {
		return fmt.Errorf("counted %v times", n)
	}
	return nil
}

// bound is an event of a framework.
type bound struct{ event events.DynamoDBEvent }

func (b bound) Bind(v any) error {
	text, err := json.Marshal(b.event)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

// outside are the scenarios of effects outside DynamoDB, which a partner keeps.
func outside() []scenario {
	orders := batch(record(1, map[string]string{"id": "o", "order": "o", "customer": "kim"}))
	hook := func(of func(*webhook.Hook) streamHandler) []action {
		return one(func(t turn) error {
			return of(&webhook.Hook{DB: t.db, HTTP: partner(t), URL: "http://partner.invalid"})(t, orders)
		})
	}
	tables := append(given("customers id", row{"id": "kim", "address": "home"}), append(given("copy id"), given("seen id")...)...)
	told := func(of func(*messages.Announcer) streamHandler) []action {
		return one(func(t turn) error {
			return of(&messages.Announcer{DB: t.db, Topic: topic(t), Queue: fifo{t}})(t, orders)
		})
	}
	return []scenario{
		{
			at: "streamdedup/webhook Handle", twin: "PutSafe", given: tables, faults: redelivered, holds: toldOnce,
			bug:  hook(func(h *webhook.Hook) streamHandler { return h.Handle }),
			safe: hook(func(h *webhook.Hook) streamHandler { return h.PutSafe }),
		},
		{
			at: "streamdedup/webhook HandleID", twin: "PutSafe", given: tables, faults: redelivered, holds: toldOnce,
			bug:  hook(func(h *webhook.Hook) streamHandler { return h.HandleID }),
			safe: hook(func(h *webhook.Hook) streamHandler { return h.PutSafe }),
		},
		{
			at: "streamdedup/webhook ClaimSafe", given: tables, faults: redelivered, holds: toldOnce,
			safe: hook(func(h *webhook.Hook) streamHandler { return h.ClaimSafe }),
		},
		{
			at: "streamdedup/webhook KeyedSafe", given: tables, faults: redelivered, holds: toldOnce,
			safe: hook(func(h *webhook.Hook) streamHandler { return h.KeyedSafe }),
		},
		{
			at: "streamdedup/messages Handle", given: tables, faults: redelivered, holds: toldOnce,
			bug: told(func(a *messages.Announcer) streamHandler { return a.Handle }),
		},
		{
			at: "streamdedup/messages HandleID", given: tables, faults: redelivered, holds: toldOnce,
			bug: told(func(a *messages.Announcer) streamHandler { return a.HandleID }),
		},
		{
			at: "streamdedup/messages HandleFresh", twin: "FIFOSafe", given: tables, faults: redelivered, holds: toldOnce,
			bug:  told(func(a *messages.Announcer) streamHandler { return a.HandleFresh }),
			safe: told(func(a *messages.Announcer) streamHandler { return a.FIFOSafe }),
		},
		{
			at: "streamdedup/messages HandleQueue", twin: "FIFOSafe", given: tables, faults: redelivered, holds: toldOnce,
			bug:  told(func(a *messages.Announcer) streamHandler { return a.HandleQueue }),
			safe: told(func(a *messages.Announcer) streamHandler { return a.FIFOSafe }),
		},
		{
			at: "streamdedup/messages LetterSafe", given: tables, faults: redelivered, holds: stored("copy", 1),
			safe: told(func(a *messages.Announcer) streamHandler { return a.LetterSafe }),
		},
	}
}

// toldOnce says that a partner was told of an order at most once.
func toldOnce(a *after) error {
	if n := len(a.notes()); n > 1 {
		return fmt.Errorf("told %d times: %v", n, a.notes())
	}
	return nil
}
