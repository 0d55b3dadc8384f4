package explore

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// Engine is an in-process DynamoDB: it answers the HTTP requests of the SDK's
// client, one at a time, from tables in memory. It is an http.RoundTripper.
type Engine struct {
	mu          sync.Mutex
	tables      map[string]*table
	tokens      map[string]string // ClientRequestToken of a done transaction → its request
	pageSize    int               // items after which a page ends, as at 1 MB; 0: never
	spare       bool              // placeholders that no expression uses are let pass
	unsupported error             // the first request the engine had no answer to
}

// NewEngine makes an engine with empty tables.
func NewEngine(tables ...Table) *Engine {
	e := &Engine{tables: map[string]*table{}, tokens: map[string]string{}}
	for _, t := range tables {
		e.tables[t.Name] = newTable(t)
	}
	return e
}

// Unsupported gives the first request that the engine had no answer to, nil if
// there was none. What a client did after one proves nothing.
func (e *Engine) Unsupported() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.unsupported
}

// RoundTrip answers one request of the DynamoDB JSON protocol.
func (e *Engine) RoundTrip(req *http.Request) (*http.Response, error) {
	c, err := readCall(req)
	if err != nil {
		return nil, err
	}
	return e.answer(c).http(req), nil
}

// call is one API call: its operation and its JSON.
type call struct {
	op   string
	body []byte
	// leave is the position of the one request of a batch to leave
	// unprocessed; -1 for none.
	leave int
}

func readCall(req *http.Request) (call, error) {
	_, op, _ := strings.Cut(req.Header.Get("X-Amz-Target"), ".")
	c := call{op: op, leave: -1}
	if req.Body == nil {
		return c, nil
	}
	defer req.Body.Close()
	body, err := io.ReadAll(req.Body)
	c.body = body
	return c, err
}

// reply is an answer before it is HTTP.
type reply struct {
	status int
	body   []byte
	kind   string // the error's type, "" for success
}

func (r reply) http(req *http.Request) *http.Response {
	return &http.Response{
		Status: http.StatusText(r.status), StatusCode: r.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amzn-Requestid": {"explore"}},
		Body:          io.NopCloser(bytes.NewReader(r.body)),
		ContentLength: int64(len(r.body)),
		Request:       req,
	}
}

// answer carries out a call.
func (e *Engine) answer(c call) reply {
	e.mu.Lock()
	defer e.mu.Unlock()
	out, err := e.dispatch(c)
	if err == nil {
		body, err := json.Marshal(out)
		if err == nil {
			return reply{status: http.StatusOK, body: body}
		}
	}
	var api *apiError
	if errors.As(err, &api) {
		return api.reply()
	}
	if e.unsupported == nil {
		e.unsupported = err
	}
	return (&apiError{status: 400, kind: "ValidationException", msg: err.Error()}).reply()
}

func (e *apiError) reply() reply {
	fields := map[string]any{
		"__type":  "com.amazonaws.dynamodb.v20120810#" + e.kind,
		"message": e.msg,
	}
	for name, v := range e.more {
		fields[name] = v
	}
	body, err := json.Marshal(fields)
	if err != nil {
		body = []byte("{}")
	}
	return reply{status: e.status, body: body, kind: e.kind}
}

func (e *Engine) dispatch(c call) (any, error) {
	switch c.op {
	case "BatchGetItem":
		return e.batchGet(c)
	case "BatchWriteItem":
		return e.batchWrite(c)
	case "TransactGetItems":
		return e.transactGet(c.body)
	case "TransactWriteItems":
		return e.transactWrite(c.body)
	case "ExecuteStatement":
		return e.executeStatement(c.body)
	case "BatchExecuteStatement":
		return e.batchExecuteStatement(c)
	case "ExecuteTransaction":
		return e.executeTransaction(c.body)
	}
	var r request
	if err := decode(c.body, &r); err != nil {
		return nil, err
	}
	switch c.op {
	case "GetItem":
		return e.get(&r)
	case "PutItem", "UpdateItem", "DeleteItem":
		return e.write(c.op, &r)
	case "Query", "Scan":
		return e.read(c.op, &r)
	}
	return nil, &unsupportedError{"operation " + c.op}
}

// table finds a table and parses the request's expressions for it.
func (e *Engine) prepare(r *request) (*table, error) {
	t, ok := e.tables[r.TableName]
	if !ok {
		return nil, &apiError{status: 400, kind: "ResourceNotFoundException", msg: "Requested resource not found: table " + r.TableName}
	}
	if err := r.parse(e.spare); err != nil {
		return nil, err
	}
	return t, r.check()
}

// object is a JSON object of an answer.
type object map[string]any

func (e *Engine) get(r *request) (any, error) {
	t, err := e.prepare(r)
	if err != nil {
		return nil, err
	}
	key, err := t.locate(r.Key)
	if err != nil {
		return nil, err
	}
	out := object{}
	if it, ok := t.items[key]; ok {
		out["Item"] = r.projected(it)
	}
	return out, nil
}

// projected gives what of an item the request asks for.
func (r *request) projected(it item) item {
	if r.ProjectionExpression == nil {
		return it
	}
	return project(it, r.projection)
}

// change is a write that has been checked but not made: transactions make all
// or none.
type change struct {
	table    *table
	key      string
	old, new item // nil: no item
}

func (c *change) apply() {
	if c.new == nil {
		delete(c.table.items, c.key)
		return
	}
	c.table.items[c.key] = c.new
}

// write carries out PutItem, UpdateItem or DeleteItem.
func (e *Engine) write(op string, r *request) (any, error) {
	if err := r.returnValues(map[string][]string{
		"PutItem":    {"ALL_OLD"},
		"DeleteItem": {"ALL_OLD"},
		"UpdateItem": {"ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"},
	}[op]...); err != nil {
		return nil, err
	}
	t, err := e.prepare(r)
	if err != nil {
		return nil, err
	}
	key, err := r.locate(op, t)
	if err != nil {
		return nil, err
	}
	c, err := r.plan(op, t, key)
	if err != nil {
		return nil, err
	}
	c.apply()
	return r.attributes(c), nil
}

// locate gives the key of the item that a write acts on.
func (r *request) locate(op string, t *table) (string, error) {
	if op != "PutItem" {
		return t.locate(r.Key)
	}
	if err := t.checkItem(r.Item); err != nil {
		return "", err
	}
	return encodeKey(t.key, r.Item), nil
}

// plan checks the condition and works out the new item.
func (r *request) plan(op string, t *table, key string) (*change, error) {
	c := &change{table: t, key: key, old: t.items[key]}
	if r.condition != nil && !(evaluator{c.old, r.ExpressionAttributeValues}).holds(r.condition) {
		return nil, r.conditionFailed(c.old)
	}
	switch op {
	case "PutItem":
		c.new = r.Item
	case "UpdateItem":
		for _, a := range r.update {
			if t.key.has(a.Path.Name) {
				return nil, validationError("cannot update attribute %s. This attribute is part of the key", a.Path.Name)
			}
		}
		base := c.old
		if base == nil {
			base = r.Key // an update makes the item it does not find
		}
		var err error
		if c.new, err = applyUpdate(base, r.update, r.ExpressionAttributeValues); err != nil {
			return nil, err
		}
		return c, t.checkItem(c.new)
	case "ConditionCheck":
		c.new = c.old
	}
	return c, nil
}

func (r *request) conditionFailed(old item) error {
	e := &apiError{status: 400, kind: "ConditionalCheckFailedException", msg: "The conditional request failed"}
	if r.ReturnValuesOnConditionCheckFailure == "ALL_OLD" && old != nil {
		e.more = map[string]any{"Item": old}
	}
	return e
}

// attributes is the answer to a write, by its ReturnValues.
func (r *request) attributes(c *change) any {
	var it item
	switch r.ReturnValues {
	case "ALL_OLD":
		it = c.old
	case "ALL_NEW":
		it = c.new
	case "UPDATED_OLD":
		it = project(c.old, r.updatedPaths())
	case "UPDATED_NEW":
		it = project(c.new, r.updatedPaths())
	}
	if len(it) == 0 {
		return object{}
	}
	return object{"Attributes": it}
}

func (r *request) updatedPaths() []expr.Path {
	var out []expr.Path
	for _, a := range r.update {
		out = append(out, a.Path)
	}
	return out
}
