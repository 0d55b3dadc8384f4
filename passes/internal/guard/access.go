// Package guard holds the theory of ddbvet: what a write depends on, what DynamoDB itself checks when the
// write arrives, and whether the one covers the other (guard coverage).
package guard

import (
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// An Access is one read or one action of a write: a transaction or a batch has several.
type Access struct {
	// Item is the request, Number its place in the body.
	Item   *compose.Item
	Number int
	// Action is the place of the action in the request.
	Action int
	// Op names the action as findings do: PutItem, TransactWriteItems/Put.
	Op   string
	Kind dynamo.Kind // Get, Query, Scan, Put, Update, Delete; "Check" for a ConditionCheck
	// Table is the table's name; None when unknown.
	Table term.Ref
	// Key holds the key attributes by name; None for a Put and for reads by query.
	Key term.Ref
	// Stored is what a Put stores.
	Stored term.Ref
	// Assigned are the attributes that an Update changes.
	Assigned []Assignment
	// Cond is what DynamoDB checks.
	Cond Condition
	// Batch is set for actions of a BatchWriteItem, which carry no condition; Tx are the actions of the
	// same transaction, this one included.
	Batch bool
	Tx    []*Access
	// Index is the index that a Query or Scan reads; KeyCond what it asks for.
	Index   term.Ref
	KeyCond Condition
	Filter  Condition
	// Returns is set for an update that returns the item as it has become.
	Returns bool
}

// A reader reads requests off their terms.
type reader struct {
	a *term.Arena
}

func (r reader) field(in term.Ref, name string) term.Ref { return r.a.Field(in, name) }

// accesses lists what a request does.
func (r reader) accesses(it *compose.Item, number int) []*Access {
	all := r.actions(it, number)
	for k, a := range all {
		a.Action = k
	}
	return all
}

func (r reader) actions(it *compose.Item, number int) []*Access {
	op, ok := dynamo.ByName(it.Op)
	if !ok || len(it.Args) == 0 {
		return nil
	}
	in := it.Args[0]
	base := Access{Item: it, Number: number, Op: it.Op, Kind: op.Kind, Table: r.field(in, dynamo.TableName)}
	switch op.Kind {
	case dynamo.TransactWrite:
		return r.transaction(base, r.field(in, dynamo.TransactItems))
	case dynamo.BatchWrite:
		return r.batch(base, r.field(in, dynamo.RequestItems))
	case dynamo.Statement, dynamo.BatchStatement, dynamo.TransactStatement:
		return r.statements(base, in)
	case dynamo.BatchGet, dynamo.TransactGet:
		base.Table = term.None
		return []*Access{&base}
	}
	r.single(&base, in)
	return []*Access{&base}
}

// single reads the input of an operation on one item, or of one action of a transaction.
func (r reader) single(w *Access, in term.Ref) {
	switch w.Kind {
	case dynamo.Get, dynamo.Update, dynamo.Delete, Check:
		w.Key = r.field(in, dynamo.Key)
	case dynamo.Put:
		w.Stored = r.field(in, dynamo.Item)
	case dynamo.Query, dynamo.Scan:
		w.Index = r.field(in, dynamo.IndexName)
		w.KeyCond = r.condition(in, dynamo.KeyConditionExpression)
		w.Filter = r.condition(in, dynamo.FilterExpression)
	}
	if w.Kind == dynamo.Put || w.Kind == dynamo.Update || w.Kind == dynamo.Delete || w.Kind == Check {
		w.Cond = r.condition(in, dynamo.ConditionExpression)
		r.legacy(w, in)
	}
	if w.Kind == dynamo.Update {
		w.Assigned = r.assignments(in)
		w.Returns = r.newValues(w, in)
	}
}

// Check is the kind of a transaction's ConditionCheck, which writes nothing.
const Check dynamo.Kind = "Check"

// actions of a transaction by the field of types.TransactWriteItem that holds them.
var actions = []struct {
	field string
	kind  dynamo.Kind
}{
	{dynamo.PutAction, dynamo.Put}, {dynamo.UpdateAction, dynamo.Update}, {dynamo.DeleteAction, dynamo.Delete}, {dynamo.ConditionCheck, Check},
}

// transaction lists the actions of a TransactWriteItems.
func (r reader) transaction(base Access, list term.Ref) []*Access {
	var out []*Access
	for _, el := range r.elements(list, 0) {
		for _, act := range actions {
			in := r.there(r.field(el, act.field))
			if r.a.IsZero(in) == term.True || r.vague(in) {
				continue
			}
			w := base
			w.Kind, w.Op, w.Table = act.kind, base.Op+"/"+string(act.kind), r.field(in, dynamo.TableName)
			r.single(&w, in)
			out = append(out, &w)
		}
	}
	for _, w := range out {
		w.Tx = out
	}
	return out
}

// there leaves out that an action may be nil, as where the function that makes it fails: then there is none.
func (r reader) there(in term.Ref) term.Ref {
	n := r.a.Node(in)
	if n.Op != term.Alt {
		return in
	}
	var kept []term.Ref
	for i := 1; i < len(n.Args); i += 2 {
		if r.a.IsZero(n.Args[i]) != term.True {
			kept = append(kept, n.Args[i-1], n.Args[i])
		}
	}
	if len(kept) == 0 || len(kept) == len(n.Args) {
		return in
	}
	return r.a.Alt(kept...)
}

// vague reports a part of an element of which nothing is known, so that it says nothing about the kind
// of action.
func (r reader) vague(in term.Ref) bool {
	n := r.a.Node(in)
	return n.Op == term.Mix || n.Op == term.Field
}

// elements lists the elements of a list, those at unknown places once.
func (r reader) elements(list term.Ref, depth int) []term.Ref {
	n := r.a.Node(list)
	if depth > 6 {
		return nil
	}
	var out []term.Ref
	switch n.Op {
	case term.Obj:
		if n.Args[0] != term.None {
			out = r.elements(n.Args[0], depth+1)
		}
		for i, name := range n.Names() {
			if term.IsElem(name) {
				out = append(out, r.each(n.Args[i+1])...)
			}
		}
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			for _, el := range r.elements(n.Args[i], depth+1) {
				out = appendNew(out, el)
			}
		}
	case term.Iface:
		return r.elements(n.Args[0], depth+1)
	case term.After, term.AfterFree:
		return r.elements(n.Args[0], depth+1)
	}
	return out
}

// each splits a value that is one of several.
func (r reader) each(v term.Ref) []term.Ref {
	n := r.a.Node(v)
	if n.Op != term.Alt {
		return []term.Ref{v}
	}
	var out []term.Ref
	for i := 1; i < len(n.Args); i += 2 {
		out = append(out, n.Args[i])
	}
	return out
}

func appendNew(list []term.Ref, r term.Ref) []term.Ref {
	for _, x := range list {
		if x == r {
			return list
		}
	}
	return append(list, r)
}

// batch lists the puts and deletes of a BatchWriteItem, whose requests are grouped by table.
func (r reader) batch(base Access, tables term.Ref) []*Access {
	var out []*Access
	for _, entry := range r.entries(tables) {
		unnamed := entry.table == term.None
		for _, el := range r.elements(entry.value, 0) {
			if unnamed {
				entry.table = r.tableAround(entry.value, el)
			}
			if table := r.field(el, dynamo.TableName); r.a.Op(el) == term.Obj && r.a.IsZero(table) != term.True {
				entry.table = table // a mapper's, which may not be known by name
			}
			put, isPut := r.asked(el, dynamo.PutRequest, dynamo.Item)
			del, isDelete := r.asked(el, dynamo.DeleteRequest, dynamo.Key)
			if isPut {
				w := base
				w.Kind, w.Op, w.Table, w.Stored, w.Batch = dynamo.Put, base.Op+"/Put", entry.table, put, true
				out = append(out, &w)
			}
			if isDelete {
				w := base
				w.Kind, w.Op, w.Table, w.Key, w.Batch = dynamo.Delete, base.Op+"/Delete", entry.table, del, true
				out = append(out, &w)
			}
		}
	}
	return out
}

// asked is the item or key of one kind of request, where el is known to be such a request.
func (r reader) asked(el term.Ref, request, part string) (term.Ref, bool) {
	req := r.field(el, request)
	v := r.field(req, part)
	_, own := r.a.Part(req, part)
	return v, r.a.IsZero(v) != term.True && (own || !r.vague(v))
}

// tableAround is the table that a list of requests was kept under, of the lists that a value may be the one that holds
// the request; None where none was.
func (r reader) tableAround(lists, el term.Ref) term.Ref {
	for _, list := range r.each(lists) {
		if !slices.Contains(r.elements(list, 0), el) {
			continue
		}
		if table, ok := r.a.Part(list, dynamo.TableName); ok {
			return table
		}
	}
	return term.None
}

type entry struct{ table, value term.Ref }

// entries are the parts of a map from tables to requests.
func (r reader) entries(m term.Ref) []entry {
	n := r.a.Node(m)
	var out []entry
	switch n.Op {
	case term.Obj:
		for i, name := range n.Names() {
			table := term.None
			if name != term.AnyElem {
				table = r.a.String(name)
			}
			out = append(out, entry{table, n.Args[i+1]})
		}
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			out = append(out, r.entries(n.Args[i])...)
		}
	}
	return out
}
