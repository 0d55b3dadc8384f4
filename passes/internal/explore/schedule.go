package explore

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"sync"
	"syscall"
	"testing/synctest"
	"time"
)

// randomToken is the token that the SDK makes up for a transaction.
var randomToken = regexp.MustCompile(`"ClientRequestToken":"[^"]*"`)

// schedule is one run of a scenario.
type schedule struct {
	scenario *Scenario
	engine   *Engine
	clients  []*client
	path     path // the choices to make, then those made
	made     int
	faults   int
	steps    []string

	truncated bool
	err       error
	violation error

	mu      sync.Mutex
	pending []*pendingCall
	over    bool
	event   chan struct{} // something new is pending or finished
}

// client is one client of a schedule.
type client struct {
	name    string
	run     Client
	memory  map[string]int
	running bool
	crashed bool
	outcome Outcome
	calls   map[string]bool // SDK invocations seen
	failing map[string]bool // SDK invocations answered 500 until they give up
}

// active reports whether a run of the client is its last and goes on.
func (c *client) active(run int) bool { return c.running && !c.crashed && c.outcome.Runs == run }

// pendingCall is an API call that waits for the scheduler.
type pendingCall struct {
	call
	client     *client
	run        int    // of the client's
	invocation string // the SDK's id, the same for all attempts of a call
	label      string
	text       string // the request, to order calls that have one label
	verdict    chan verdict
}

// verdict ends a pending call: an answer, a transport error, or the end of the
// goroutine.
type verdict struct {
	reply reply
	err   error
	exit  bool
}

// runSchedule runs the scenario once along a path, and beyond its end with the
// first option of each choice. It must run in a synctest bubble.
func runSchedule(s *Scenario, p path) *schedule {
	o := &schedule{scenario: s, engine: NewEngine(s.Tables...), path: p, event: make(chan struct{}, 1)}
	o.engine.pageSize, o.engine.spare = s.PageSize, s.Spare
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	defer o.finish()
	direct := NewClient(o.engine)
	if s.Setup != nil {
		if err := s.Setup(context.WithValue(ctx, transportKey{}, o.engine), direct); err != nil {
			o.err = fmt.Errorf("setup: %w", err)
			return o
		}
	}
	for i, run := range s.Clients {
		c := &client{name: string(rune('A' + i)), run: run, memory: map[string]int{}}
		o.clients = append(o.clients, c)
		o.start(ctx, c)
		synctest.Wait()
		time.Sleep(time.Millisecond)
	}
	for o.step(ctx) {
	}
	if o.err != nil || o.truncated {
		return o
	}
	if o.err = o.engine.Unsupported(); o.err != nil {
		return o
	}
	ctx = context.WithValue(ctx, transportKey{}, o.engine)
	o.violation = s.Invariant(context.WithValue(ctx, outcomesKey{}, o.outcomes()), direct)
	o.err = o.engine.Unsupported()
	return o
}

func (o *schedule) outcomes() []Outcome {
	var out []Outcome
	for _, c := range o.clients {
		out = append(out, c.outcome)
	}
	return out
}

// start runs a client, for the first time or again.
func (o *schedule) start(ctx context.Context, c *client) {
	c.running, c.crashed = true, false
	c.calls, c.failing = map[string]bool{}, map[string]bool{}
	c.outcome = Outcome{Runs: c.outcome.Runs + 1}
	ctx = context.WithValue(ctx, memoryKey{}, c.memory)
	run := c.outcome.Runs
	transport := &gate{o, c, run}
	api := NewClient(transport)
	ctx = context.WithValue(ctx, transportKey{}, transport)
	go func() {
		err := fmt.Errorf("client %s did not return", c.name)
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("client %s: panic: %v", c.name, r)
			}
			o.ended(c, run, err)
		}()
		err = c.run(ctx, api)
	}()
}

// ended notes how a run ended, unless it crashed before.
func (o *schedule) ended(c *client, run int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.active(run) {
		c.running = false
		c.outcome.Done, c.outcome.Err = true, err
		o.notify()
	}
}

func (o *schedule) notify() {
	select {
	case o.event <- struct{}{}:
	default:
	}
}

// gate is the transport of one run of a client: it stops each request until
// the scheduler has decided about it.
type gate struct {
	o   *schedule
	c   *client
	run int
}

func (g *gate) RoundTrip(req *http.Request) (*http.Response, error) {
	in, err := readCall(req)
	if err != nil {
		return nil, err
	}
	p := &pendingCall{call: in, client: g.c, run: g.run, invocation: req.Header.Get("Amz-Sdk-Invocation-Id"), verdict: make(chan verdict, 1)}
	if !g.o.submit(p) {
		runtime.Goexit()
	}
	select {
	case v := <-p.verdict:
		if v.exit {
			runtime.Goexit()
		}
		if v.err != nil {
			return nil, v.err
		}
		return v.reply.http(req), nil
	case <-req.Context().Done():
		g.o.withdraw(p)
		return nil, req.Context().Err()
	}
}

// submit makes a call wait; false means that its client is no more.
func (o *schedule) submit(p *pendingCall) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	c := p.client
	if o.over || p.run != c.outcome.Runs {
		return false
	}
	p.label, p.text = c.name+" "+p.op, randomToken.ReplaceAllString(compact(p.body), "")
	if p.invocation != "" && c.calls[p.invocation] {
		p.label += " (retry)"
	}
	c.calls[p.invocation] = true
	if c.failing[p.invocation] {
		p.verdict <- verdict{reply: serverError()}
		return true
	}
	o.pending = append(o.pending, p)
	o.notify()
	return true
}

func (o *schedule) withdraw(p *pendingCall) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pending = slices.DeleteFunc(o.pending, func(q *pendingCall) bool { return q == p })
	o.notify()
}

// finish ends what is left of the clients.
func (o *schedule) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.over = true
	for _, p := range o.pending {
		p.verdict <- verdict{exit: true}
	}
}

// option is one thing that could happen next.
type option struct {
	label string
	fault bool
	do    func()
}

// step lets one thing happen; false means that nothing is left.
func (o *schedule) step(ctx context.Context) bool {
	if !o.settle() {
		return false
	}
	options := o.options(ctx)
	if len(options) == 0 {
		return false
	}
	if o.made >= maxSteps {
		o.truncated = true
		return false
	}
	chosen, err := o.choose(options)
	if err != nil {
		o.err = err
		return false
	}
	o.steps = append(o.steps, chosen.label)
	if chosen.fault {
		o.faults++
	}
	if chosen.do == nil {
		return false
	}
	chosen.do()
	synctest.Wait()
	time.Sleep(time.Millisecond)
	return true
}

// settle waits until every running client waits for the scheduler. A client
// that pauses by itself is given the time it wants.
func (o *schedule) settle() bool {
	for {
		synctest.Wait()
		if !o.someoneBusy() {
			return true
		}
		select {
		case <-o.event:
		case <-time.After(24 * time.Hour):
			o.err = errors.New("a client waits for something that is no API call")
			return false
		}
	}
}

// someoneBusy reports whether a running client has no call pending.
func (o *schedule) someoneBusy() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.ContainsFunc(o.clients, func(c *client) bool {
		return c.active(c.outcome.Runs) && !slices.ContainsFunc(o.pending, func(p *pendingCall) bool { return p.client == c && p.run == c.outcome.Runs })
	})
}

// choose takes the option that the path says, or the first one beyond its end.
func (o *schedule) choose(options []option) (option, error) {
	labels := make([]string, len(options))
	for i, opt := range options {
		labels[i] = opt.label
	}
	if o.made == len(o.path) {
		o.path = append(o.path, choice{options: labels})
	}
	c := o.path[o.made]
	if !slices.Equal(c.options, labels) {
		return option{}, fmt.Errorf("not repeatable: after the same steps there were the options %v, now %v", c.options, labels)
	}
	o.made++
	return options[c.pick], nil
}

// options lists what could happen next. Plain progress comes first, so that
// the first schedule of a branch is the simplest.
func (o *schedule) options(ctx context.Context) []option {
	o.mu.Lock()
	calls := slices.DeleteFunc(slices.Clone(o.pending), func(p *pendingCall) bool { return !p.client.active(p.run) })
	o.mu.Unlock()
	sort.SliceStable(calls, func(i, j int) bool {
		a, b := calls[i], calls[j]
		return a.label < b.label || a.label == b.label && a.text < b.text
	})
	var plain, faulty []option
	for _, p := range calls {
		plain = append(plain, option{label: p.label, do: func() { o.grant(p, p.label, o.engine.answer(p.call)) }})
		if o.faults < o.scenario.Faults.Max {
			faulty = append(faulty, o.callFaults(p)...)
		}
	}
	for _, c := range o.clients {
		switch again := o.redelivery(ctx, c); {
		case again == nil:
		case again.fault:
			faulty = append(faulty, *again)
		default:
			plain = append(plain, *again)
		}
	}
	if len(plain) == 0 && len(faulty) > 0 {
		plain = []option{{label: "end"}}
	}
	return append(plain, faulty...)
}

// redelivery is the option to run a client again, nil if there is none.
func (o *schedule) redelivery(ctx context.Context, c *client) *option {
	f := o.scenario.Faults
	if !f.Redeliver || c.running && !c.crashed || c.outcome.Runs >= maxDeliveries {
		return nil
	}
	succeeded := c.outcome.Done && c.outcome.Err == nil
	if succeeded && (c.outcome.Runs > 1 || o.faults >= f.Max) {
		return nil
	}
	return &option{label: c.name + " is delivered again", fault: succeeded, do: func() { o.start(ctx, c) }}
}

// callFaults are the ways in which a call can go wrong.
func (o *schedule) callFaults(p *pendingCall) []option {
	f := o.scenario.Faults
	var out []option
	add := func(what string, do func()) {
		out = append(out, option{label: p.label + " (" + what + ")", fault: true, do: do})
	}
	writes := !slices.Contains([]string{"GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"}, p.op)
	if f.LostReply && writes {
		add("reply lost", func() {
			o.engine.answer(p.call)
			o.resolve(p, verdict{err: syscall.ECONNRESET})
		})
	}
	if f.ServerError && writes {
		add("500, not applied", func() { o.resolve(p, verdict{reply: serverError()}) })
	}
	if f.Fail {
		add("fails", func() {
			p.client.failing[p.invocation] = p.invocation != ""
			o.resolve(p, verdict{reply: serverError()})
		})
	}
	if f.Conflict && p.op == "TransactWriteItems" {
		add("conflict", func() { o.resolve(p, verdict{reply: conflict(p.call)}) })
	}
	if n := batchSize(p.call); f.Unprocessed && n > 0 {
		for _, leave := range slices.Compact([]int{0, n - 1}) {
			add(fmt.Sprintf("request %d unprocessed", leave), func() {
				c := p.call
				c.leave = leave
				o.resolve(p, verdict{reply: o.engine.answer(c)})
			})
		}
	}
	if f.Crash {
		out = append(out, option{label: p.client.name + " stops before " + p.op, fault: true, do: func() { p.client.crashed = true }})
	}
	return out
}

func serverError() reply {
	return (&apiError{status: 500, kind: "InternalServerError", msg: "Internal server error"}).reply()
}

// grant answers a call; an error's type is added to its step.
func (o *schedule) grant(p *pendingCall, label string, r reply) {
	if r.kind != "" {
		o.steps[len(o.steps)-1] = label + ": " + r.kind
	}
	o.resolve(p, verdict{reply: r})
}

func (o *schedule) resolve(p *pendingCall, v verdict) {
	o.mu.Lock()
	o.pending = slices.DeleteFunc(o.pending, func(q *pendingCall) bool { return q == p })
	o.mu.Unlock()
	p.verdict <- v
}
