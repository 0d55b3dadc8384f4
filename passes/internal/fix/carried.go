package fix

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// carriedLock is optimisticLock where the program works on one struct and stores another one: the version is in both, and
// everything that makes one of the other carries it along.
func carriedLock(src *Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := src.request(f.Writes[0])
	if !ok || r.made {
		return finding.Fix{}, false
	}
	c := &carrier{lock: lock{request: r, d: src.draft(), f: f, carries: true}}
	if !c.mapped() || !c.versions() || !c.decoded() || !c.alone() || !c.fits() || c.demanded(c.stored.attr) || !c.carry() || !c.write() {
		return finding.Fix{}, false
	}
	title := "put the item only if its " + c.version.attr + " is still the one that was read"
	if c.stored.added || c.version.added {
		title = "carry a " + c.stored.attr + " in " + c.record.named.Obj().Name() + " and " + c.entity.named.Obj().Name() +
			", put the item only if it is still the one that was read"
	}
	note, ok := c.others(c.record, c.stored)
	if !ok {
		return finding.Fix{}, false
	}
	title += ", and count it on" + note
	return c.d.fix(title+refused(f), true)
}

// A carrier is a lock on a domain object, the lock's value and entity, that is stored as a record.
type carrier struct {
	lock
	record *entity
	stored version
	// recordLit is the literal of the record, at the place home; mapper is the call that returns it, nil when it is in the
	// function of the write; kept is the variable that holds the record.
	recordLit *ast.CompositeLit
	home      *site
	mapper    *ast.CallExpr
	kept      *types.Var
}

// mapped finds the record that is put, the literal that it is made by, and the domain object in it.
func (c *carrier) mapped() bool {
	item := field(c.lit, dynamo.Item)
	if item == nil || c.setsLater(dynamo.Item) {
		return false
	}
	if c.encoding = c.encoded(item.Value); c.encoding == nil {
		return false
	}
	arg := c.encoding.Args[0]
	if c.kept = c.variable(arg); c.kept != nil {
		if arg = c.definition(c.kept); arg == nil {
			return false
		}
	}
	c.home, c.recordLit = c.site, literal(arg)
	if c.recordLit == nil && !c.byMapper(arg) {
		return false
	}
	var ok bool
	if c.record, ok = c.src.entity(c.home.Info.TypeOf(c.recordLit)); !ok || dynamo.OwnEncoding(c.record.named) {
		return false
	}
	source := c.home.selected(c.recordLit, func(t types.Type) bool {
		e, ok := c.src.entity(t)
		return ok && !c.record.is(t) && e.named.Obj() != c.record.named.Obj()
	})
	if source == nil {
		return false
	}
	if c.value = c.home.variable(source); c.value == nil {
		return false
	}
	if c.entity, ok = c.src.entity(c.value.Type()); !ok {
		return false
	}
	return c.mapper == nil || c.given()
}

// byMapper finds the literal in the function that returns the record.
func (c *carrier) byMapper(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	s, fn := c.src.declared(c.callee(call))
	if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 {
		return false
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return false
	}
	c.home, c.recordLit, c.mapper = s, literal(ret.Results[0]), call
	return c.recordLit != nil
}

// given moves from the mapper's parameter to what the function of the write gives it.
func (c *carrier) given() bool {
	fn, ok := enclosing[*ast.FuncDecl](c.home)
	if !ok {
		return false
	}
	index := c.home.parameter(fn, c.value)
	if index < 0 || index >= len(c.mapper.Args) {
		return false
	}
	c.value = c.variable(c.mapper.Args[index])
	return c.value != nil
}

// selected gives the variable of which an element of a literal takes a field, where its type is as wanted.
func (s *site) selected(lit *ast.CompositeLit, wanted func(types.Type) bool) (found *ast.Ident) {
	ast.Inspect(lit, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || found != nil {
			return found == nil
		}
		id, ok := ast.Unparen(sel.X).(*ast.Ident)
		if v, isVar := s.Info.ObjectOf(id).(*types.Var); ok && isVar && wanted(v.Type()) {
			found = id
		}
		return found == nil
	})
	return found
}

// versions finds the version of the record, and the field of the same name that carries it in the domain object.
func (c *carrier) versions() bool {
	var ok bool
	if c.stored, ok = c.record.version(c.dialect); !ok || !c.record.keyedOnly() || !c.entity.keyedOnly() {
		return false
	}
	c.version = c.stored
	c.version.added = true
	for f := range c.entity.typ.Fields() {
		if f.Name() == c.stored.field {
			c.version.added = false
			if c.stored.added {
				c.stored.typ = f.Type() // the record takes after the object
			}
			b, ok := types.Unalias(f.Type()).(*types.Basic)
			return ok && b.Info()&types.IsInteger != 0 && types.Identical(f.Type(), c.stored.typ)
		}
	}
	_, basic := types.Unalias(c.stored.typ).(*types.Basic)
	return basic && c.entity.lacks(c.version, c.dialect)
}

// decoded reports that reads fill the record with all its attributes, and that something makes the domain object of it.
func (c *carrier) decoded() bool {
	for _, a := range c.f.Reads {
		s, ok := c.src.at(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
		if !ok || !s.decodes(c.record) || s.projects() {
			return false
		}
	}
	return true
}

// carry adds the fields, and the version to all that makes the domain object of a record or of another domain object.
func (c *carrier) carry() bool {
	c.record.add(c.d, c.stored)
	c.entity.add(c.d, c.version)
	back := 0
	for _, pkg := range c.src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: c.src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok || !c.entity.is(pkg.Info.TypeOf(lit)) {
					return true
				}
				at := s.around(lit)
				if id := at.selected(lit, c.record.is); id != nil {
					back++
					c.copy(at, lit, id.Name)
				} else if id := at.selected(lit, c.entity.is); id != nil {
					c.copy(at, lit, id.Name)
				}
				return true
			})
		}
	}
	return back > 0
}

// copy makes a literal take the version from a variable, unless it sets it already.
func (c *carrier) copy(s *site, lit *ast.CompositeLit, from string) {
	if field(lit, c.stored.field) == nil {
		c.d.elements(s, lit, []string{c.stored.field + ": " + from + "." + c.stored.field})
	}
}

// write counts the record's version on and puts the condition on the write.
func (c *carrier) write() bool {
	counter := c.value.Name() + "." + c.stored.field
	if !c.count(counter) {
		return false
	}
	if c.pointer() && !c.told(counter) {
		return false
	}
	if b, built := c.builder(); built {
		return c.buildDemand(b, c.stored.attr, counter)
	}
	return c.demand(c.stored.attr, counter, c.stored.typ)
}

// count makes the record's version the next one.
func (c *carrier) count(counter string) bool {
	set := field(c.recordLit, c.stored.field)
	if c.mapper == nil {
		switch {
		case set == nil:
			c.d.elements(c.home, c.recordLit, []string{c.stored.field + ": " + counter + " + 1"})
		case c.text(set.Value) == counter:
			c.d.insert(c.file, set.Value.End(), " + 1")
		default:
			return false
		}
		return true
	}
	from := c.home.selected(c.recordLit, c.entity.is)
	if from == nil {
		return false
	}
	if set == nil {
		c.d.elements(c.home, c.recordLit, []string{c.stored.field + ": " + from.Name + "." + c.stored.field})
	} else if c.home.text(set.Value) != from.Name+"."+c.stored.field {
		return false
	}
	if c.kept != nil {
		st, _ := c.around(c.mapper).statement()
		if _, ok := st.(*ast.AssignStmt); !ok {
			return false
		}
		c.d.after(c.site, st, c.kept.Name()+"."+c.stored.field+"++")
		return true
	}
	st, _ := c.around(c.encoding).statement()
	if st == nil {
		return false
	}
	name := c.fresh("record", "next")
	c.d.insert(c.file, st.Pos(), name+" := "+c.text(c.mapper)+"\n"+name+"."+c.stored.field+"++\n")
	c.d.swap(c.site, c.mapper, name)
	return true
}

// told tells the caller of the version that the item has after the write.
func (c *carrier) told(counter string) bool {
	st, _ := c.statement()
	switch st := st.(type) {
	case *ast.AssignStmt:
		err, ok := st.Lhs[len(st.Lhs)-1].(*ast.Ident)
		if !ok || err.Name == "_" || !isError(c.Info.TypeOf(err)) || st.Tok != token.ASSIGN && st.Tok != token.DEFINE {
			return false
		}
		c.d.after(c.site, st, "if "+err.Name+" == nil {\n"+counter+"++\n}")
		return true
	case *ast.IfStmt:
		branch, _ := c.onError(c.call)
		if branch == nil || st.Else != nil || len(branch.List) == 0 {
			return false
		}
		if _, ok := branch.List[len(branch.List)-1].(*ast.ReturnStmt); !ok {
			return false
		}
		c.d.after(c.site, st, counter+"++")
		return true
	}
	return false
}
