package lock

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A whole item that is put back undoes what an update has changed since it was read, whatever the item's version says,
// unless updates count the version on as well. So the updates of the package that are of the same table and set some of
// the entity's attributes are made to.

// others makes the other updates of an entity count its version on, and gives what the title has to say of them. ok is
// false where they show attributes of the item that the entity does not have: a put of the entity drops those.
func (l *lock) others(e *write.Entity, v Version) (note string, ok bool) {
	counted, unseen, dropped := 0, false, false
	for _, f := range l.Files {
		s := &syntax.Site{Src: l.Src, Package: l.Package, File: f}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if !is || !isUpdate(l.Info.TypeOf(lit)) || !l.sameTable(s.Around(lit), lit) || lit == l.Lit && !l.Made {
				return true
			}
			u := &write.Request{Site: s.Around(lit), Lit: lit, Dialect: l.Dialect}
			u.Of = u.Site
			u.In = u.Holder(lit)
			if l.otherKind(u) {
				return true
			}
			dropped = dropped || l.sets == nil && l.sameKey(u) && l.drops(u, e, v)
			switch n, sure := l.countOn(u, e, v); {
			case !sure:
				unseen = true
			case n:
				counted++
			}
			return true
		})
	}
	switch {
	case unseen:
		note = "; updates of the table that are built elsewhere must count it too"
	case counted > 0:
		note = "; updates of it count on as well"
	}
	return note, !dropped
}

// sameKey reports an update whose key is made by the function that makes the key of the read.
func (l *lock) sameKey(u *write.Request) bool {
	theirs := keyMaker(u.Site, u.Lit)
	if theirs == "" {
		return false
	}
	for _, a := range l.f.Reads {
		s, ok := l.Src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
		if !ok {
			continue
		}
		if _, input := write.SdkCall(s); input != nil {
			if lit, _ := write.InputLiteral(s, input); lit != nil && keyMaker(s, lit) == theirs {
				return true
			}
		}
	}
	return false
}

// keyMaker names the function of the source that makes the key in a literal; empty for keys that are written out.
func keyMaker(s *syntax.Site, lit *ast.CompositeLit) string {
	kv := write.Field(lit, dynamo.Key)
	if kv == nil {
		return ""
	}
	call, ok := ast.Unparen(kv.Value).(*ast.CallExpr)
	if !ok {
		return ""
	}
	f := s.Callee(call)
	if f == nil {
		return ""
	}
	key := f.FullName()
	for _, a := range call.Args { // key("ORDER", id) is of another kind than key("USER", id)
		if text, ok := s.Constant(a); ok {
			key += "," + text
		}
	}
	return key
}

// drops reports an update of attributes that the entity does not have.
func (l *lock) drops(u *write.Request, e *write.Entity, v Version) bool {
	if b, ok := updateBuilt(u); ok {
		return slices.ContainsFunc(b.attrs, func(attr string) bool { return !l.keeps(e, attr) && !dynamo.SameAttribute(attr, v.Attr) })
	}
	actions, _, ok := updates(u)
	if !ok {
		return false
	}
	for _, list := range actions {
		for _, a := range list {
			if !l.keeps(e, a.Path.Name) && !dynamo.SameAttribute(a.Path.Name, v.Attr) {
				return true
			}
		}
	}
	return false
}

// unnamed reports an action on an attribute that only the running program knows: it may be any of the entity's.
func unnamed(a expr.Action) bool { return strings.HasPrefix(a.Path.Name, "#") }

// isUpdate reports the input of an UpdateItem, or an update of a transaction.
func isUpdate(t types.Type) bool {
	if op, ok := dynamo.ByInput(t); ok {
		return op.Kind == dynamo.Update
	}
	k, ok := dynamo.ActionType(t)
	return ok && k == dynamo.Update
}

// sameTable reports a literal whose table is that of the lock's write, as far as the code shows.
func (l *lock) sameTable(s *syntax.Site, lit *ast.CompositeLit) bool {
	theirs := write.Field(lit, dynamo.TableName)
	if theirs == nil {
		return false
	}
	mine := l.table
	if own := write.Field(l.Lit, dynamo.TableName); mine == "" && own != nil {
		mine = TableKey(l.Of, own.Value)
	}
	return mine != "" && mine == TableKey(s, theirs.Value)
}

// TableKey says where a table's name comes from, so that two functions of a package can be compared.
func TableKey(s *syntax.Site, e ast.Expr) string {
	e = ast.Unparen(e)
	if text, ok := write.StringOf(s, e); ok {
		return strconv.Quote(text)
	}
	if arg := write.StringArg(s, e); arg != nil {
		return TableKey(s, arg)
	}
	switch x := e.(type) {
	case *ast.UnaryExpr:
		return TableKey(s, x.X)
	case *ast.StarExpr:
		return TableKey(s, x.X)
	case *ast.SelectorExpr:
		if t := s.Info.TypeOf(x.X); t != nil {
			return strings.TrimPrefix(t.String(), "*") + "." + x.Sel.Name
		}
	case *ast.Ident:
		if obj := s.Info.ObjectOf(x); obj != nil && obj.Parent() == s.Types.Scope() {
			return x.Name
		}
	case *ast.CallExpr:
		if f := s.Callee(x); f != nil {
			key := f.FullName()
			for _, a := range x.Args {
				key += "," + TableKey(s, a)
			}
			return key
		}
	}
	return ""
}

// countOn makes an update of some of the entity's attributes count the version on. sure is false where it cannot be seen
// what is updated.
func (l *lock) countOn(u *write.Request, e *write.Entity, v Version) (done, sure bool) {
	if b, ok := updateBuilt(u); ok {
		if slices.ContainsFunc(b.attrs, func(attr string) bool { return dynamo.SameAttribute(attr, v.Attr) }) {
			return false, true
		}
		touches := slices.ContainsFunc(b.attrs, func(attr string) bool { return l.keeps(e, attr) })
		return touches && b.countOn(l.d, v), true
	}
	all, texts, ok := updates(u)
	if !ok {
		return false, false
	}
	touches := false
	for _, actions := range all {
		for _, a := range actions {
			if dynamo.SameAttribute(a.Path.Name, v.Attr) {
				return false, len(texts) == 1
			}
			touches = touches || l.keeps(e, a.Path.Name) || unnamed(a)
		}
	}
	if !touches {
		return false, true
	}
	return l.addCount(u, v, texts, all)
}

// updates gives the actions of an update, and the text that says them; of a helper that is given the text those of all its
// callers. ok is false where they are not seen.
func updates(u *write.Request) (all [][]expr.Action, texts []written, ok bool) {
	kv := write.Field(u.Lit, dynamo.UpdateExpression)
	for _, name := range []string{dynamo.UpdateExpression, dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues} {
		if u.SetsLater(name) {
			return nil, nil, false
		}
	}
	if kv == nil {
		return nil, nil, false
	}
	text := updateText(u, kv.Value)
	if text == nil {
		return nil, nil, false
	}
	texts = []written{{u.Site, text}}
	if _, ok := u.Constant(text); !ok {
		if texts, ok = givenTexts(u, text); !ok {
			return nil, nil, false
		}
	}
	names := u.Placeholders()
	for _, t := range texts {
		text, ok := t.Constant(t.Expr)
		if !ok {
			return nil, nil, false
		}
		actions, err := expr.ParseUpdate(text, func(p string) (string, bool) { n, ok := names[p]; return n, ok })
		if err != nil {
			return nil, nil, false
		}
		all = append(all, actions)
	}
	return all, texts, true
}

// updateText finds what an update expression is written by: the argument of aws.String, or what a variable holds.
func updateText(u *write.Request, e ast.Expr) ast.Expr {
	text := write.StringArg(u.Site, e)
	if text == nil {
		at, ok := ast.Unparen(e).(*ast.UnaryExpr)
		if !ok {
			return nil
		}
		text = at.X
	}
	if v := u.Variable(text); v != nil {
		if def := u.Definition(v); def != nil {
			return def
		}
	}
	return text
}

// addCount writes the addition into update expressions that use one request's placeholders.
func (l *lock) addCount(u *write.Request, v Version, texts []written, actions [][]expr.Action) (done, sure bool) {
	g := &write.Guard{R: u}
	one, ok := write.Number(l.d, u, `"1"`)
	if !ok {
		return false, false
	}
	hint := "one"
	if len(texts) > 1 {
		hint = v.Attr + "One" // callers have values of their own
	}
	clause := g.Name(v.Attr) + " " + g.Value(hint, one)
	for _, m := range g.Maps() {
		more, ok := m.InPlace(l.d)
		if !ok && m.Field == dynamo.ExpressionAttributeValues {
			ok = givenMap(u, l.d, m)
		}
		if !ok {
			return false, false
		}
		l.d.Elements(u.Site, u.Lit, more)
	}
	for i, t := range texts {
		text, _ := t.Constant(t.Expr)
		l.d.Swap(t.Site, t.Expr, write.Extended(t.Site, t.Expr, adding(text, clause, actions[i])))
	}
	return true, true
}

// A written text is an expression at its place.
type written struct {
	*syntax.Site
	ast.Expr
}

// givenTexts gives what the callers of a helper pass for its parameter.
func givenTexts(u *write.Request, e ast.Expr) ([]written, bool) {
	fn, index, calls := callers(u, e)
	if fn == nil || fn.Name.IsExported() && !u.Src.Whole || len(calls) == 0 {
		return nil, false
	}
	var out []written
	for _, c := range calls {
		if index >= len(c.Call.Args) {
			return nil, false
		}
		out = append(out, written{c.Site, c.Call.Args[index]})
	}
	return out, true
}

// callers finds the calls of the function of which an expression is a parameter.
func callers(u *write.Request, e ast.Expr) (*ast.FuncDecl, int, []syntax.Calling) {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](u.Site)
	v := u.Variable(e)
	if !ok || v == nil || len(u.Assignments(v)) > 0 {
		return nil, 0, nil
	}
	index := u.Parameter(fn, v)
	if index < 0 {
		return nil, 0, nil
	}
	return fn, index, write.CallsTo(u.Src, u.Info.Defs[fn.Name].(*types.Func))
}

// givenMap adds entries to a map that a helper is given, unless a caller may give it none.
func givenMap(u *write.Request, d *syntax.Draft, m write.Mapped) bool {
	kv := write.Field(u.Lit, m.Field)
	fn, index, calls := callers(u, kv.Value)
	st, _ := u.Around(u.Lit).Statement()
	if fn == nil || st == nil || len(calls) == 0 {
		return false
	}
	for _, c := range calls {
		if index >= len(c.Call.Args) || write.Literal(c.Call.Args[index]) == nil && !write.IsCall(c.Site, c.Call.Args[index]) {
			v := c.Variable(c.Call.Args[index])
			if v == nil || !write.MadeHere(c.Site, v) {
				return false
			}
		}
	}
	_, values, ok := m.Spelled(d)
	for i, e := range m.Entries {
		d.Insert(u.File, st.Pos(), u.Text(kv.Value)+"["+strconv.Quote(e.Key)+"] = "+values[i]+"\n")
	}
	return ok
}

// adding gives an update expression with one more addition.
func adding(text, clause string, actions []expr.Action) string {
	for _, a := range actions {
		if a.Verb == expr.Add {
			i := addition.FindStringIndex(text)[1]
			return text[:i] + clause + ", " + text[i:]
		}
	}
	return text + " ADD " + clause
}

// addition matches the beginning of a clause that adds.
var addition = regexp.MustCompile(`(?i)(?:^|\s)ADD\s+`)

// Stores reports an attribute of the entity.
func Stores(e *write.Entity, attr string, d dynamo.Dialect) bool {
	return structStores(e.Typ, attr, d, 0)
}

// structStores reports an attribute that a struct is stored with, or one that it embeds.
func structStores(st *types.Struct, attr string, d dynamo.Dialect, depth int) bool {
	for i := range st.NumFields() {
		if d.StoredName(st, i) == attr {
			return true
		}
		t := st.Field(i).Type()
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		inner, ok := t.Underlying().(*types.Struct)
		if ok && st.Field(i).Embedded() && dynamo.FieldName(st, i).Transparent && depth < 5 && structStores(inner, attr, d, depth+1) {
			return true
		}
	}
	return false
}
