package fix

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// A whole item that is put back undoes what an update has changed since it was read, whatever the item's version says,
// unless updates count the version on as well. So the updates of the package that are of the same table and set some of
// the entity's attributes are made to.

// others makes the other updates of an entity count its version on, and gives what the title has to say of them. ok is
// false where they show attributes of the item that the entity does not have: a put of the entity drops those.
func (l *lock) others(e *entity, v version) (note string, ok bool) {
	counted, unseen, dropped := 0, false, false
	for _, f := range l.Files {
		s := &site{src: l.src, Package: l.Package, file: f}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if !is || !isUpdate(l.Info.TypeOf(lit)) || !l.sameTable(s.around(lit), lit) || lit == l.lit && !l.made {
				return true
			}
			u := &request{site: s.around(lit), lit: lit, dialect: l.dialect}
			u.of = u.site
			u.in = u.holder(lit)
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
func (l *lock) sameKey(u *request) bool {
	theirs := u.keyMaker(u.lit)
	if theirs == "" {
		return false
	}
	for _, a := range l.f.Reads {
		s, ok := l.src.at(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
		if !ok {
			continue
		}
		if _, input := s.sdkCall(); input != nil {
			if lit, _ := s.literal(input); lit != nil && s.keyMaker(lit) == theirs {
				return true
			}
		}
	}
	return false
}

// keyMaker names the function of the source that makes the key in a literal; empty for keys that are written out.
func (s *site) keyMaker(lit *ast.CompositeLit) string {
	kv := field(lit, dynamo.Key)
	if kv == nil {
		return ""
	}
	call, ok := ast.Unparen(kv.Value).(*ast.CallExpr)
	if !ok {
		return ""
	}
	f := s.callee(call)
	if f == nil {
		return ""
	}
	key := f.FullName()
	for _, a := range call.Args { // key("ORDER", id) is of another kind than key("USER", id)
		if text, ok := s.constant(a); ok {
			key += "," + text
		}
	}
	return key
}

// drops reports an update of attributes that the entity does not have.
func (l *lock) drops(u *request, e *entity, v version) bool {
	actions, _, ok := u.updates()
	if !ok {
		return false
	}
	for _, list := range actions {
		for _, a := range list {
			if !l.keeps(e, a.Path.Name) && !dynamo.SameAttribute(a.Path.Name, v.attr) {
				return true
			}
		}
	}
	return false
}

// isUpdate reports the input of an UpdateItem, or an update of a transaction.
func isUpdate(t types.Type) bool {
	if op, ok := dynamo.ByInput(t); ok {
		return op.Kind == dynamo.Update
	}
	k, ok := dynamo.ActionType(t)
	return ok && k == dynamo.Update
}

// holder gives the variable that a literal is assigned to.
func (r *request) holder(lit *ast.CompositeLit) *types.Var {
	for _, n := range r.path {
		as, ok := n.(*ast.AssignStmt)
		if !ok {
			continue
		}
		for i, x := range as.Rhs {
			if literal(x) == lit && i < len(as.Lhs) {
				return r.variable(as.Lhs[i])
			}
		}
	}
	return nil
}

// sameTable reports a literal whose table is that of the lock's write, as far as the code shows.
func (l *lock) sameTable(s *site, lit *ast.CompositeLit) bool {
	theirs := field(lit, dynamo.TableName)
	if theirs == nil {
		return false
	}
	mine := l.table
	if own := field(l.lit, dynamo.TableName); mine == "" && own != nil {
		mine = l.of.tableKey(own.Value)
	}
	return mine != "" && mine == s.tableKey(theirs.Value)
}

// tableKey says where a table's name comes from, so that two functions of a package can be compared.
func (s *site) tableKey(e ast.Expr) string {
	e = ast.Unparen(e)
	if text, ok := s.stringOf(e); ok {
		return strconv.Quote(text)
	}
	if arg := s.stringArg(e); arg != nil {
		return s.tableKey(arg)
	}
	switch x := e.(type) {
	case *ast.UnaryExpr:
		return s.tableKey(x.X)
	case *ast.StarExpr:
		return s.tableKey(x.X)
	case *ast.SelectorExpr:
		if t := s.Info.TypeOf(x.X); t != nil {
			return strings.TrimPrefix(t.String(), "*") + "." + x.Sel.Name
		}
	case *ast.Ident:
		if obj := s.Info.ObjectOf(x); obj != nil && obj.Parent() == s.Types.Scope() {
			return x.Name
		}
	case *ast.CallExpr:
		if f := s.callee(x); f != nil {
			key := f.FullName()
			for _, a := range x.Args {
				key += "," + s.tableKey(a)
			}
			return key
		}
	}
	return ""
}

// countOn makes an update of some of the entity's attributes count the version on. sure is false where it cannot be seen
// what is updated.
func (l *lock) countOn(u *request, e *entity, v version) (done, sure bool) {
	all, texts, ok := u.updates()
	if !ok {
		return false, false
	}
	touches := false
	for _, actions := range all {
		for _, a := range actions {
			if dynamo.SameAttribute(a.Path.Name, v.attr) {
				return false, len(texts) == 1
			}
			touches = touches || l.keeps(e, a.Path.Name)
		}
	}
	if !touches {
		return false, true
	}
	return l.addCount(u, v, texts, all)
}

// updates gives the actions of an update, and the text that says them; of a helper that is given the text those of all its
// callers. ok is false where they are not seen.
func (u *request) updates() (all [][]expr.Action, texts []written, ok bool) {
	kv := field(u.lit, dynamo.UpdateExpression)
	for _, name := range []string{dynamo.UpdateExpression, dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues} {
		if u.setsLater(name) {
			return nil, nil, false
		}
	}
	if kv == nil {
		return nil, nil, false
	}
	text := u.updateText(kv.Value)
	if text == nil {
		return nil, nil, false
	}
	texts = []written{{u.site, text}}
	if _, ok := u.constant(text); !ok {
		if texts, ok = u.givenTexts(text); !ok {
			return nil, nil, false
		}
	}
	names := u.placeholders()
	for _, t := range texts {
		text, ok := t.constant(t.Expr)
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
func (u *request) updateText(e ast.Expr) ast.Expr {
	text := u.stringArg(e)
	if text == nil {
		at, ok := ast.Unparen(e).(*ast.UnaryExpr)
		if !ok {
			return nil
		}
		text = at.X
	}
	if v := u.variable(text); v != nil {
		if def := u.definition(v); def != nil {
			return def
		}
	}
	return text
}

// addCount writes the addition into update expressions that use one request's placeholders.
func (l *lock) addCount(u *request, v version, texts []written, actions [][]expr.Action) (done, sure bool) {
	g := &guard{r: u}
	one, ok := l.d.number(u, `"1"`)
	if !ok {
		return false, false
	}
	hint := "one"
	if len(texts) > 1 {
		hint = v.attr + "One" // callers have values of their own
	}
	clause := g.name(v.attr) + " " + g.value(hint, one)
	for _, m := range g.maps() {
		more, ok := m.inPlace(l.d)
		if !ok && m.field == dynamo.ExpressionAttributeValues {
			ok = u.givenMap(l.d, m)
		}
		if !ok {
			return false, false
		}
		l.d.elements(u.site, u.lit, more)
	}
	for i, t := range texts {
		text, _ := t.constant(t.Expr)
		l.d.swap(t.site, t.Expr, strconv.Quote(adding(text, clause, actions[i])))
	}
	return true, true
}

// A written text is an expression at its place.
type written struct {
	*site
	ast.Expr
}

// givenTexts gives what the callers of a helper pass for its parameter.
func (u *request) givenTexts(e ast.Expr) ([]written, bool) {
	fn, index, calls := u.callers(e)
	if fn == nil || fn.Name.IsExported() && !u.src.Whole || len(calls) == 0 {
		return nil, false
	}
	var out []written
	for _, c := range calls {
		if index >= len(c.call.Args) {
			return nil, false
		}
		out = append(out, written{c.site, c.call.Args[index]})
	}
	return out, true
}

// callers finds the calls of the function of which an expression is a parameter.
func (u *request) callers(e ast.Expr) (*ast.FuncDecl, int, []calling) {
	fn, ok := enclosing[*ast.FuncDecl](u.site)
	v := u.variable(e)
	if !ok || v == nil || len(u.assignments(v)) > 0 {
		return nil, 0, nil
	}
	index := u.parameter(fn, v)
	if index < 0 {
		return nil, 0, nil
	}
	var calls []calling
	mine := u.Info.Defs[fn.Name]
	for _, pkg := range u.src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: u.src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if callee := s.callee(call); callee != nil && callee.FullName() == mine.(*types.Func).FullName() {
						calls = append(calls, calling{site: s.around(call), call: call})
					}
				}
				return true
			})
		}
	}
	return fn, index, calls
}

// givenMap adds entries to a map that a helper is given, unless a caller may give it none.
func (u *request) givenMap(d *draft, m mapped) bool {
	kv := field(u.lit, m.field)
	fn, index, calls := u.callers(kv.Value)
	st, _ := u.around(u.lit).statement()
	if fn == nil || st == nil || len(calls) == 0 {
		return false
	}
	for _, c := range calls {
		if index >= len(c.call.Args) || literal(c.call.Args[index]) == nil && !c.isCall(c.call.Args[index]) {
			v := c.variable(c.call.Args[index])
			if v == nil || !c.madeHere(v) {
				return false
			}
		}
	}
	_, values, ok := m.spelled(d)
	for i, e := range m.entries {
		d.insert(u.file, st.Pos(), u.text(kv.Value)+"["+strconv.Quote(e.key)+"] = "+values[i]+"\n")
	}
	return ok
}

// adding gives an update expression with one more addition.
func adding(text, clause string, actions []expr.Action) string {
	for _, a := range actions {
		if a.Verb == expr.Add {
			i := strings.Index(strings.ToUpper(text), "ADD ")
			return text[:i+4] + clause + ", " + text[i+4:]
		}
	}
	return text + " ADD " + clause
}

// stores reports an attribute of the entity.
func (e *entity) stores(attr string, d dynamo.Dialect) bool { return stores(e.typ, attr, d, 0) }

// stores reports an attribute that a struct is stored with, or one that it embeds.
func stores(st *types.Struct, attr string, d dynamo.Dialect, depth int) bool {
	for i := range st.NumFields() {
		if d.StoredName(st, i) == attr {
			return true
		}
		t := st.Field(i).Type()
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		inner, ok := t.Underlying().(*types.Struct)
		if ok && st.Field(i).Embedded() && dynamo.FieldName(st, i).Transparent && depth < 5 && stores(inner, attr, d, depth+1) {
			return true
		}
	}
	return false
}
