package fix

import (
	"go/ast"
	"go/types"
	"slices"
)

// Mappers make a record of a domain object, and a domain object of a record. A version is carried through them, under
// whatever name the object has it, where every one of them is seen: what makes an object without its version would have its
// writes refused for ever.

// versions finds the version of the record, and the field that carries it in the domain object.
func (c *carrier) versions() bool {
	var ok bool
	if c.stored, ok = c.record.version(c.dialect); !ok || !c.record.keyedOnly() || !c.entity.keyedOnly() {
		return false
	}
	if c.embedded != "" {
		c.stored, ok = c.entity.version(c.dialect)
		c.version = c.stored
		return ok && (!c.stored.added || c.record.lacks(c.stored, c.dialect))
	}
	c.version = c.stored
	name := c.carriedIn()
	for f := range c.entity.typ.Fields() {
		if name == "" && c.fills(f.Name()) {
			name = f.Name()
		}
	}
	if name == "" {
		name = c.stored.field
	}
	for f := range c.entity.typ.Fields() {
		if f.Name() != name {
			continue
		}
		if c.stored.added {
			c.stored.typ = f.Type() // the record takes after the object
		}
		c.version = version{field: name, attr: c.stored.attr, typ: f.Type()}
		return basicInteger(f.Type()) && basicInteger(c.stored.typ) && c.asked()
	}
	c.version.added = true
	_, basic := types.Unalias(c.stored.typ).(*types.Basic)
	return basic && c.entity.lacks(c.version, c.dialect)
}

func basicInteger(t types.Type) bool {
	b, ok := types.Unalias(t).(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// carriedIn gives the object's field that is filled with the version of a record; empty where none is.
func (c *carrier) carriedIn() (name string) {
	c.src.literals(c.entity, func(s *site, lit *ast.CompositeLit) {
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
func (c *carrier) ofRecord(s *site, e ast.Expr) bool {
	sel, ok := s.converted(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == c.stored.field && c.record.is(s.Info.TypeOf(sel.X))
}

// asked finds the method by which the mapper asks for the version, where it does not take the field.
func (c *carrier) asked() bool {
	set := field(c.recordLit, c.stored.field)
	if set == nil {
		return true
	}
	if call, ok := c.home.converted(set.Value).(*ast.CallExpr); ok && c.isVersion(c.home, call) {
		c.getter = calledName(call).Name
	}
	return c.isVersion(c.home, set.Value)
}

// isVersion reports the version of a domain object: its field, or what a method returns that returns just that.
func (c *carrier) isVersion(s *site, e ast.Expr) bool {
	switch x := s.converted(e).(type) {
	case *ast.SelectorExpr:
		return x.Sel.Name == c.version.field && c.entity.is(s.Info.TypeOf(x.X))
	case *ast.CallExpr:
		sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
		if !ok || len(x.Args) > 0 || !c.entity.is(s.Info.TypeOf(sel.X)) {
			return false
		}
		return c.src.gets(s.callee(x)) == c.version.field
	}
	return false
}

// gets gives the field of its receiver that a method returns, and does nothing else.
func (src *Source) gets(f *types.Func) string {
	s, fn := src.declared(f)
	if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 || fn.Recv == nil || len(fn.Recv.List[0].Names) != 1 {
		return ""
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return ""
	}
	sel, ok := s.converted(ret.Results[0]).(*ast.SelectorExpr)
	if !ok || !named(sel.X, fn.Recv.List[0].Names[0].Name) {
		return ""
	}
	return sel.Sel.Name
}

// getter gives the exported method of an entity that returns a version in a field which other packages cannot name; empty where
// there is none.
func (e *entity) getter(f *types.Var) string {
	if !lockName.MatchString(f.Name()) {
		return ""
	}
	for m := range types.NewMethodSet(types.NewPointer(e.named)).Methods() {
		fn, ok := m.Obj().(*types.Func)
		if ok && fn.Exported() && fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 1 &&
			types.Identical(fn.Signature().Results().At(0).Type(), f.Type()) && e.src.gets(fn) == f.Name() {
			return fn.Name()
		}
	}
	return ""
}

// literals calls f for each literal of an entity.
func (src *Source) literals(e *entity, f func(*site, *ast.CompositeLit)) {
	for _, pkg := range src.Packages {
		for _, file := range pkg.Files {
			s := &site{src: src, Package: pkg, file: file}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.CompositeLit); ok && e.is(pkg.Info.TypeOf(lit)) {
					f(s.around(lit), lit)
				}
				return true
			})
		}
	}
}

// carry adds the fields, and the version to all that makes the domain object of a record or of another domain object. ok is
// false where one of these does something else with it, or makes the object in another way than by a literal.
func (c *carrier) carry() bool {
	if c.embedded != "" {
		c.entity.add(c.d, c.version)
	} else {
		c.record.add(c.d, c.stored)
		c.entity.carry(c.d, c.version)
	}
	back, ok := 0, true
	c.src.literals(c.entity, func(s *site, lit *ast.CompositeLit) {
		set := field(lit, c.version.field)
		if id := s.selected(lit, c.record.is); id != nil {
			back++
			ok = ok && (set != nil && c.ofRecord(s, set.Value) || set == nil && c.copy(s, lit, id.Name+"."+c.stored.field, c.stored.typ))
		} else if id := s.selected(lit, c.entity.is); id != nil && set == nil {
			ok = ok && c.copy(s, lit, id.Name+"."+c.version.field, c.version.typ)
		}
	})
	filled, fits := c.fill()
	return ok && fits && (back+filled > 0 || c.takenOut() || c.fills(c.version.field)) && !c.madeOtherwise()
}

// fills reports a field of the object that is filled with the version of the item, by a constructor too.
func (c *carrier) fills(name string) bool {
	return !c.stored.added && c.src.filledFrom(c.entity, name, c.dialect) == c.stored.attr
}

// fill gives the version to objects that get the parts of a record one by one.
func (c *carrier) fill() (filled int, ok bool) {
	ok = true
	done := map[*types.Var]bool{}
	c.src.assigned(func(s *site, as *ast.AssignStmt) {
		of, from, _ := c.fillsPart(s, as)
		if of == nil || done[of] || c.getsVersion(s, of) {
			return
		}
		text, fits := s.inType(from+"."+c.stored.field, c.stored.typ, c.version.typ)
		if st, _ := s.statement(); st != ast.Stmt(as) || !s.beside(of) || !fits || !ast.IsExported(c.version.field) && s.Types.Path() != c.entity.Types.Path() {
			return // perhaps another one will do
		}
		done[of] = true
		filled++
		c.d.after(s, as, of.Name()+"."+c.version.field+" = "+text)
	})
	c.src.assigned(func(s *site, as *ast.AssignStmt) {
		of, _, fills := c.fillsPart(s, as)
		ok = ok && (!fills || of != nil && (done[of] || c.getsVersion(s, of)))
	})
	return filled, ok
}

// beside reports a statement in the block in which a variable is declared.
func (s *site) beside(v *types.Var) bool {
	for _, n := range s.path {
		switch n := n.(type) {
		case *ast.BlockStmt:
			scope := s.Info.Scopes[n]
			if scope == nil { // that of a function holds its parameters too
				return slices.ContainsFunc(s.path, func(x ast.Node) bool {
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
func (src *Source) assigned(f func(*site, *ast.AssignStmt)) {
	for _, pkg := range src.Packages {
		for _, file := range pkg.Files {
			s := &site{src: src, Package: pkg, file: file}
			ast.Inspect(file, func(n ast.Node) bool {
				if as, ok := n.(*ast.AssignStmt); ok && len(as.Lhs) == len(as.Rhs) {
					f(s.around(as), as)
				}
				return true
			})
		}
	}
}

// copy makes a literal of the object take the version from somewhere.
func (c *carrier) copy(s *site, lit *ast.CompositeLit, from string, t types.Type) bool {
	if !ast.IsExported(c.version.field) && s.Types.Path() != c.entity.Types.Path() {
		return false
	}
	text, ok := s.inType(from, t, c.version.typ)
	c.d.elements(s, lit, []string{c.version.field + ": " + text})
	return ok
}

// madeOtherwise reports a call that makes an object of parts of a record, without the version.
func (c *carrier) madeOtherwise() bool {
	found := false
	c.src.eachCall(func(s *site, call *ast.CallExpr) {
		found = found || c.gives(s.Info.TypeOf(call)) && c.takesPart(s, call.Args)
	})
	return found
}

// gives reports the results of a call that gives the object.
func (c *carrier) gives(t types.Type) bool {
	if list, ok := t.(*types.Tuple); ok {
		return list.Len() > 0 && c.entity.is(list.At(0).Type())
	}
	return c.entity.is(t)
}

// takesPart reports arguments that are parts of a record, more than an id and the version not among them.
func (c *carrier) takesPart(s *site, args []ast.Expr) bool {
	parts, version := 0, false
	for _, a := range args {
		if names := c.partsOf(s, a); len(names) > 0 {
			parts++
			version = version || slices.Contains(names, c.stored.field)
		}
	}
	return parts > 1 && !version
}

// partsOf lists the fields of a record that an expression takes, but for those in literals of the object.
func (c *carrier) partsOf(s *site, e ast.Expr) (names []string) {
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && c.entity.is(s.Info.TypeOf(lit)) {
			return false
		}
		if sel, ok := n.(*ast.SelectorExpr); ok && c.record.is(s.Info.TypeOf(sel.X)) {
			names = append(names, sel.Sel.Name)
		}
		return true
	})
	return names
}

// fillsPart gives the object that an assignment sets to a part of a record, and that record's name; fills is false where it sets
// none.
func (c *carrier) fillsPart(s *site, as *ast.AssignStmt) (of *types.Var, from string, fills bool) {
	for i, l := range as.Lhs {
		to, ok := ast.Unparen(l).(*ast.SelectorExpr)
		if !ok || !c.entity.is(s.Info.TypeOf(to.X)) || c.takes(s, to.X) || len(c.partsOf(s, as.Rhs[i])) == 0 {
			continue
		}
		ast.Inspect(as.Rhs[i], func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && c.record.is(s.Info.TypeOf(sel.X)) {
				from = s.text(sel.X)
			}
			return true
		})
		return s.variable(to.X), from, true
	}
	return nil, "", false
}

// getsVersion reports a variable that is made by a literal with parts of a record, which has the version, that is taken out of one as
// it is, or that is assigned it.
func (c *carrier) getsVersion(s *site, of *types.Var) bool {
	for _, a := range s.assignments(of) {
		if lit := literal(a.value); lit != nil && s.selected(lit, c.record.is) != nil || c.takes(s, a.value) {
			return true
		}
	}
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != 1 || len(as.Rhs) != 1 {
			return true
		}
		sel, ok := ast.Unparen(as.Lhs[0]).(*ast.SelectorExpr)
		found = found || ok && sel.Sel.Name == c.version.field && s.variable(sel.X) == of && c.ofRecord(s, as.Rhs[0])
		return !found
	})
	return found
}
