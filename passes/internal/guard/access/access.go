// Package access reads requests off their terms: the items that a request reads and writes, what it stores in them, and the
// conditions that DynamoDB checks.
package access

import (
	"slices"
	"strings"

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

// A Reader reads requests off their terms.
type Reader struct {
	Arena *term.Arena
}

func (r Reader) field(in term.Ref, name string) term.Ref { return r.Arena.Field(in, name) }

// Accesses lists what a request does.
func (r Reader) Accesses(it *compose.Item, number int) []*Access {
	all := r.actions(it, number)
	for k, a := range all {
		a.Action = k
	}
	return all
}

func (r Reader) actions(it *compose.Item, number int) []*Access {
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
func (r Reader) single(w *Access, in term.Ref) {
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
func (r Reader) transaction(base Access, list term.Ref) []*Access {
	var out []*Access
	for _, el := range r.Elements(list, 0) {
		for _, act := range actions {
			in := r.there(r.field(el, act.field))
			if r.Arena.IsZero(in) == term.True || r.vague(in) {
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
func (r Reader) there(in term.Ref) term.Ref {
	n := r.Arena.Node(in)
	if n.Op != term.Alt {
		return in
	}
	var kept []term.Ref
	for i := 1; i < len(n.Args); i += 2 {
		if r.Arena.IsZero(n.Args[i]) != term.True {
			kept = append(kept, n.Args[i-1], n.Args[i])
		}
	}
	if len(kept) == 0 || len(kept) == len(n.Args) {
		return in
	}
	return r.Arena.Alt(kept...)
}

// vague reports a part of an element of which nothing is known, so that it says nothing about the kind
// of action.
func (r Reader) vague(in term.Ref) bool {
	n := r.Arena.Node(in)
	return n.Op == term.Mix || n.Op == term.Field
}

// Elements lists the elements of a list, those at unknown places once.
func (r Reader) Elements(list term.Ref, depth int) []term.Ref {
	n := r.Arena.Node(list)
	if depth > 6 {
		return nil
	}
	var out []term.Ref
	switch n.Op {
	case term.Obj:
		if n.Args[0] != term.None {
			out = r.Elements(n.Args[0], depth+1)
		}
		for i, name := range n.Names() {
			if term.IsElem(name) {
				out = append(out, r.Each(n.Args[i+1])...)
			}
		}
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			for _, el := range r.Elements(n.Args[i], depth+1) {
				out = appendNew(out, el)
			}
		}
	case term.Iface:
		return r.Elements(n.Args[0], depth+1)
	case term.After, term.AfterFree:
		return r.Elements(n.Args[0], depth+1)
	}
	return out
}

// Each splits a value that is one of several.
func (r Reader) Each(v term.Ref) []term.Ref {
	n := r.Arena.Node(v)
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
func (r Reader) batch(base Access, tables term.Ref) []*Access {
	var out []*Access
	for _, entry := range r.entries(tables) {
		unnamed := entry.table == term.None
		for _, el := range r.Elements(entry.value, 0) {
			if unnamed {
				entry.table = r.tableAround(entry.value, el)
			}
			if table := r.field(el, dynamo.TableName); r.Arena.Op(el) == term.Obj && r.Arena.IsZero(table) != term.True {
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
func (r Reader) asked(el term.Ref, request, part string) (term.Ref, bool) {
	req := r.field(el, request)
	v := r.field(req, part)
	_, own := r.Arena.Part(req, part)
	return v, r.Arena.IsZero(v) != term.True && (own || !r.vague(v))
}

// tableAround is the table that a list of requests was kept under, of the lists that a value may be the one that holds
// the request; None where none was.
func (r Reader) tableAround(lists, el term.Ref) term.Ref {
	for _, list := range r.Each(lists) {
		if !slices.Contains(r.Elements(list, 0), el) {
			continue
		}
		if table, ok := r.Arena.Part(list, dynamo.TableName); ok {
			return table
		}
	}
	return term.None
}

type entry struct{ table, value term.Ref }

// entries are the parts of a map from tables to requests.
func (r Reader) entries(m term.Ref) []entry {
	n := r.Arena.Node(m)
	var out []entry
	switch n.Op {
	case term.Obj:
		for i, name := range n.Names() {
			table := term.None
			if name != term.AnyElem {
				table = r.Arena.String(name)
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

// LastName gives what stands behind the last dot of a function's full name.
func LastName(full string) string {
	for i := len(full) - 1; i >= 0; i-- {
		if full[i] == '.' {
			return full[i+1:]
		}
	}
	return full
}

// An update that returns the item as it is now, see ReturnValues in
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html, is a read as well, as true as any
// other by the time that the next request arrives. Only what is surely done to the same item is judged: numbers that a
// counter gives out go into other items, and an update that takes back what the first one did takes back just that.

// newValues reports an access that returns what it has made of the item.
func (r Reader) newValues(w *Access, in term.Ref) bool {
	if w.Kind != dynamo.Update {
		return false
	}
	how, ok := r.Arena.Text(r.field(in, dynamo.ReturnValues))
	return ok && strings.HasSuffix(how, "_NEW")
}
