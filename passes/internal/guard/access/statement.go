package access

import (
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// Requests that are written as PartiQL.

// partiql maps statements to the kinds of operation they amount to.
var partiql = map[string]dynamo.Kind{
	"SELECT": dynamo.Query, "INSERT": dynamo.Put, "UPDATE": dynamo.Update, "DELETE": dynamo.Delete, "EXISTS": Check,
}

// statements reads PartiQL requests.
func (r Reader) statements(base Access, in term.Ref) []*Access {
	list := []term.Ref{in}
	switch base.Kind {
	case dynamo.BatchStatement:
		list = r.Elements(r.field(in, dynamo.Statements), 0)
	case dynamo.TransactStatement:
		list = r.Elements(r.field(in, dynamo.TransactStatements), 0)
	}
	var out []*Access
	for _, el := range list {
		for _, text := range r.Each(r.field(el, dynamo.StatementText)) {
			if w := r.statement(base, text, r.field(el, dynamo.Parameters)); w != nil {
				out = append(out, w)
			}
		}
	}
	if base.Kind == dynamo.TransactStatement {
		for _, w := range out {
			w.Tx = out
		}
	}
	return out
}

func (r Reader) statement(base Access, text, params term.Ref) *Access {
	src, holes := r.text(text)
	st, err := expr.ParseStatement(src)
	if err != nil {
		return nil
	}
	w := base
	w.Kind, w.Op = partiql[string(st.Kind)], base.Op+"/"+string(st.Kind)
	w.Table = r.Arena.String(st.Table)
	if hole, ok := holes[st.Table]; ok {
		w.Table = hole
	}
	values := func(name string) term.Ref {
		if n, ok := strings.CutPrefix(name, "?"); ok {
			i, _ := strconv.Atoi(n)
			return r.Arena.Field(params, term.Elem(i))
		}
		return r.Arena.String(strings.Trim(name, "'"))
	}
	r.fillStatement(&w, st, values)
	return &w
}

// fillStatement takes over keys, conditions, assignments and items. INSERT fails when the key exists.
func (r Reader) fillStatement(w *Access, st *expr.Statement, values func(string) term.Ref) {
	if st.Where != nil {
		where := newCondition(st.Where, values)
		w.KeyCond = where
		w.Key = r.keyOf(where)
		if w.Kind == dynamo.Query && w.Key != term.None && st.Index == "" {
			w.Kind = dynamo.Get // at most as many items as the key allows
		}
		w.Cond = r.beyondKey(where)
	}
	for _, act := range st.Actions {
		w.Assigned = append(w.Assigned, r.assignment(act, values))
	}
	if w.Kind == dynamo.Put {
		var names []string
		var parts []term.Ref
		for _, name := range sortedKeys(st.Item) {
			names, parts = append(names, name), append(parts, r.operand(st.Item[name], values))
		}
		w.Stored = r.Arena.Object(term.None, names, parts)
		w.Cond = Condition{Given: true, Alternatives: []Conjunction{{{Op: expr.NotExists, Key: true}}}}
	}
}
