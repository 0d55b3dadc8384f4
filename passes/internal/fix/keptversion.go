package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
)

// A version may be carried through documents, maps and functions that are no plain mappers. That it is, the analysis says: the
// write stores the version as it was read. What is left to find is the field that holds it in between.

// keptVersion gives the version that a write stores as it was read.
func keptVersion(needs []finding.Need) string {
	at := slices.IndexFunc(needs, func(n finding.Need) bool {
		return n.What == "value" && !n.Computed && n.Attr != "" && n.Attr == n.To && lockName.MatchString(n.Attr)
	})
	if at < 0 || slices.ContainsFunc(needs, func(n finding.Need) bool { return n.Read != needs[at].Read }) {
		return ""
	}
	return needs[at].Attr
}

// holdsVersion gives the field of an entity that holds a version which is carried by hand: the only one of such a name, that
// something fills from the attribute.
func (e *entity) holdsVersion(attr string, at *site) (version, bool) {
	var found []version
	for f := range e.typ.Fields() {
		if lockName.MatchString(f.Name()) && basicInteger(f.Type()) {
			found = append(found, version{field: f.Name(), attr: attr, typ: types.Unalias(f.Type())})
		}
	}
	if len(found) != 1 || !ast.IsExported(found[0].field) && e.Types.Path() != at.Types.Path() {
		return version{}, false
	}
	return found[0], e.src.filledWith(e, found[0].field, attr) && e.src.storesNumber(e, found[0].field, attr)
}

// storesNumber reports that a field is stored under an attribute somewhere, and as a number wherever it is.
func (src *Source) storesNumber(e *entity, name, attr string) bool {
	stored, other := false, false
	note := func(s *site, key, value ast.Expr) {
		if s.storedAs(key) != attr || !s.takes(value, e, name) {
			return
		}
		stored = true
		lit := literal(value)
		other = other || !basicInteger(typeOr(s.Info.TypeOf(value))) && (lit == nil || !numberAttribute(s.Info.TypeOf(lit), lit))
	}
	for _, pkg := range src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					note(s.around(n), n.Key, n.Value)
				case *ast.AssignStmt:
					if index, ok := ast.Unparen(n.Lhs[0]).(*ast.IndexExpr); ok && len(n.Rhs) == 1 {
						note(s, index.Index, n.Rhs[0])
					}
				}
				return true
			})
		}
	}
	return stored && !other
}

// storedAs gives the attribute that the key of an element stands for: its name, or that of a record's field.
func (s *site) storedAs(key ast.Expr) string {
	if text, ok := s.constant(key); ok {
		return text
	}
	lit, ok := enclosing[*ast.CompositeLit](s)
	if !ok {
		return ""
	}
	st, ok := typeOr(s.Info.TypeOf(lit)).Underlying().(*types.Struct)
	if !ok || !tagged(st) {
		return ""
	}
	for i := range st.NumFields() {
		if named(key, st.Field(i).Name()) {
			return (dynamo.Dialect{}).StoredName(st, i)
		}
	}
	return ""
}

// takes reports an expression with a field of an entity in it.
func (s *site) takes(e ast.Expr, of *entity, name string) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == name && of.is(s.Info.TypeOf(sel.X))
		return !found
	})
	return found
}

// numberAttribute reports the literal of a number attribute.
func numberAttribute(t types.Type, lit *ast.CompositeLit) bool {
	text := typeOr(t).String()
	return strings.HasSuffix(text, ".AttributeValueMemberN") || strings.HasSuffix(text, ".AttributeValue") && field(lit, "N") != nil
}

// filledWith reports an assignment to a field, or a literal, that names an attribute.
func (src *Source) filledWith(e *entity, name, attr string) bool {
	found := false
	for _, pkg := range src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if kv := field(n, name); kv != nil && e.is(pkg.Info.TypeOf(n)) {
						found = found || s.around(n).namesAttribute(kv.Value, attr, 0)
					}
				case *ast.AssignStmt:
					for i, l := range n.Lhs {
						sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
						if ok && sel.Sel.Name == name && e.is(pkg.Info.TypeOf(sel.X)) {
							found = found || s.around(n).namesAttribute(n.Rhs[min(i, len(n.Rhs)-1)], attr, 0)
						}
					}
				}
				return !found
			})
		}
	}
	return found
}

// namesAttribute reports an expression that is made of an element by an attribute's name.
func (s *site) namesAttribute(e ast.Expr, attr string, depth int) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr:
			text, ok := s.constant(n.Index)
			found = found || ok && text == attr
		case *ast.CallExpr:
			found = found || slices.ContainsFunc(n.Args, func(a ast.Expr) bool { text, ok := s.constant(a); return ok && text == attr })
		case *ast.SelectorExpr:
			if st, i := s.fieldOf(n); st != nil && tagged(st) {
				found = found || (dynamo.Dialect{}).StoredName(st, i) == attr
			}
		case *ast.Ident:
			if v := s.variable(n); v != nil && depth < 3 {
				if def := s.onlyValue(v); def != nil {
					found = found || s.namesAttribute(def, attr, depth+1)
				}
			}
		}
		return !found
	})
	return found
}

// carriedOrigin is origin for an item that the program makes itself, of an argument of the first call, or of what is made of
// that: its version is stored as it was read.
func (c *chain) carriedOrigin(f *finding.Finding) (*types.Var, version, bool) {
	attr := keptVersion(f.Needs)
	if attr == "" {
		return nil, version{}, false
	}
	meet := c.links[0]
	for _, arg := range meet.call.Args {
		v := meet.at.variable(arg)
		if v == nil {
			continue
		}
		e, ok := c.src.entity(v.Type())
		if !ok || !c.local(meet, v, f) {
			continue
		}
		if lock, ok := e.holdsVersion(attr, meet.at); ok {
			return v, lock, true
		}
	}
	return nil, version{}, false
}

// blind says, for the title, that others put items over what is there, whose version they have not read.
func (c *chain) blind(l *lock) string {
	first := c.links[0]
	index := -1
	for i, arg := range first.call.Args {
		if first.at.variable(arg) == l.value {
			index = i
		}
	}
	if index < 0 || first.name == first.fn.Name() {
		return ""
	}
	for _, other := range c.src.calls(first.fn, index, l.entity) {
		if fn, ok := enclosing[*ast.FuncDecl](other.site); ok && other.call != first.call && !l.argumentFits(other, other.call.Args[index], map[*ast.FuncDecl]bool{}) {
			return "; what " + fn.Name.Name + " puts must get the next version too"
		}
	}
	return ""
}

// uncounted reports an update of the lock's table, in its package, that does not count the version: of an item that is made by
// hand it is not known what such an update sets.
func (l *lock) uncounted(v version) bool {
	found := false
	for _, f := range l.Files {
		s := &site{src: l.src, Package: l.Package, file: f}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, is := n.(*ast.CompositeLit)
			if !is || found || !isUpdate(l.Info.TypeOf(lit)) || !l.sameTable(s.around(lit), lit) {
				return !found
			}
			u := &request{site: s.around(lit), lit: lit, dialect: l.dialect}
			u.of, u.in = u.site, u.holder(lit)
			all, _, ok := u.updates()
			found = !ok || slices.ContainsFunc(all, func(list []expr.Action) bool {
				return !slices.ContainsFunc(list, func(a expr.Action) bool { return dynamo.SameAttribute(a.Path.Name, v.attr) })
			})
			return !found
		})
	}
	return found
}
