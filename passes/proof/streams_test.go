package proof

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"github.com/ddbvet/ddbvet/passes/internal/explore"
	"github.com/ddbvet/ddbvet/testdata/markerfirst/claimed"
	"github.com/ddbvet/ddbvet/testdata/streamdedup/counter"
	"github.com/ddbvet/ddbvet/testdata/streamdedup/freshkey"
	"github.com/ddbvet/ddbvet/testdata/streamdedup/queue"
	"github.com/ddbvet/ddbvet/testdata/streamdedup/timeline"
)

// redelivered delivers a batch again that has succeeded, or whose handler has failed or ended.
var redelivered = explore.Faults{Redeliver: true, Crash: true}

// failingOnce lets one call fail, and delivers the batch again when its handler says so.
var failingOnce = explore.Faults{Redeliver: true, Fail: true}

// record is the n-th record of a stream.
func record(n int, image map[string]string) events.DynamoDBEventRecord {
	attributes := map[string]events.DynamoDBAttributeValue{}
	for name, v := range image {
		attributes[name] = events.NewStringAttribute(v)
		if _, err := strconv.Atoi(v); err == nil && name != "text" {
			attributes[name] = events.NewNumberAttribute(v)
		}
	}
	return events.DynamoDBEventRecord{
		EventID: fmt.Sprintf("e%d", n), EventName: "INSERT",
		Change: events.DynamoDBStreamRecord{
			SequenceNumber: fmt.Sprintf("%03d", n), NewImage: attributes,
			Keys: map[string]events.DynamoDBAttributeValue{"id": events.NewStringAttribute(image["id"])},
		},
	}
}

func batch(records ...events.DynamoDBEventRecord) events.DynamoDBEvent {
	return events.DynamoDBEvent{Records: records}
}

// deliver does what Lambda does with a batch: it delivers it until it succeeds, from the first record on that the
// handler names as failed, and all of it where no record has that name.
func deliver(t turn, event events.DynamoDBEvent, handle func(events.DynamoDBEvent) ([]string, error)) error {
	records := event.Records
	for range 4 {
		for _, r := range records {
			t.note(r.EventID)
		}
		failed, err := handle(batch(records...))
		if err == nil && len(failed) == 0 {
			return nil
		}
		from := slices.IndexFunc(records, func(r events.DynamoDBEventRecord) bool { return slices.Contains(failed, r.Change.SequenceNumber) })
		records = records[max(from, 0):]
	}
	return errors.New("the batch has expired")
}

// failures are the names of failed records.
func failures(res events.DynamoDBEventResponse, err error) ([]string, error) {
	var out []string
	for _, f := range res.BatchItemFailures {
		out = append(out, f.ItemIdentifier)
	}
	return out, err
}

type streamHandler = func(context.Context, events.DynamoDBEvent) error

// deliveries are the scenarios of records that come again.
func deliveries() []scenario {
	votes := func(of func(*counter.Counter) streamHandler) []action {
		return one(func(t turn) error {
			return of(&counter.Counter{DB: t.db})(t, batch(record(1, map[string]string{"poll": "p", "voter": "kim", "at": "noon"})))
		})
	}
	polls := append(given("polls id", row{"id": "p", "votes": 0, "seq": "000"}), given("seen id")...)
	bonus := func(of func(*claimed.Payer) streamHandler) []action {
		return one(func(t turn) error {
			return of(&claimed.Payer{DB: t.db})(t, batch(record(1, map[string]string{"account": "a", "cents": "5"})))
		})
	}
	return slices.Concat([]scenario{
		{
			at: "streamdedup/freshkey HandleTime", twin: "HandleSafe", given: given("history id"), faults: redelivered,
			bug:   one(func(t turn) error { return (&freshkey.History{DB: t.db}).HandleTime(t, prices) }),
			safe:  one(func(t turn) error { return (&freshkey.History{DB: t.db}).HandleSafe(t, prices) }),
			holds: atMost(1, "history", every),
		},
		{
			at: "streamdedup/counter Handle", given: polls, faults: redelivered, holds: total1("votes"),
			bug:  votes(func(c *counter.Counter) streamHandler { return c.Handle }),
			safe: votes(func(c *counter.Counter) streamHandler { return c.HandleSafe }),
		},
		{
			at: "streamdedup/counter SequenceSafe", given: polls, faults: redelivered, holds: total1("votes"),
			safe: votes(func(c *counter.Counter) streamHandler { return c.SequenceSafe }),
		},
		{
			at: "streamdedup/counter TagSafe", given: polls, faults: redelivered,
			safe: votes(func(c *counter.Counter) streamHandler { return c.TagSafe }),
			holds: whenDone(func(a *after) error {
				if got := fmt.Sprint(a.it()["voters"]); got != "[kim]" {
					return fmt.Errorf("voters are %s", got)
				}
				return nil
			}),
		},
		{
			at: "streamdedup/freshkey record", twin: "HandleSafe", given: given("history id"), faults: redelivered,
			bug:   one(func(t turn) error { return (&freshkey.History{DB: t.db}).Handle(t, prices) }),
			safe:  one(func(t turn) error { return (&freshkey.History{DB: t.db}).HandleSafe(t, prices) }),
			holds: atMost(1, "history", every),
		},
		{
			at: "streamdedup/timeline Handle", given: given("entries pk sk"), faults: redelivered, holds: atMost(1, "entries", every),
			bug:  one(func(t turn) error { return (&timeline.Log{DB: t.db}).Handle(t, prices) }),
			safe: one(func(t turn) error { return (&timeline.Log{DB: t.db}).HandleSafe(t, prices) }),
		},
		{
			at: "streamdedup/freshkey Inline", given: given("history id"), faults: redelivered, holds: atMost(1, "history", every),
			bug: one(func(t turn) error { return (&freshkey.History{DB: t.db}).Inline(t, prices) }),
		},
		{
			at: "streamdedup/queue Handle", given: append(given("totals id", row{"id": "a", "amount": 0}), given("bookings id")...), faults: redelivered,
			bug:  one(func(t turn) error { return err((&queue.Books{DB: t.db}).Handle(t, mail)) }),
			safe: one(func(t turn) error { return (&queue.Books{DB: t.db}).HandleSafe(t, mail) }),
			holds: func(a *after) error {
				sum := number(a.it()["amount"])
				for _, r := range a.rows("bookings", every) {
					sum += number(r["n"])
				}
				if len(a.done) > 0 && sum != 7 || sum > 7 {
					return fmt.Errorf("%v is booked, want 7", sum)
				}
				return nil
			},
		},
		{
			at: "markerfirst/claimed Handle", given: append(given("accounts id", row{"id": "a", "cents": 0}), given("claims id")...),
			faults: failingOnce, holds: sets("ann", "cents", 5.0),
			bug:  bonus(func(p *claimed.Payer) streamHandler { return p.Handle }),
			safe: bonus(func(p *claimed.Payer) streamHandler { return p.HandleSafe }),
		},
		{
			at: "markerfirst/claimed ReleaseSafe", given: append(given("accounts id", row{"id": "a", "cents": 0}), given("claims id")...),
			faults: failingOnce, holds: sets("ann", "cents", 5.0),
			safe: bonus(func(p *claimed.Payer) streamHandler { return p.ReleaseSafe }),
		},
	}, copiers(), formsOfRecords(), outside())
}

var (
	prices = batch(record(1, map[string]string{"id": "p", "cents": "5"}))
	mail   = events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m", Body: "7", Attributes: map[string]string{"account": "a"}}}}
)

// total1 says that one record is counted once, when a delivery has succeeded, and never more often.
func total1(attr string) invariant {
	return func(a *after) error {
		if n := number(a.it()[attr]); n > 1 || n < 1 && len(a.done) == len(a.trial.actions) {
			return fmt.Errorf("%s is %v, want 1", attr, n)
		}
		return nil
	}
}
