// Package explore is test support: it runs operations on DynamoDB as several
// clients at once, under every order of their API calls and with the faults
// that DynamoDB and Lambda bring, and checks an invariant after each.
//
// The clients are the SDK's own; an in-process engine answers their HTTP
// requests (Engine). Each client stops at each request until the scheduler
// lets it through, so that a schedule is a list of choices, and all schedules
// are enumerated depth first by running the scenario again from the start.
// Time is that of testing/synctest: a pause costs nothing, and between two steps
// a millisecond passes, so that clients differ in what time.Now tells them.
package explore

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Client is what one client does: an operation, or one delivery of a batch to
// a handler.
type Client = func(context.Context, *dynamodb.Client) error

// Scenario states what is run and what must hold afterwards. Its functions are
// called once per schedule: state they keep in variables must be made anew in
// Setup.
type Scenario struct {
	Name    string
	Tables  []Table
	Setup   func(context.Context, *dynamodb.Client) error // nil: none
	Clients []Client
	Faults  Faults
	// Invariant gives an error if what the clients left is wrong. Outcomes
	// gives it how each client ended.
	Invariant func(context.Context, *dynamodb.Client) error
	// PageSize is how many items a page of a Query or Scan holds at most, as if
	// they were large; 0 means all.
	PageSize int
	// Spare lets placeholders pass that no expression uses, which DynamoDB
	// refuses: those of a condition that was taken out of a request.
	Spare bool
	// MaxSchedules bounds the schedules tried; 0 means 20000.
	MaxSchedules int
}

// Faults says which faults may happen. Every schedule has up to Max of them,
// in every position.
type Faults struct {
	LostReply   bool // a write is applied, its reply is lost, the SDK sends it again
	ServerError bool // a write is answered 500 and not applied, the SDK sends it again
	Fail        bool // a call is answered 500 until the SDK gives up
	Unprocessed bool // the first or the last request of a batch is left unprocessed, or statement throttled
	Conflict    bool // a transaction is cancelled because another one writes its first item
	Crash       bool // a client stops between two calls
	// Redeliver runs a client again with the same input, as Lambda does with a
	// batch: always when it crashed or gave an error (up to 4 deliveries), and,
	// as a fault, once more when it succeeded.
	Redeliver bool
	Max       int // 0 means 1
}

// Outcome is how a client's last run ended.
type Outcome struct {
	Done bool  // it returned; false: it crashed
	Err  error // what it returned
	Runs int   // how often it was started
}

// Violation is a schedule after which the invariant does not hold.
type Violation struct {
	Schedule []string // "A GetItem", "B PutItem (reply lost)"
	Err      error    // the invariant's
}

// Result is what an exploration found.
type Result struct {
	Name       string
	Schedules  int // tried
	Violations []Violation
	Truncated  bool  // there were more schedules, or longer ones, than the bounds allow
	Err        error // the scenario itself is at fault; nothing is proved
}

// String is one line for a table.
func (r Result) String() string {
	s := fmt.Sprintf("%s: %d schedules, %d violations", r.Name, r.Schedules, len(r.Violations))
	if r.Truncated {
		s += ", truncated"
	}
	if r.Err != nil {
		s += ", error: " + r.Err.Error()
	}
	return s
}

const (
	defaultSchedules = 20000
	maxSteps         = 400 // choices in one schedule
	maxDeliveries    = 4
)

// Run tries every schedule of the scenario. t is only needed for its time
// (synctest.Test); Run never fails it.
func Run(t *testing.T, s Scenario) Result {
	r := Result{Name: s.Name}
	limit := s.MaxSchedules
	if limit == 0 {
		limit = defaultSchedules
	}
	if s.Faults.Max == 0 {
		s.Faults.Max = 1
	}
	for path := (path{}); ; {
		if r.Schedules == limit {
			r.Truncated = true
			return r
		}
		var o *schedule
		synctest.Test(t, func(*testing.T) { o = runSchedule(&s, path) })
		r.Schedules++
		r.Truncated = r.Truncated || o.truncated
		if o.err != nil {
			r.Err = fmt.Errorf("schedule %v: %w", o.steps, o.err)
			return r
		}
		if o.violation != nil {
			r.Violations = append(r.Violations, Violation{o.steps, o.violation})
		}
		var more bool
		if path, more = o.path.next(); !more {
			return r
		}
	}
}

// path is the choices of one schedule.
type path []choice

// choice is one of several things that could happen next.
type choice struct {
	options []string
	pick    int
}

// next is the next path in depth-first order.
func (p path) next() (path, bool) {
	for i := len(p) - 1; i >= 0; i-- {
		if p[i].pick+1 < len(p[i].options) {
			out := slices.Clone(p[:i+1])
			out[i].pick++
			return out, true
		}
	}
	return nil, false
}

type outcomesKey struct{}

// Outcomes gives an Invariant how each client ended, in the scenario's order.
func Outcomes(ctx context.Context) []Outcome {
	out, _ := ctx.Value(outcomesKey{}).([]Outcome)
	return out
}

type transportKey struct{}

// Transport gives a client the transport of its *dynamodb.Client, to make a
// client of another kind over it, such as version 1 of the SDK.
func Transport(ctx context.Context) http.RoundTripper {
	t, _ := ctx.Value(transportKey{}).(http.RoundTripper)
	return t
}

type memoryKey struct{}

// Memory gives a client a place that outlives its crash and redelivery, fresh
// in every schedule: what the caller of a handler remembers, such as how far a
// batch got.
func Memory(ctx context.Context) map[string]int {
	m, _ := ctx.Value(memoryKey{}).(map[string]int)
	return m
}
