package explore

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// transactGet carries out TransactGetItems: up to 100 items, read at once.
func (e *Engine) transactGet(body []byte) (any, error) {
	var in struct {
		TransactItems          []struct{ Get *request }
		ReturnConsumedCapacity string
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	if err := checkTransactionSize(len(in.TransactItems)); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	responses := []object{}
	for _, ti := range in.TransactItems {
		if ti.Get == nil {
			return nil, validationError("TransactItems must have a Get")
		}
		it, ok, err := e.found(ti.Get, seen)
		if err != nil {
			return nil, err
		}
		answer := object{}
		if ok {
			answer["Item"] = it
		}
		responses = append(responses, answer)
	}
	return object{"Responses": responses}, nil
}

func checkTransactionSize(n int) error {
	if n < 1 || n > 100 {
		return validationError("a transaction has 1 to 100 items, not %d", n)
	}
	return nil
}

// transactItem is one action of TransactWriteItems.
type transactItem struct{ ConditionCheck, Put, Update, Delete *request }

// action gives the one action that is set.
func (ti transactItem) action() (op string, r *request, err error) {
	n := 0
	for _, a := range []struct {
		op string
		r  *request
	}{{"ConditionCheck", ti.ConditionCheck}, {"PutItem", ti.Put}, {"UpdateItem", ti.Update}, {"DeleteItem", ti.Delete}} {
		if a.r != nil {
			op, r = a.op, a.r
			n++
		}
	}
	if n != 1 {
		return "", nil, validationError("TransactItems can only contain one of Check, Put, Update or Delete")
	}
	if op == "ConditionCheck" && r.ConditionExpression == nil || op == "UpdateItem" && r.UpdateExpression == nil {
		return "", nil, validationError("the expression of a ConditionCheck or an Update must not be null")
	}
	return op, r, nil
}

// transactWrite carries out TransactWriteItems: all actions or none, up to
// 100, one per item (API reference, TransactWriteItems). A token that was used
// before with the same request answers as then and changes nothing.
func (e *Engine) transactWrite(body []byte) (any, error) {
	var in struct {
		TransactItems                                       []transactItem
		ClientRequestToken                                  string
		ReturnConsumedCapacity, ReturnItemCollectionMetrics string
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	if err := checkTransactionSize(len(in.TransactItems)); err != nil {
		return nil, err
	}
	if done, err := e.replayed(in.ClientRequestToken, body); done || err != nil {
		return object{}, err
	}
	changes, err := e.planTransaction(in.TransactItems)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		c.apply()
	}
	if in.ClientRequestToken != "" {
		e.tokens[in.ClientRequestToken] = compact(body)
	}
	return object{}, nil
}

// replayed reports whether the token's transaction is already done.
func (e *Engine) replayed(token string, body []byte) (bool, error) {
	before, ok := e.tokens[token]
	if ok && before != compact(body) {
		return false, &apiError{status: 400, kind: "IdempotentParameterMismatchException",
			msg: "the request uses the same client token as a previous, but non-identical request"}
	}
	return ok, nil
}

// compact makes equal requests equal texts: the SDK writes maps in any order.
func compact(body []byte) string {
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return string(body)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return string(body)
	}
	return string(out)
}

// planTransaction plans every action; those that fail give the reasons of a
// TransactionCanceledException.
func (e *Engine) planTransaction(items []transactItem) ([]*change, error) {
	type located struct {
		op  string
		r   *request
		t   *table
		key string
		err error // the key is wrong
	}
	var all []located
	seen := map[string]bool{}
	for _, ti := range items {
		op, r, err := ti.action()
		if err != nil {
			return nil, err
		}
		t, err := e.prepare(r)
		if err != nil {
			return nil, err
		}
		key, err := r.locate(op, t)
		if err == nil && once(seen, t, key) != nil {
			return nil, validationError("transaction request cannot include multiple operations on one item")
		}
		all = append(all, located{op, r, t, key, err})
	}
	var changes []*change
	reasons, cancelled := make([]object, len(all)), false
	for i, a := range all {
		reasons[i] = object{"Code": "None"}
		var c *change
		err := a.err
		if err == nil {
			c, err = a.r.plan(a.op, a.t, a.key)
		}
		if err != nil {
			reasons[i], cancelled = reason(err), true
		}
		changes = append(changes, c)
	}
	if cancelled {
		return nil, cancellation(reasons)
	}
	return changes, nil
}

// reason is what a transaction says of one action that failed.
func reason(err error) object {
	var api *apiError
	if !errors.As(err, &api) {
		return object{"Code": "ValidationError", "Message": err.Error()}
	}
	out := object{"Code": "ValidationError", "Message": api.msg}
	if api.kind == "ConditionalCheckFailedException" {
		out["Code"] = "ConditionalCheckFailed"
	}
	for name, v := range api.more {
		out[name] = v
	}
	return out
}

func cancellation(reasons []object) error {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i], _ = r["Code"].(string)
	}
	msg := "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]"
	return &apiError{status: 400, kind: "TransactionCanceledException", msg: msg,
		more: map[string]any{"CancellationReasons": reasons}}
}

// conflict is the answer to a transaction whose first item another one writes.
func conflict(c call) reply {
	var in struct{ TransactItems []json.RawMessage }
	if err := json.Unmarshal(c.body, &in); err != nil {
		return serverError()
	}
	reasons := make([]object, len(in.TransactItems))
	for i := range reasons {
		reasons[i] = object{"Code": "None"}
	}
	if len(reasons) > 0 {
		reasons[0] = object{"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
	}
	var api *apiError
	if !errors.As(cancellation(reasons), &api) {
		return serverError()
	}
	return api.reply()
}
