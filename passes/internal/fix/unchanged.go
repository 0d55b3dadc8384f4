package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
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
		key = t.keyNamesOf(w.value)
	}
	return len(key) > 0 && t.pinned(v, read, key)
}

// wasRead gives the one struct that holds what the call on a line has read.
func (t *transfer) wasRead(line int) (found *types.Var) {
	for _, v := range t.variables(t.call.Pos()) {
		st, ok := deref(v.Type()).Underlying().(*types.Struct)
		if !ok || !tagged(st) || dynamo.OwnEncoding(deref(v.Type())) || !t.comesFrom(v, line, 0) {
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
		w, known := t.writeRequest(el)
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
		if w, _ := t.writeRequest(el); t.encodes(w.value, v) {
			found = w
			count++
		}
	}
	return found, count == 1
}

// elements lists the requests of the batch.
func (t *transfer) elements() (out []ast.Expr) {
	for _, e := range t.literalElements(t.requests) {
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
	if holder := t.variable(item); holder != nil {
		all := t.assignments(holder)
		if len(all) != 1 || all[0].result != 0 {
			return false
		}
		made = all[0].value
	}
	call, ok := ast.Unparen(made).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return false
	}
	_, encodes := dynamo.Encodes(t.callee(call))
	return encodes && t.variable(call.Args[0]) == v
}

// keyNamesOf are the attributes of a key: of a literal, or of one that a function makes.
func (s *site) keyNamesOf(key ast.Expr) (out []string) {
	lit, of := literal(key), s
	if call, ok := ast.Unparen(key).(*ast.CallExpr); ok {
		lit, of = s.returnedLiteral(call)
	}
	if lit == nil {
		return nil
	}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if name, ok := of.constant(kv.Key); ok {
				out = append(out, name)
			}
		}
	}
	return out
}

// pinned makes the condition: every attribute that was read, but for the key, is what it was.
func (t *transfer) pinned(v *types.Var, read int, key []string) bool {
	r := &request{site: t.around(t.call), call: t.call, input: t.input, lit: t.held.lit, of: t.site}
	var ok bool
	if r.dialect, ok = dynamo.DialectOf(t.Info.TypeOf(t.held.lit)); !ok {
		return false
	}
	p := &pins{request: r, d: t.d, guard: &guard{r: r}, f: t.f}
	p.texts = []string{"attribute_exists(" + p.guard.name(key[0]) + ")"}
	st := deref(v.Type()).Underlying().(*types.Struct)
	for i := range st.NumFields() {
		attr := r.dialect.StoredName(st, i)
		if attr == "" || slices.Contains(key, attr) {
			continue
		}
		if strings.ContainsAny(attr, ".[") || !p.write(finding.Need{Read: read, What: "attribute", Attr: attr}) {
			return false
		}
	}
	if n := len(p.texts) - 1; n == 0 || n > 6 {
		return false
	}
	p.guard.text = conjoined(p.texts)
	t.guard = p.guard
	return true
}

// condition writes the condition as fields of an action.
func (t *transfer) condition() (string, bool) {
	str, ok := t.d.use(t.site, awsPath, "aws")
	if !ok {
		return "", false
	}
	all := []string{dynamo.ConditionExpression + ": " + str + ".String(" + strconv.Quote(t.guard.text) + ")"}
	for _, m := range t.guard.maps() {
		more, ok := m.inPlace(t.d)
		if !ok {
			return "", false
		}
		all = append(all, more...)
	}
	return strings.Join(all, ",\n") + ",\n", true
}
