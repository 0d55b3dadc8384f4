package lock

import (
	"go/ast"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A handReader is a place where a struct is made of an item by hand: a literal, and the item that its function looks into.
type handReader struct {
	*syntax.Site
	fn  *ast.FuncDecl
	lit *ast.CompositeLit
	// item is the code of the item, root the variable in it.
	item string
	root *types.Var
}

// readersOf finds what makes a struct of items; ok is false where something may, and it is not seen how.
func (h *handMade) readersOf(e *write.Entity) (readers []*handReader, ok bool) {
	ok = true
	for s := range h.Src.Sites() {
		for _, decl := range s.File.Decls {
			fn, is := decl.(*ast.FuncDecl)
			if !is || fn.Body == nil {
				continue
			}
			at := s.Around(fn.Body)
			r, sure := h.readerIn(at, fn, e)
			ok = ok && sure && (r == nil || !ast.IsGenerated(s.File))
			if r != nil {
				readers = append(readers, r)
			}
		}
	}
	return readers, ok
}

// readerIn finds the one literal of a struct in a function that looks into one item; sure is false for what may be one.
func (h *handMade) readerIn(s *syntax.Site, fn *ast.FuncDecl, e *write.Entity) (r *handReader, sure bool) {
	lits := literalsOf(s, fn, e)
	items := itemsIn(s, fn)
	if len(lits) == 0 || len(items) == 0 {
		return nil, true
	}
	if !h.reads(s) {
		if Creating.MatchString(fn.Name.Name) || putsItem(s, fn) || !returnsEntity(s, fn, e) {
			return nil, true // it makes a new one, with what it has read elsewhere
		}
		if !fillsFrom(s, fn, e, h.Dialect) {
			return nil, false
		}
	}
	if len(lits) != 1 || len(items) != 1 {
		return nil, false
	}
	r = &handReader{Site: s.Around(lits[0]), fn: fn, lit: lits[0]}
	for text, root := range items {
		r.item, r.root = text, root
	}
	return r, true
}

// literalsOf lists the literals of a struct in a function, but for empty ones that it returns.
func literalsOf(s *syntax.Site, fn *ast.FuncDecl, e *write.Entity) (out []*ast.CompositeLit) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || !e.Is(s.Info.TypeOf(lit)) {
			return true
		}
		st, _ := s.Around(lit).Statement()
		if _, returned := st.(*ast.ReturnStmt); len(lit.Elts) > 0 || !returned {
			out = append(out, lit)
		}
		return true
	})
	return out
}

// itemsIn gives the items that a function takes attributes out of by their names, by the variables that hold them.
func itemsIn(s *syntax.Site, fn *ast.FuncDecl) map[string]*types.Var {
	out := map[string]*types.Var{}
	note := func(e ast.Expr) {
		if root := itemRoot(s, e); root != nil {
			out[s.Text(e)] = root
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr:
			if _, ok := s.Constant(n.Index); ok && syntax.IsItem(syntax.TypeOr(s.Info.TypeOf(n.X))) && !assignedTo(s, n) {
				note(n.X)
			}
		case *ast.CallExpr:
			if s.TakesOut(n) != "" {
				note(n.Args[0])
			}
		}
		return true
	})
	return out
}

// assignedTo reports an element that is set.
func assignedTo(s *syntax.Site, index *ast.IndexExpr) bool {
	for _, n := range s.Around(index).Path {
		if as, ok := n.(*ast.AssignStmt); ok {
			for _, l := range as.Lhs {
				if ast.Unparen(l) == ast.Expr(index) {
					return true
				}
			}
			return false
		}
	}
	return false
}

// itemRoot gives the variable that an item is, or the output of which it is the Item; nil for a map within an item.
func itemRoot(s *syntax.Site, e ast.Expr) *types.Var {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && sel.Sel.Name == dynamo.Item {
		return s.Variable(sel.X)
	}
	v := s.Variable(e)
	if v == nil {
		return nil
	}
	if def := s.Definition(v); def != nil {
		if sel, ok := ast.Unparen(def).(*ast.SelectorExpr); ok && sel.Sel.Name != dynamo.Item {
			return nil
		}
	}
	return v
}

// putsItem reports a function that puts an item.
func putsItem(s *syntax.Site, fn *ast.FuncDecl) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		found = found || ok && isPut(s.Info.TypeOf(lit))
		return !found
	})
	return found
}

// returnsEntity reports a declared function that gives out the struct, or a list of it.
func returnsEntity(s *syntax.Site, fn *ast.FuncDecl, e *write.Entity) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	return f != nil && givesStruct(f, e)
}

// fillsFrom reports a function that takes a field of the struct from an item.
func fillsFrom(s *syntax.Site, fn *ast.FuncDecl, e *write.Entity, d dynamo.Dialect) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, x := range n.Elts {
				if kv, ok := x.(*ast.KeyValueExpr); ok && e.Is(s.Info.TypeOf(n)) {
					found = found || write.AttributeFrom(s.Around(n), kv.Value, d) != ""
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
				if ok && e.Is(s.Info.TypeOf(sel.X)) && i < len(n.Rhs) {
					found = found || write.AttributeFrom(s.Around(n), n.Rhs[i], d) != ""
				}
			}
		}
		return !found
	})
	return found
}

// reads reports one of the functions by which the finding's reads are made.
func (h *handMade) reads(s *syntax.Site) bool {
	for _, a := range h.f.Reads {
		for _, at := range readPlaces(a) {
			if o, ok := h.Src.At(at); ok && o.Outermost() == s.Outermost() {
				return true
			}
		}
	}
	return false
}

// readPlaces are the places in the functions that a read goes through, below the one in which read and write meet.
func readPlaces(a finding.Access) []finding.Pos {
	out := []finding.Pos{{File: a.File, Line: a.Line, Col: a.Col}}
	for i := range a.Via {
		if i > 0 {
			out = append(out, finding.Pos{File: a.Via[i].File, Line: a.Via[i].Line})
		}
	}
	return out
}

// readBack reports that each read gives the struct by one of the readers, with all attributes of the item, and that
// nothing makes one struct of another one, which would lose the version.
func (h *handMade) readBack() bool {
	h.readers, _ = h.readersOf(h.entity)
	for _, a := range h.f.Reads {
		places := readPlaces(a)
		if len(a.Via) > 0 {
			places = append(places, finding.Pos{File: a.Via[0].File, Line: a.Via[0].Line})
		}
		found := false
		for _, p := range places {
			s, ok := h.Src.At(p)
			if !ok || projects(s) {
				return false
			}
			found = found || h.madeIn(s)
		}
		if !found {
			return false
		}
	}
	for _, r := range h.readers {
		if !r.fits() {
			return false
		}
	}
	return !h.copied()
}

// madeIn reports a function that is a reader, calls one, or has the SDK decode the struct.
func (h *handMade) madeIn(s *syntax.Site) bool {
	found := decodes(s, h.entity)
	for _, r := range h.readers {
		found = found || r.fn == s.Outermost()
	}
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		_, fn := h.Src.Declared(s.Callee(call))
		for _, r := range h.readers {
			found = found || fn != nil && r.fn == fn
		}
		return !found
	})
	return found
}

// copied reports a struct that is made of another one of the type.
func (h *handMade) copied() bool {
	found := false
	for s := range h.Src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			found = found || ok && h.entity.Is(s.Info.TypeOf(lit)) && selected(s, lit, h.entity.Is) != nil
			return !found
		})
	}
	return found
}

// fits reports that the item is at hand before the literal, and there.
func (r *handReader) fits() bool {
	st, list := r.Statement()
	if st == nil || r.root.Pos() > st.Pos() || !r.Names(r.root.Name(), r.root) || len(r.lit.Elts) > 0 && !syntax.IsKeyed(r.lit) {
		return false
	}
	if syntax.IsItem(r.root.Type()) {
		return true // nothing can be taken out of nil
	}
	all := r.Assignments(r.root)
	if len(all) != 1 {
		return false
	}
	as, ok := all[0].Stmt.(*ast.AssignStmt)
	if !ok {
		return false
	}
	branch, _ := pin.ErrorOf(r.Site, as)
	return branch != nil && branch.End() < st.Pos() && len(list) > 0
}

// edit makes the reader take the version out of the item.
func (r *handReader) edit(h *handMade) bool {
	st, _ := r.Statement()
	name := r.Fresh("version", "itemVersion")
	number, ok, parsed := r.Fresh("n", "number"), "ok", r.Fresh("parsed", "counted")
	conv, used := h.d.Use(r.Site, "strconv", "strconv")
	q, typed := h.d.Use(r.Site, h.Dialect.Types, h.Dialect.Qualifier())
	if !used || !typed {
		return false
	}
	take, text := number+", "+ok+" := "+r.item+"["+strconv.Quote(h.version.Attr)+"].(*"+q+".AttributeValueMemberN); "+ok, number+".Value"
	if h.Dialect.V1 {
		take, text = number+" := "+r.item+"["+strconv.Quote(h.version.Attr)+"]; "+number+" != nil && "+number+".N != nil", "*"+number+".N"
	}
	parse := conv + ".ParseInt(" + text + ", 10, 64)"
	code := "var " + name + " " + h.version.typ.String() + "\nif " + take + " {\n"
	if back, fails := r.Returning("err"); fails {
		code += parsed + ", err := " + parse + "\nif err != nil {\n" + back + "\n}\n" + name + " = " + parsed + "\n}\n"
	} else {
		code += name + ", _ = " + parse + " // the condition refuses what is no number\n}\n"
	}
	h.d.Insert(r.File, st.Pos(), code)
	h.d.Elements(r.Site, r.lit, []string{h.version.Field + ": " + name})
	return true
}
