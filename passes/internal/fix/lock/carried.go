package lock

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Carried is Optimistic where the program works on one struct and stores another one: the version is in both, and
// everything that makes one of the other carries it along.
func Carried(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok || r.Made {
		return finding.Fix{}, false
	}
	c := &carrier{lock: lock{Request: r, d: src.Draft(), f: f, carries: true}}
	if !c.mapped() || !c.versions() || !c.decoded() || !c.alone() || !c.fits() || c.Demanded(c.stored.Attr) || !c.carry() || !c.write() {
		return finding.Fix{}, false
	}
	title := "put the item only if its " + c.version.Attr + " is still the one that was read"
	if c.stored.Added || c.version.Added {
		title = "carry a " + c.stored.Attr + " in " + c.record.Named.Obj().Name() + " and " + c.entity.Named.Obj().Name() +
			", put the item only if it is still the one that was read"
	}
	note, ok := c.others(c.record, c.stored)
	if !ok {
		return finding.Fix{}, false
	}
	title += ", and count it on" + note
	return c.d.Fix(title+write.Refused(f), true)
}

// A carrier is a lock on a domain object, the lock's value and entity, that is stored as a record. The lock's version is the
// object's.
type carrier struct {
	lock
	record *write.Entity
	stored Version
	// recordLit is the literal of the record, at the place home; mapper is the call that returns it, nil when it is in the
	// function of the write; kept is the variable that holds the record.
	recordLit *ast.CompositeLit
	home      *syntax.Site
	mapper    *ast.CallExpr
	kept      *types.Var
	// embedded is the field by which the record holds the object itself; empty where it is made of its parts.
	embedded string
	// getter is the method of the object that gives its version, where the mapper asks that one.
	getter string
}

// mapped finds the record that is put, the literal that it is made by, and the domain object in it.
func (c *carrier) mapped() bool {
	item := write.Field(c.Lit, dynamo.Item)
	if item == nil || c.SetsLater(dynamo.Item) {
		return false
	}
	if c.encoding = write.Encoded(c.lock.Request.Site, item.Value); c.encoding == nil {
		return false
	}
	arg := c.encoding.Args[0]
	if c.kept = c.Variable(arg); c.kept != nil {
		if arg = c.Definition(c.kept); arg == nil {
			return false
		}
	}
	c.home, c.recordLit = c.Site, write.Literal(arg)
	if c.recordLit == nil && !c.byMapper(arg) {
		return false
	}
	var ok bool
	if c.record, ok = write.EntityOf(c.Src, c.home.Info.TypeOf(c.recordLit)); !ok || dynamo.OwnEncoding(c.record.Named) {
		return false
	}
	source := selected(c.home, c.recordLit, func(t types.Type) bool {
		e, ok := write.EntityOf(c.Src, t)
		return ok && !c.record.Is(t) && e.Named.Obj() != c.record.Named.Obj()
	})
	if c.value = c.embeds(); c.value == nil && source != nil {
		c.value = c.home.Variable(source)
	}
	if c.value == nil {
		return false
	}
	if c.entity, ok = write.EntityOf(c.Src, c.value.Type()); !ok {
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
	s, fn := c.Src.Declared(c.Callee(call))
	if fn == nil || fn.Body == nil {
		return false
	}
	c.home, c.recordLit, c.mapper = s, madeLiteral(s, fn), call
	return c.recordLit != nil
}

// given moves from the mapper's parameter, or its receiver, to what the function of the write gives it.
func (c *carrier) given() bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](c.home)
	if !ok {
		return false
	}
	if index := c.home.Parameter(fn, c.value); index >= 0 {
		if index >= len(c.mapper.Args) {
			return false
		}
		c.value = c.Variable(c.mapper.Args[index])
		return c.value != nil
	}
	sel, ok := ast.Unparen(c.mapper.Fun).(*ast.SelectorExpr)
	if !ok || !receives(c.home, fn, c.value) {
		return false
	}
	c.value = c.Variable(sel.X)
	return c.value != nil && c.entity.Is(c.value.Type())
}

// receives reports a variable that is the receiver of a method.
func receives(s *syntax.Site, fn *ast.FuncDecl, v *types.Var) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	return f != nil && f.Signature().Recv() == v
}

// madeLiteral gives the literal that a function makes its first result of: it returns it, or the variable that holds it,
// and beside it only empty ones, with an error.
func madeLiteral(s *syntax.Site, fn *ast.FuncDecl) *ast.CompositeLit {
	var found *ast.CompositeLit
	ok := write.EveryResult(s, fn, 0, func(at *syntax.Site, e ast.Expr) bool {
		lit := write.Literal(e)
		if v := at.Variable(e); v != nil && lit == nil && at.Definition(v) != nil {
			lit = write.Literal(at.Definition(v))
		}
		switch {
		case syntax.Named(e, "nil") || lit != nil && len(lit.Elts) == 0:
			return true
		case lit == nil || found != nil && found != lit:
			return false
		}
		found = lit
		return true
	})
	if !ok {
		return nil
	}
	return found
}

// selected gives the variable of which elements of a literal take fields, or what its methods return, where its type is as
// wanted: the one that most are taken of.
func selected(s *syntax.Site, lit *ast.CompositeLit, wanted func(types.Type) bool) (found *ast.Ident) {
	times := map[*types.Var]int{}
	ast.Inspect(lit, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		id, ok := ast.Unparen(sel.X).(*ast.Ident)
		if !ok {
			return true
		}
		if v, isVar := s.Info.ObjectOf(id).(*types.Var); isVar && wanted(v.Type()) {
			times[v]++
			if found == nil || times[v] > times[s.Info.ObjectOf(found).(*types.Var)] {
				found = id
			}
		}
		return true
	})
	return found
}

// decoded reports that reads fill the record with all its attributes.
func (c *carrier) decoded() bool {
	for _, a := range c.f.Reads {
		s, ok := c.Src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
		if !ok || !decodes(s, c.record) || projects(s) {
			return false
		}
	}
	return true
}

// write counts the record's version on and puts the condition on the write.
func (c *carrier) write() bool {
	counter, ok := c.current()
	if !ok || !c.count(counter) {
		return false
	}
	if c.pointer() && (c.settable() && !c.countOnSuccess(counter) || !c.settable() && c.writtenTwice()) {
		return false
	}
	if b, built := c.Builder(); built {
		return c.buildDemand(b, c.stored.Attr, counter)
	}
	return c.demand(c.stored.Attr, counter, c.version.typ)
}

// settable reports a version that the function of the write can name.
func (c *carrier) settable() bool {
	return ast.IsExported(c.version.Field) || c.entity.Types.Path() == c.Types.Path()
}

// current gives code for the object's version in the function of the write.
func (c *carrier) current() (string, bool) {
	if c.settable() {
		return c.value.Name() + "." + c.version.Field, true
	}
	return c.value.Name() + "." + c.getter + "()", c.getter != ""
}

// count makes the record's version the next one.
func (c *carrier) count(counter string) bool {
	set := write.Field(c.recordLit, c.stored.Field)
	if set != nil && !c.isVersion(c.home, set.Value) {
		return false
	}
	if c.embedded != "" {
		return c.countEmbedded()
	}
	if c.mapper == nil {
		if set != nil {
			c.d.Insert(c.File, set.Value.End(), " + 1")
			return true
		}
		text, ok := inType(c.home, counter+" + 1", c.version.typ, c.stored.typ)
		c.d.Elements(c.home, c.recordLit, []string{c.stored.Field + ": " + text})
		return ok
	}
	return (set != nil || c.mapOut()) && c.countKept(c.mapper)
}

// countKept counts on the version of the record that is put, in a variable.
func (c *carrier) countKept(record ast.Expr) bool {
	st, _ := c.Around(c.encoding).Statement()
	if st == nil {
		return false
	}
	if c.kept != nil {
		c.d.Insert(c.File, st.Pos(), c.kept.Name()+"."+c.stored.Field+"++\n")
		return true
	}
	name := c.Fresh("record", "next")
	c.d.Insert(c.File, st.Pos(), name+" := "+c.Text(record)+"\n"+name+"."+c.stored.Field+"++\n")
	c.d.Swap(c.Site, record, name)
	return true
}

// mapOut makes the mapper set the record's version.
func (c *carrier) mapOut() bool {
	from := selected(c.home, c.recordLit, c.entity.Is)
	if from == nil || c.version.Field == "" || !ast.IsExported(c.version.Field) && c.entity.Types.Path() != c.home.Types.Path() {
		return false
	}
	text, ok := inType(c.home, from.Name+"."+c.version.Field, c.version.typ, c.stored.typ)
	c.d.Elements(c.home, c.recordLit, []string{c.stored.Field + ": " + text})
	return ok
}

// inType writes a value of one integer type as another one.
func inType(s *syntax.Site, code string, from, to types.Type) (string, bool) {
	if types.Identical(from, to) {
		return code, true
	}
	text, ok := s.TypeText(to)
	return text + "(" + code + ")", ok
}
