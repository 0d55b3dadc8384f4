package lock

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A version may be carried through documents, maps and functions that are no plain mappers. That it is, the analysis says: the
// write stores the version as it was read. What is left to find is the field that holds it in between.

// keptVersion gives the version that a write stores as it was read.
func keptVersion(needs []finding.Need) string {
	at := slices.IndexFunc(needs, func(n finding.Need) bool {
		return n.What == "value" && !n.Computed && n.Attr != "" && n.Attr == n.To && write.LockName.MatchString(n.Attr)
	})
	if at < 0 || slices.ContainsFunc(needs, func(n finding.Need) bool { return n.Read != needs[at].Read }) {
		return ""
	}
	return needs[at].Attr
}

// holdsVersion gives the field of an entity that holds a version which is carried by hand: the only one of such a name, that
// something fills from the attribute.
func holdsVersion(e *write.Entity, attr string, at *syntax.Site) (Version, bool) {
	var found []Version
	for f := range e.Typ.Fields() {
		if write.LockName.MatchString(f.Name()) && basicInteger(f.Type()) {
			found = append(found, Version{Field: f.Name(), Attr: attr, typ: types.Unalias(f.Type())})
		}
	}
	if len(found) != 1 || !ast.IsExported(found[0].Field) && e.Types.Path() != at.Types.Path() {
		return Version{}, false
	}
	return found[0], filledWith(e.Src, e, found[0].Field, attr) && storesNumber(e.Src, e, found[0].Field, attr)
}

// storesNumber reports that a field is stored under an attribute somewhere, and as a number wherever it is.
func storesNumber(src *syntax.Source, e *write.Entity, name, attr string) bool {
	stored, other := false, false
	note := func(s *syntax.Site, key, value ast.Expr) {
		if storedAs(s, key) != attr || !takes(s, value, e, name) {
			return
		}
		stored = true
		lit := write.Literal(value)
		other = other || !basicInteger(syntax.TypeOr(s.Info.TypeOf(value))) && (lit == nil || !numberAttribute(s.Info.TypeOf(lit), lit))
	}
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				note(s.Around(n), n.Key, n.Value)
			case *ast.AssignStmt:
				if index, ok := ast.Unparen(n.Lhs[0]).(*ast.IndexExpr); ok && len(n.Rhs) == 1 {
					note(s, index.Index, n.Rhs[0])
				}
			}
			return true
		})
	}
	return stored && !other
}

// storedAs gives the attribute that the key of an element stands for: its name, or that of a record's field.
func storedAs(s *syntax.Site, key ast.Expr) string {
	if text, ok := s.Constant(key); ok {
		return text
	}
	lit, ok := syntax.Enclosing[*ast.CompositeLit](s)
	if !ok {
		return ""
	}
	st, ok := syntax.TypeOr(s.Info.TypeOf(lit)).Underlying().(*types.Struct)
	if !ok || !write.Tagged(st) {
		return ""
	}
	for i := range st.NumFields() {
		if syntax.Named(key, st.Field(i).Name()) {
			return (dynamo.Dialect{}).StoredName(st, i)
		}
	}
	return ""
}

// takes reports an expression with a field of an entity in it.
func takes(s *syntax.Site, e ast.Expr, of *write.Entity, name string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == name && of.Is(s.Info.TypeOf(sel.X))
		return !found
	})
	return found
}

// numberAttribute reports the literal of a number attribute.
func numberAttribute(t types.Type, lit *ast.CompositeLit) bool {
	text := syntax.TypeOr(t).String()
	return strings.HasSuffix(text, ".AttributeValueMemberN") || strings.HasSuffix(text, ".AttributeValue") && write.Field(lit, "N") != nil
}

// filledWith reports an assignment to a field, or a literal, that names an attribute.
func filledWith(src *syntax.Source, e *write.Entity, name, attr string) bool {
	found := false
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if kv := write.Field(n, name); kv != nil && e.Is(s.Info.TypeOf(n)) {
					found = found || namesAttribute(s.Around(n), kv.Value, attr, 0)
				}
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
					if ok && sel.Sel.Name == name && e.Is(s.Info.TypeOf(sel.X)) {
						found = found || namesAttribute(s.Around(n), n.Rhs[min(i, len(n.Rhs)-1)], attr, 0)
					}
				}
			}
			return !found
		})
	}
	return found
}

// namesAttribute reports an expression that is made of an element by an attribute's name.
func namesAttribute(s *syntax.Site, e ast.Expr, attr string, depth int) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr:
			text, ok := s.Constant(n.Index)
			found = found || ok && text == attr
		case *ast.CallExpr:
			found = found || slices.ContainsFunc(n.Args, func(a ast.Expr) bool { text, ok := s.Constant(a); return ok && text == attr })
		case *ast.SelectorExpr:
			if st, i := write.FieldOf(s, n); st != nil && write.Tagged(st) {
				found = found || (dynamo.Dialect{}).StoredName(st, i) == attr
			}
		case *ast.Ident:
			if v := s.Variable(n); v != nil && depth < 3 {
				if def := s.OnlyValue(v); def != nil {
					found = found || namesAttribute(s, def, attr, depth+1)
				}
			}
		}
		return !found
	})
	return found
}

// carriedOrigin is origin for an item that the program makes itself, of an argument of the first call, or of what is made of
// that: its version is stored as it was read.
func carriedOrigin(c *chain.Chain, f *finding.Finding) (*types.Var, Version, bool) {
	attr := keptVersion(f.Needs)
	if attr == "" {
		return nil, Version{}, false
	}
	meet := c.Links[0]
	for _, arg := range meet.Call.Args {
		v := meet.At.Variable(arg)
		if v == nil {
			continue
		}
		e, ok := write.EntityOf(c.Src, v.Type())
		if !ok || !Local(c, meet, v, f) {
			continue
		}
		if lock, ok := holdsVersion(e, attr, meet.At); ok {
			return v, lock, true
		}
	}
	return nil, Version{}, false
}

// blind says, for the title, that others put items over what is there, whose version they have not read.
func blind(c *chain.Chain, l *lock) string {
	first := c.Links[0]
	index := -1
	for i, arg := range first.Call.Args {
		if first.At.Variable(arg) == l.value {
			index = i
		}
	}
	if index < 0 || first.Name == first.Fn.Name() {
		return ""
	}
	for _, other := range calls(c.Src, first.Fn, index, l.entity) {
		if fn, ok := syntax.Enclosing[*ast.FuncDecl](other.Site); ok && other.Call != first.Call && !l.argumentFits(other, other.Call.Args[index], map[*ast.FuncDecl]bool{}) {
			return "; what " + fn.Name.Name + " puts must get the next version too"
		}
	}
	return ""
}

// uncounted reports an update of the lock's table, in its package, that does not count the version: of an item that is made by
// hand it is not known what such an update sets.
func (l *lock) uncounted(v Version) bool {
	found := false
	for _, f := range l.Files {
		s := &syntax.Site{Src: l.Src, Package: l.Package, File: f}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if !is || found || !isUpdate(l.Info.TypeOf(lit)) || !l.sameTable(s.Around(lit), lit) {
				return !found
			}
			u := &write.Request{Site: s.Around(lit), Lit: lit, Dialect: l.Dialect}
			u.Of, u.In = u.Site, u.Holder(lit)
			if l.otherKind(u) {
				return true
			}
			all, _, ok := updates(u)
			found = !ok || slices.ContainsFunc(all, func(list []expr.Action) bool {
				return !slices.ContainsFunc(list, func(a expr.Action) bool { return dynamo.SameAttribute(a.Path.Name, v.Attr) })
			})
			return !found
		})
	}
	return found
}
