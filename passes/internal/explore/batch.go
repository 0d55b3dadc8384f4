package explore

import (
	"encoding/json"
	"maps"
	"slices"
)

// batchWrite carries out BatchWriteItem: up to 25 puts and deletes, each by
// itself, without conditions (API reference, BatchWriteItem).
func (e *Engine) batchWrite(c call) (any, error) {
	var in struct {
		RequestItems map[string][]struct {
			PutRequest    *struct{ Item item }
			DeleteRequest *struct{ Key item }
		}
		ReturnConsumedCapacity, ReturnItemCollectionMetrics string
	}
	if err := decode(c.body, &in); err != nil {
		return nil, err
	}
	var changes []*change
	seen := map[string]bool{}
	var names []string // the table of each change, to name what is left
	for _, name := range slices.Sorted(maps.Keys(in.RequestItems)) {
		for _, w := range in.RequestItems[name] {
			op, r := "PutItem", &request{TableName: name}
			switch {
			case w.PutRequest != nil && w.DeleteRequest == nil:
				r.Item = w.PutRequest.Item
			case w.DeleteRequest != nil && w.PutRequest == nil:
				op, r.Key = "DeleteItem", w.DeleteRequest.Key
			default:
				return nil, validationError("supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
			}
			ch, err := e.planned(op, r, seen)
			if err != nil {
				return nil, err
			}
			changes, names = append(changes, ch), append(names, name)
		}
	}
	if len(changes) == 0 || len(changes) > 25 {
		return nil, validationError("a batch has 1 to 25 write requests, not %d", len(changes))
	}
	left := map[string][]object{}
	for i, ch := range changes {
		if i == c.leave {
			left[names[i]] = []object{ch.asRequest()}
			continue
		}
		ch.apply()
	}
	return object{"UnprocessedItems": left}, nil
}

// planned plans one write of a batch or a transaction; no two may be on one
// item.
func (e *Engine) planned(op string, r *request, seen map[string]bool) (*change, error) {
	t, err := e.prepare(r)
	if err != nil {
		return nil, err
	}
	key, err := r.locate(op, t)
	if err != nil {
		return nil, err
	}
	if err := once(seen, t, key); err != nil {
		return nil, err
	}
	return r.plan(op, t, key)
}

func once(seen map[string]bool, t *table, key string) error {
	id := t.name + " " + key
	if seen[id] {
		return validationError("provided list of item keys contains duplicates")
	}
	seen[id] = true
	return nil
}

// asRequest gives a change of a batch back as it was asked for.
func (c *change) asRequest() object {
	if c.new != nil {
		return object{"PutRequest": object{"Item": c.new}}
	}
	var parts []string
	key := item{}
	if err := json.Unmarshal([]byte(c.key), &parts); err != nil {
		return object{}
	}
	for i, a := range c.table.key.attributes() {
		key[a.name] = value{kind: a.kind, text: parts[i]}
	}
	return object{"DeleteRequest": object{"Key": key}}
}

// batchGet carries out BatchGetItem: up to 100 keys.
func (e *Engine) batchGet(c call) (any, error) {
	var in struct {
		RequestItems map[string]struct {
			Keys                     []item
			ProjectionExpression     *string
			ExpressionAttributeNames map[string]string
			ConsistentRead           bool
		}
		ReturnConsumedCapacity string
	}
	if err := decode(c.body, &in); err != nil {
		return nil, err
	}
	found, left := map[string][]item{}, map[string]object{}
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(in.RequestItems)) {
		asked := in.RequestItems[name]
		found[name] = []item{}
		for _, k := range asked.Keys {
			r := &request{TableName: name, Key: k,
				ProjectionExpression: asked.ProjectionExpression, ExpressionAttributeNames: asked.ExpressionAttributeNames}
			position := len(seen)
			it, ok, err := e.found(r, seen)
			if err != nil {
				return nil, err
			}
			switch {
			case position == c.leave:
				again := object{"Keys": []item{k}, "ConsistentRead": asked.ConsistentRead}
				if asked.ProjectionExpression != nil {
					again["ProjectionExpression"] = asked.ProjectionExpression
				}
				if asked.ExpressionAttributeNames != nil {
					again["ExpressionAttributeNames"] = asked.ExpressionAttributeNames
				}
				left[name] = again
			case ok:
				found[name] = append(found[name], it)
			}
		}
	}
	if len(seen) == 0 || len(seen) > 100 {
		return nil, validationError("a batch has 1 to 100 keys, not %d", len(seen))
	}
	return object{"Responses": found, "UnprocessedKeys": left}, nil
}

// found reads one item of a batch or a transaction.
func (e *Engine) found(r *request, seen map[string]bool) (item, bool, error) {
	t, err := e.prepare(r)
	if err != nil {
		return nil, false, err
	}
	key, err := t.locate(r.Key)
	if err != nil {
		return nil, false, err
	}
	if err := once(seen, t, key); err != nil {
		return nil, false, err
	}
	it, ok := t.items[key]
	if !ok {
		return nil, false, nil
	}
	return r.projected(it), true, nil
}

// batchSize is how many requests a batch has; 0 for other calls.
func batchSize(c call) int {
	n := 0
	switch c.op {
	case "BatchWriteItem":
		var in struct {
			RequestItems map[string][]json.RawMessage
		}
		if json.Unmarshal(c.body, &in) == nil {
			for _, writes := range in.RequestItems {
				n += len(writes)
			}
		}
	case "BatchExecuteStatement":
		var in struct{ Statements []json.RawMessage }
		if json.Unmarshal(c.body, &in) == nil {
			n = len(in.Statements)
		}
	case "BatchGetItem":
		var in struct {
			RequestItems map[string]struct{ Keys []json.RawMessage }
		}
		if json.Unmarshal(c.body, &in) == nil {
			for _, asked := range in.RequestItems {
				n += len(asked.Keys)
			}
		}
	}
	return n
}
