package explore

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// statement is one PartiQL statement of a request. DynamoDB Local of the
// conformance test has none, so the developer guide ("PartiQL for DynamoDB
// reference") is the only measure of this file.
type statement struct {
	Statement                                                   string
	Parameters                                                  []value
	ConsistentRead                                              bool
	ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure string

	parsed *expr.Statement
	table  *table
	values item // of the statement's parameters and literals, by their text
}

func (e *Engine) executeStatement(body []byte) (any, error) {
	var s statement
	if err := decode(body, &s); err != nil {
		return nil, err
	}
	items, c, err := e.execute(&s)
	if err != nil {
		return nil, err
	}
	if c != nil {
		c.apply()
	}
	return object{"Items": items}, nil
}

// batchExecuteStatement carries out each statement by itself; what fails is
// said in its response.
func (e *Engine) batchExecuteStatement(c call) (any, error) {
	var in struct {
		Statements             []statement
		ReturnConsumedCapacity string
	}
	if err := decode(c.body, &in); err != nil {
		return nil, err
	}
	responses := []object{}
	for i := range in.Statements {
		if i == c.leave {
			responses = append(responses, object{"Error": object{"Code": "ThrottlingError", "Message": "Rate of requests exceeds the allowed throughput."}})
			continue
		}
		items, change, err := e.execute(&in.Statements[i])
		var api *apiError
		switch {
		case errors.As(err, &api):
			code := strings.TrimSuffix(strings.TrimSuffix(api.kind, "Exception"), "Failed")
			responses = append(responses, object{"Error": object{"Code": code, "Message": api.msg}})
			continue
		case err != nil:
			return nil, err
		}
		if change != nil {
			change.apply()
		}
		responses = append(responses, itemResponse(items))
	}
	return object{"Responses": responses}, nil
}

func itemResponse(items []item) object {
	if len(items) == 0 {
		return object{}
	}
	return object{"Item": items[0]}
}

// executeTransaction carries out all statements or none.
func (e *Engine) executeTransaction(body []byte) (any, error) {
	var in struct {
		TransactStatements                         []statement
		ClientRequestToken, ReturnConsumedCapacity string
	}
	if err := decode(body, &in); err != nil {
		return nil, err
	}
	if err := checkTransactionSize(len(in.TransactStatements)); err != nil {
		return nil, err
	}
	if done, err := e.replayed(in.ClientRequestToken, body); done || err != nil {
		return object{}, err
	}
	var changes []*change
	responses, reasons, cancelled := []object{}, []object{}, false
	seen := map[string]bool{}
	for i := range in.TransactStatements {
		items, c, err := e.execute(&in.TransactStatements[i])
		if c != nil && once(seen, c.table, c.key) != nil {
			return nil, validationError("transaction request cannot include multiple operations on one item")
		}
		why := object{"Code": "None"}
		if err != nil {
			why, cancelled = reason(err), true
		}
		changes, reasons, responses = append(changes, c), append(reasons, why), append(responses, itemResponse(items))
	}
	if cancelled {
		return nil, cancellation(reasons)
	}
	for _, c := range changes {
		if c != nil {
			c.apply()
		}
	}
	if in.ClientRequestToken != "" {
		e.tokens[in.ClientRequestToken] = compact(body)
	}
	return object{"Responses": responses}, nil
}

// execute works out a statement: the items it returns and the change it makes,
// which is not made yet.
func (e *Engine) execute(s *statement) ([]item, *change, error) {
	if err := e.prepareStatement(s); err != nil {
		return nil, nil, err
	}
	switch s.parsed.Kind {
	case "SELECT":
		items, err := s.selected()
		return items, nil, err
	case "INSERT":
		c, err := s.insert()
		return []item{}, c, err
	case "EXISTS":
		items, err := s.selected()
		if err == nil && len(items) == 0 {
			err = (&request{}).conditionFailed(nil)
		}
		return nil, nil, err
	}
	c, err := s.modify()
	if err != nil {
		return nil, nil, err
	}
	return s.returned(c), c, nil
}

func (e *Engine) prepareStatement(s *statement) (err error) {
	if s.parsed, err = expr.ParseStatement(s.Statement); err != nil {
		return validationError("statement wasn't well formed, can't be processed: %v", err)
	}
	if s.parsed.Params != len(s.Parameters) {
		return validationError("number of parameters in request and statement don't match")
	}
	var ok bool
	if s.table, ok = e.tables[s.parsed.Table]; !ok {
		return &apiError{status: 400, kind: "ResourceNotFoundException", msg: "Requested resource not found: table " + s.parsed.Table}
	}
	s.values = item{}
	for _, a := range s.parsed.Actions {
		s.collect(a.Value)
	}
	if s.parsed.Where != nil {
		s.collectCondition(s.parsed.Where)
		return checkCondition(s.parsed.Where, s.values)
	}
	return nil
}

func (s *statement) collectCondition(c *expr.Condition) {
	for _, sub := range c.Subs {
		s.collectCondition(sub)
	}
	for _, o := range c.Operands {
		s.collect(o)
	}
}

// collect notes the value of each literal and parameter under its text.
func (s *statement) collect(o expr.Operand) {
	if o.Kind == expr.Value {
		s.values[o.Value] = s.literal(o)
		return
	}
	for _, a := range o.Args {
		s.collect(a)
	}
}

// literal gives the value of a literal or a parameter.
func (s *statement) literal(o expr.Operand) value {
	text := o.Value
	switch {
	case strings.HasPrefix(text, "?"):
		for i, p := range s.Parameters {
			if text == fmt.Sprintf("?%d", i) {
				return p
			}
		}
	case strings.HasPrefix(text, "'"):
		return value{kind: "S", text: strings.ReplaceAll(text[1:len(text)-1], "''", "'")}
	case strings.HasPrefix(text, "{"):
		m := item{}
		for i, name := range o.Names {
			m[name] = s.literal(o.Args[i])
		}
		return value{kind: "M", m: m}
	case strings.HasPrefix(text, "["), strings.HasPrefix(text, "<<"):
		return s.sequence(o)
	case text == "TRUE", text == "FALSE":
		return value{kind: "BOOL", yes: text == "TRUE"}
	}
	if n, err := canonicalNumber(text); err == nil {
		return value{kind: "N", text: n}
	}
	return value{kind: "NULL"}
}

// sequence gives a list or a set.
func (s *statement) sequence(o expr.Operand) value {
	v := value{kind: "L"}
	for _, a := range o.Args {
		v.list = append(v.list, s.literal(a))
	}
	if !strings.HasPrefix(o.Value, "<<") || len(v.list) == 0 {
		return v
	}
	set := value{kind: v.list[0].kind + "S"}
	for _, member := range v.list {
		set.set = append(set.set, member.text)
	}
	slices.Sort(set.set)
	return set
}

func (s *statement) selected() ([]item, error) {
	x, err := s.table.index(&request{IndexName: s.parsed.Index})
	if err != nil {
		return nil, err
	}
	items := []item{}
	for _, it := range s.table.sorted(x) {
		if s.parsed.Where != nil && !(evaluator{it, s.values}).holds(s.parsed.Where) {
			continue
		}
		it = x.visible(s.table, it)
		if s.parsed.Columns != nil {
			it = project(it, s.parsed.Columns)
		}
		items = append(items, it)
	}
	return items, nil
}

func (s *statement) insert() (*change, error) {
	it := item{}
	for name, o := range s.parsed.Item {
		if name == "" { // the whole item is one parameter
			it = s.literal(o).m
			break
		}
		it[name] = s.literal(o)
	}
	if err := s.table.checkItem(it); err != nil {
		return nil, err
	}
	c := &change{table: s.table, key: encodeKey(s.table.key, it), new: it}
	if _, taken := s.table.items[c.key]; taken {
		return nil, &apiError{status: 400, kind: "DuplicateItemException", msg: "Duplicate primary key exists in table"}
	}
	return c, nil
}

// modify works out an UPDATE or a DELETE. WHERE names one item by its key;
// what else it says is a condition on that item.
func (s *statement) modify() (*change, error) {
	key := item{}
	if s.parsed.Where != nil {
		s.pinnedKey(s.parsed.Where, key)
	}
	if len(key) != len(s.table.key.attributes()) {
		return nil, validationError("where clause does not contain a mandatory equality on all key attributes")
	}
	id, err := s.table.locate(key)
	if err != nil {
		return nil, err
	}
	c := &change{table: s.table, key: id, old: s.table.items[id]}
	r := &request{Key: key, update: s.parsed.Actions, ExpressionAttributeValues: s.values,
		ReturnValuesOnConditionCheckFailure: s.ReturnValuesOnConditionCheckFailure}
	switch {
	case c.old == nil && s.parsed.Kind == "DELETE":
		return c, nil
	case c.old == nil || !(evaluator{c.old, s.values}).holds(s.parsed.Where):
		return nil, r.conditionFailed(c.old)
	case s.parsed.Kind == "DELETE":
		return c, nil
	}
	if err := checkUpdate(r.update, s.values); err != nil {
		return nil, err
	}
	return r.plan("UpdateItem", s.table, id)
}

// pinnedKey finds the key attributes that a condition equates with a value.
func (s *statement) pinnedKey(c *expr.Condition, key item) {
	if c.Op == expr.And {
		for _, sub := range c.Subs {
			s.pinnedKey(sub, key)
		}
	}
	if c.Op != expr.Eq || c.Operands[0].Kind != expr.Attr || c.Operands[1].Kind != expr.Value {
		return
	}
	if p := c.Operands[0].Path; len(p.Rest) == 0 && s.table.key.has(p.Name) {
		key[p.Name] = s.values[c.Operands[1].Value]
	}
}

// returned is what RETURNING asks for.
func (s *statement) returned(c *change) []item {
	it := c.old
	if strings.HasSuffix(s.parsed.Returning, "NEW") {
		it = c.new
	}
	if strings.HasPrefix(s.parsed.Returning, "MODIFIED") {
		it = project(it, (&request{update: s.parsed.Actions}).updatedPaths())
	}
	if s.parsed.Returning == "" || it == nil {
		return []item{}
	}
	return []item{it}
}
