package fix

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// A whole item that is put back undoes what an update has changed since it was read, whatever the item's version says,
// unless updates count the version on as well. So the updates of the package that are of the same table and set some of
// the entity's attributes are made to.

// others makes the other updates of an entity count its version on, and gives what the title has to say of them.
func (l *lock) others(e *entity, v version) string {
	counted, unseen := 0, false
	for _, f := range l.Files {
		s := &site{src: l.src, Package: l.Package, file: f}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if !is || !isUpdate(l.Info.TypeOf(lit)) || !l.sameTable(s.around(lit), lit) {
				return true
			}
			u := &request{site: s.around(lit), lit: lit, dialect: l.dialect}
			u.of = u.site
			u.in = u.holder(lit)
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
		return "; updates of the table that are built elsewhere must count it too"
	case counted > 0:
		return "; updates of it count on as well"
	}
	return ""
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
	mine, theirs := field(l.lit, dynamo.TableName), field(lit, dynamo.TableName)
	if mine == nil || theirs == nil {
		return false
	}
	a, b := l.of.tableKey(mine.Value), s.tableKey(theirs.Value)
	return a != "" && a == b
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
	kv := field(u.lit, dynamo.UpdateExpression)
	for _, name := range []string{dynamo.UpdateExpression, dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues} {
		if u.setsLater(name) {
			return false, false
		}
	}
	if kv == nil || u.stringArg(kv.Value) == nil {
		return false, false
	}
	text, ok := u.stringOf(kv.Value)
	if !ok {
		return false, false
	}
	names := u.placeholders()
	actions, err := expr.ParseUpdate(text, func(p string) (string, bool) { n, ok := names[p]; return n, ok })
	if err != nil {
		return false, false
	}
	touches := false
	for _, a := range actions {
		if dynamo.SameAttribute(a.Path.Name, v.attr) {
			return false, true
		}
		touches = touches || e.stores(a.Path.Name, l.dialect)
	}
	if !touches {
		return false, true
	}
	g := &guard{r: u}
	one, ok := l.d.number(u, `"1"`)
	if !ok {
		return false, false
	}
	clause := g.name(v.attr) + " " + g.value("one", one)
	for _, m := range g.maps() {
		more, ok := m.inPlace(l.d)
		if !ok {
			return false, false
		}
		l.d.elements(u.site, u.lit, more)
	}
	l.d.swap(u.site, u.stringArg(kv.Value), strconv.Quote(adding(text, clause, actions)))
	return true, true
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
func (e *entity) stores(attr string, d dynamo.Dialect) bool {
	for i := range e.typ.NumFields() {
		if d.StoredName(e.typ, i) == attr {
			return true
		}
	}
	return false
}
