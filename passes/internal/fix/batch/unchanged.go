package batch

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// What a transaction takes over from an item that was read is right only as long as that item is what it was: its put or delete
// must find every attribute as it was read.

// hold finds the request on the item that was read, and the condition for it.
func (t *transfer) hold(read int) bool {
	if read >= len(t.f.Reads) {
		return false
	}
	a := t.f.Reads[read]
	line := a.Line
	if len(a.Via) > 0 {
		line = a.Via[0].Line
	}
	v := t.wasRead(line)
	if v == nil {
		return false
	}
	w, ok := t.requestOn(v)
	if !ok {
		return false
	}
	t.held = &w
	key := a.Key
	if w.action == "Delete" {
		key = keyNamesOf(t.Site, w.value)
	}
	return len(key) > 0 && t.pinned(v, read, key)
}

// wasRead gives the one struct that holds what the call on a line has read.
func (t *transfer) wasRead(line int) (found *types.Var) {
	for _, v := range t.Variables(t.call.Pos()) {
		st, ok := syntax.Deref(v.Type()).Underlying().(*types.Struct)
		if !ok || !write.Tagged(st) || dynamo.OwnEncoding(syntax.Deref(v.Type())) || !write.ComesFrom(t.Site, v, line, 0) {
			continue
		}
		if found != nil {
			return nil
		}
		found = v
	}
	return found
}

// requestOn finds the request that replaces or deletes what a variable was read from: the only delete, or the put of the
// variable itself.
func (t *transfer) requestOn(v *types.Var) (found writeRequest, ok bool) {
	count := 0
	for _, el := range t.elements() {
		w, known := writeRequestIn(t.Site, el)
		if !known {
			return found, false
		}
		if w.action == "Delete" {
			found = w
			count++
		}
	}
	if count > 0 {
		return found, count == 1
	}
	for _, el := range t.elements() {
		if w, _ := writeRequestIn(t.Site, el); t.encodes(w.value, v) {
			found = w
			count++
		}
	}
	return found, count == 1
}

// elements lists the requests of the batch.
func (t *transfer) elements() (out []ast.Expr) {
	for _, e := range write.LiteralElements(t.Site, t.requests) {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if of := t.listOf(kv.Value); of != nil {
				out = append(out, of.Elts...)
			}
		}
	}
	return out
}

// encodes reports the item that the SDK makes of a variable.
func (t *transfer) encodes(item ast.Expr, v *types.Var) bool {
	made := item
	if holder := t.Variable(item); holder != nil {
		all := t.Assignments(holder)
		if len(all) != 1 || all[0].Result != 0 {
			return false
		}
		made = all[0].Value
	}
	call, ok := ast.Unparen(made).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	_, encodes := dynamo.Encodes(t.Callee(call))
	return encodes && t.Variable(call.Args[0]) == v
}

// keyNamesOf are the attributes of a key: of a literal, or of one that a function makes.
func keyNamesOf(s *syntax.Site, key ast.Expr) (out []string) {
	lit, of := write.Literal(key), s
	if call, ok := ast.Unparen(key).(*ast.CallExpr); ok {
		lit, of = write.ReturnedLiteral(s, call)
	}
	if lit == nil {
		return nil
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if name, ok := of.Constant(kv.Key); ok {
				out = append(out, name)
			}
		}
	}
	return out
}

// pinned makes the condition: every attribute that was read, but for the key, is what it was.
func (t *transfer) pinned(v *types.Var, read int, key []string) bool {
	r := &write.Request{Site: t.Around(t.call), Call: t.call, Input: t.input, Lit: t.held.lit, Of: t.Site}
	var ok bool
	if r.Dialect, ok = dynamo.DialectOf(t.Info.TypeOf(t.held.lit)); !ok {
		return false
	}
	p := &pin.Pins{Request: r, D: t.d, Guard: &write.Guard{R: r}, F: t.f}
	p.Texts = []string{"attribute_exists(" + p.Guard.Name(key[0]) + ")"}
	st := syntax.Deref(v.Type()).Underlying().(*types.Struct)
	for i := range st.NumFields() {
		attr := r.Dialect.StoredName(st, i)
		if attr == "" || slices.Contains(key, attr) {
			continue
		}
		if strings.ContainsAny(attr, ".[") || !p.Write(finding.Need{Read: read, What: "attribute", Attr: attr}) {
			return false
		}
	}
	if n := len(p.Texts) - 1; n == 0 || n > 6 {
		return false
	}
	p.Guard.Text = write.Conjoined(p.Texts)
	t.guard = p.Guard
	return true
}

// condition writes the condition as fields of an action.
func (t *transfer) condition() (string, bool) {
	str, ok := t.d.Use(t.Site, write.AwsPath, "aws")
	if !ok {
		return "", false
	}
	all := []string{dynamo.ConditionExpression + ": " + str + ".String(" + strconv.Quote(t.guard.Text) + ")"}
	for _, m := range t.guard.Maps() {
		more, ok := m.InPlace(t.d)
		if !ok {
			return "", false
		}
		all = append(all, more...)
	}
	return strings.Join(all, ",\n") + ",\n", true
}
