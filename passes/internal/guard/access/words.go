package access

import (
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// TableWords names a table for people: its name, or the field or variable that holds it; empty when unknown.
func TableWords(a *term.Arena, table term.Ref) string {
	if table == term.None {
		return ""
	}
	n := a.Node(table)
	switch n.Op {
	case term.Const:
		return n.Text
	case term.Field:
		return n.Text
	case term.Global:
		return summary.ShortID(n.Text)
	case term.Call:
		if len(n.Args) > 0 {
			if s, ok := a.Text(n.Args[0]); ok && s != "" {
				return s
			}
			return TableWords(a, n.Args[0])
		}
	case term.Alt:
		for i := 1; i < len(n.Args); i += 2 {
			if s := TableWords(a, n.Args[i]); s != "" {
				return s
			}
		}
	}
	return ""
}

// GuardWords says what DynamoDB checks when a write arrives.
func GuardWords(w *Access) string {
	c := w.Cond
	switch {
	case w.Batch:
		return "none: a batch carries no conditions"
	case c.Opaque:
		return "a condition that could not be read"
	case !c.Given && c.Empty:
		return "none: its builder was given no condition"
	case !c.Given && len(w.Tx) > 1:
		return "none on this action of the transaction"
	case !c.Given:
		return "none"
	}
	var alts []string
	for _, conj := range c.Alternatives {
		var atoms []string
		for _, a := range conj {
			atoms = append(atoms, atomWords(a))
		}
		alts = append(alts, strings.Join(atoms, " and "))
	}
	words := strings.Join(alts, ", or ")
	if c.Partial {
		words += "; none on another path"
	}
	return words
}

func atomWords(a Atom) string {
	attrs := strings.Join(a.Attrs, ", ")
	switch a.Op {
	case expr.Exists:
		return attrs + " exists"
	case expr.NotExists:
		if a.Key {
			return "the key does not exist"
		}
		return attrs + " does not exist"
	case expr.Not:
		return "a negated test of " + attrs
	}
	return attrs + " " + string(a.Op) + " …"
}

// KeyWords are the names of the key attributes of an access, where they are known.
func (e *Access) KeyWords(a *term.Arena) []string {
	if e.Key == term.None || a.Op(e.Key) != term.Obj {
		return nil
	}
	return slices.DeleteFunc(a.Node(e.Key).Names(), term.IsElem)
}

// Verb says what an action does to an item.
func (w *Access) Verb() string {
	switch w.Kind {
	case dynamo.Put:
		return "puts"
	case dynamo.Update:
		return "updates"
	case dynamo.Delete:
		return "deletes"
	}
	return "writes"
}
