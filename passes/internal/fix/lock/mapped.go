package lock

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Mappers make a record of a domain object, and a domain object of a record. A version is carried through them, under
// whatever name the object has it, where every one of them is seen: what makes an object without its version would have its
// writes refused for ever.

// versions finds the version of the record, and the field that carries it in the domain object.
func (c *carrier) versions() bool {
	var ok bool
	if c.stored, ok = VersionOf(c.record, c.Dialect); !ok || !keyedOnly(c.record) || !keyedOnly(c.entity) {
		return false
	}
	if c.embedded != "" {
		c.stored, ok = VersionOf(c.entity, c.Dialect)
		c.version = c.stored
		return ok && (!c.stored.Added || lacks(c.record, c.stored, c.Dialect))
	}
	c.version = c.stored
	name := c.carriedIn()
	for f := range c.entity.Typ.Fields() {
		if name == "" && c.fills(f.Name()) {
			name = f.Name()
		}
	}
	if name == "" {
		name = c.stored.Field
	}
	for f := range c.entity.Typ.Fields() {
		if f.Name() != name {
			continue
		}
		if c.stored.Added {
			c.stored.typ = f.Type() // the record takes after the object
		}
		c.version = Version{Field: name, Attr: c.stored.Attr, typ: f.Type()}
		return basicInteger(f.Type()) && basicInteger(c.stored.typ) && c.asked()
	}
	c.version.Added = true
	_, basic := types.Unalias(c.stored.typ).(*types.Basic)
	return basic && lacks(c.entity, c.version, c.Dialect)
}

func basicInteger(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// carriedIn gives the object's field that is filled with the version of a record; empty where none is.
func (c *carrier) carriedIn() (name string) {
	literals(c.Src, c.entity, func(s *syntax.Site, lit *ast.CompositeLit) {
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok || !c.ofRecord(s, kv.Value) {
				continue
			}
			if id, ok := kv.Key.(*ast.Ident); ok {
				name = id.Name
			}
		}
	})
	return name
}

// ofRecord reports the version of a record, converted or not.
func (c *carrier) ofRecord(s *syntax.Site, e ast.Expr) bool {
	sel, ok := s.Converted(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == c.stored.Field && c.record.Is(s.Info.TypeOf(sel.X))
}

// asked finds the method by which the mapper asks for the version, where it does not take the field.
func (c *carrier) asked() bool {
	set := write.Field(c.recordLit, c.stored.Field)
	if set == nil {
		return true
	}
	if call, ok := c.home.Converted(set.Value).(*ast.CallExpr); ok && c.isVersion(c.home, call) {
		c.getter = syntax.CalledName(call).Name
	}
	return c.isVersion(c.home, set.Value)
}

// isVersion reports the version of a domain object: its field, or what a method returns that returns just that.
func (c *carrier) isVersion(s *syntax.Site, e ast.Expr) bool {
	switch x := s.Converted(e).(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name == c.version.Field && c.entity.Is(s.Info.TypeOf(x.X))
	case *ast.CallExpr:
		sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
		if !ok || len(x.Args) > 0 || !c.entity.Is(s.Info.TypeOf(sel.X)) {
			return false
		}
		return write.Gets(c.Src, s.Callee(x)) == c.version.Field
	}
	return false
}

// literals calls f for each literal of an entity.
func literals(src *syntax.Source, e *write.Entity, f func(*syntax.Site, *ast.CompositeLit)) {
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok && e.Is(s.Info.TypeOf(lit)) {
				f(s.Around(lit), lit)
			}
			return true
		})
	}
}

// carry adds the fields, and the version to all that makes the domain object of a record or of another domain object. ok is
// false where one of these does something else with it, or makes the object in another way than by a literal.
func (c *carrier) carry() bool {
	if c.embedded != "" {
		add(c.entity, c.d, c.version)
	} else {
		add(c.record, c.d, c.stored)
		carry(c.entity, c.d, c.version)
	}
	back, ok := 0, true
	literals(c.Src, c.entity, func(s *syntax.Site, lit *ast.CompositeLit) {
		set := write.Field(lit, c.version.Field)
		if id := selected(s, lit, c.record.Is); id != nil {
			back++
			ok = ok && (set != nil && c.ofRecord(s, set.Value) || set == nil && c.copy(s, lit, id.Name+"."+c.stored.Field, c.stored.typ))
		} else if id := selected(s, lit, c.entity.Is); id != nil && set == nil {
			ok = ok && c.copy(s, lit, id.Name+"."+c.version.Field, c.version.typ)
		}
	})
	filled, fits := c.fill()
	return ok && fits && (back+filled > 0 || c.takenOut() || c.fills(c.version.Field)) && !c.madeOtherwise()
}

// fills reports a field of the object that is filled with the version of the item, by a constructor too.
func (c *carrier) fills(name string) bool {
	return !c.stored.Added && write.FilledFrom(c.Src, c.entity, name, c.Dialect) == c.stored.Attr
}

// fill gives the version to objects that get the parts of a record one by one.
func (c *carrier) fill() (filled int, ok bool) {
	ok = true
	done := map[*types.Var]bool{}
	assigned(c.Src, func(s *syntax.Site, as *ast.AssignStmt) {
		of, from, _ := c.fillsPart(s, as)
		if of == nil || done[of] || c.getsVersion(s, of) {
			return
		}
		text, fits := inType(s, from+"."+c.stored.Field, c.stored.typ, c.version.typ)
		if st, _ := s.Statement(); st != ast.Stmt(as) || !beside(s, of) || !fits || !ast.IsExported(c.version.Field) && s.Types.Path() != c.entity.Types.Path() {
			return // perhaps another one will do
		}
		done[of] = true
		filled++
		c.d.After(s, as, of.Name()+"."+c.version.Field+" = "+text)
	})
	assigned(c.Src, func(s *syntax.Site, as *ast.AssignStmt) {
		of, _, fills := c.fillsPart(s, as)
		ok = ok && (!fills || of != nil && (done[of] || c.getsVersion(s, of)))
	})
	return filled, ok
}

// beside reports a statement in the block in which a variable is declared.
func beside(s *syntax.Site, v *types.Var) bool {
	for _, n := range s.Path {
		switch n := n.(type) {
		case *ast.BlockStmt:
			scope := s.Info.Scopes[n]
			if scope == nil { // that of a function holds its parameters too
				return slices.ContainsFunc(s.Path, func(x ast.Node) bool {
					fn, ok := x.(*ast.FuncDecl)
					return ok && fn.Body == n && s.Info.Scopes[fn.Type] == v.Parent()
				})
			}
			return scope == v.Parent()
		case *ast.CaseClause, *ast.CommClause, *ast.FuncLit:
			return false
		}
	}
	return false
}

// assigned calls f for each assignment.
func assigned(src *syntax.Source, f func(*syntax.Site, *ast.AssignStmt)) {
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			if as, ok := n.(*ast.AssignStmt); ok && len(as.Lhs) == len(as.Rhs) {
				f(s.Around(as), as)
			}
			return true
		})
	}
}

// copy makes a literal of the object take the version from somewhere.
func (c *carrier) copy(s *syntax.Site, lit *ast.CompositeLit, from string, t types.Type) bool {
	if !ast.IsExported(c.version.Field) && s.Types.Path() != c.entity.Types.Path() {
		return false
	}
	text, ok := inType(s, from, t, c.version.typ)
	c.d.Elements(s, lit, []string{c.version.Field + ": " + text})
	return ok
}

// madeOtherwise reports a call that makes an object of parts of a record, without the version.
func (c *carrier) madeOtherwise() bool {
	found := false
	eachCall(c.Src, func(s *syntax.Site, call *ast.CallExpr) {
		found = found || c.gives(s.Info.TypeOf(call)) && c.takesPart(s, call.Args)
	})
	return found
}

// gives reports the results of a call that gives the object.
func (c *carrier) gives(t types.Type) bool {
	if list, ok := t.(*types.Tuple); ok {
		return list.Len() > 0 && c.entity.Is(list.At(0).Type())
	}
	return c.entity.Is(t)
}

// takesPart reports arguments that are parts of a record, more than an id and the version not among them.
func (c *carrier) takesPart(s *syntax.Site, args []ast.Expr) bool {
	parts, version := 0, false
	for _, a := range args {
		if names := c.partsOf(s, a); len(names) > 0 {
			parts++
			version = version || slices.Contains(names, c.stored.Field)
		}
	}
	return parts > 1 && !version
}

// partsOf lists the fields of a record that an expression takes, but for those in literals of the object.
func (c *carrier) partsOf(s *syntax.Site, e ast.Expr) (names []string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && c.entity.Is(s.Info.TypeOf(lit)) {
			return false
		}
		if sel, ok := n.(*ast.SelectorExpr); ok && c.record.Is(s.Info.TypeOf(sel.X)) {
			names = append(names, sel.Sel.Name)
		}
		return true
	})
	return names
}

// fillsPart gives the object that an assignment sets to a part of a record, and that record's name; fills is false where it sets
// none.
func (c *carrier) fillsPart(s *syntax.Site, as *ast.AssignStmt) (of *types.Var, from string, fills bool) {
	for i, l := range as.Lhs {
		to, ok := ast.Unparen(l).(*ast.SelectorExpr)
		if !ok || !c.entity.Is(s.Info.TypeOf(to.X)) || c.takes(s, to.X) || len(c.partsOf(s, as.Rhs[i])) == 0 {
			continue
		}
		ast.Inspect(as.Rhs[i], func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && c.record.Is(s.Info.TypeOf(sel.X)) {
				from = s.Text(sel.X)
			}
			return true
		})
		return s.Variable(to.X), from, true
	}
	return nil, "", false
}

// getsVersion reports a variable that is made by a literal with parts of a record, which has the version, that is taken out of one as
// it is, or that is assigned it.
func (c *carrier) getsVersion(s *syntax.Site, of *types.Var) bool {
	for _, a := range s.Assignments(of) {
		if lit := write.Literal(a.Value); lit != nil && selected(s, lit, c.record.Is) != nil || c.takes(s, a.Value) {
			return true
		}
	}
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != 1 || len(as.Rhs) != 1 {
			return true
		}
		sel, ok := ast.Unparen(as.Lhs[0]).(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == c.version.Field && s.Variable(sel.X) == of && c.ofRecord(s, as.Rhs[0])
		return !found
	})
	return found
}
