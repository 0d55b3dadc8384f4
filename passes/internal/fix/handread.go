package fix

import (
	"go/ast"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A handReader is a place where a struct is made of an item by hand: a literal, and the item that its function looks into.
type handReader struct {
	*site
	fn  *ast.FuncDecl
	lit *ast.CompositeLit
	// item is the code of the item, root the variable in it.
	item string
	root *types.Var
}

// readersOf finds what makes a struct of items; ok is false where something may, and it is not seen how.
func (h *handMade) readersOf(e *entity) (readers []*handReader, ok bool) {
	ok = true
	for _, pkg := range h.src.Packages {
		for _, f := range pkg.Files {
			for _, decl := range f.Decls {
				fn, is := decl.(*ast.FuncDecl)
				if !is || fn.Body == nil {
					continue
				}
				s := (&site{src: h.src, Package: pkg, file: f}).around(fn.Body)
				r, sure := h.readerIn(s, fn, e)
				ok = ok && sure && (r == nil || !ast.IsGenerated(f))
				if r != nil {
					readers = append(readers, r)
				}
			}
		}
	}
	return readers, ok
}

// readerIn finds the one literal of a struct in a function that looks into one item; sure is false for what may be one.
func (h *handMade) readerIn(s *site, fn *ast.FuncDecl, e *entity) (r *handReader, sure bool) {
	lits := s.literalsOf(fn, e)
	items := s.itemsIn(fn)
	if len(lits) == 0 || len(items) == 0 {
		return nil, true
	}
	if !h.reads(s) {
		if creating.MatchString(fn.Name.Name) || s.putsItem(fn) || !returnsEntity(s, fn, e) {
			return nil, true // it makes a new one, with what it has read elsewhere
		}
		if !s.fillsFrom(fn, e, h.dialect) {
			return nil, false
		}
	}
	if len(lits) != 1 || len(items) != 1 {
		return nil, false
	}
	r = &handReader{site: s.around(lits[0]), fn: fn, lit: lits[0]}
	for text, root := range items {
		r.item, r.root = text, root
	}
	return r, true
}

// literalsOf lists the literals of a struct in a function, but for empty ones that it returns.
func (s *site) literalsOf(fn *ast.FuncDecl, e *entity) (out []*ast.CompositeLit) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || !e.is(s.Info.TypeOf(lit)) {
			return true
		}
		st, _ := s.around(lit).statement()
		if _, returned := st.(*ast.ReturnStmt); len(lit.Elts) > 0 || !returned {
			out = append(out, lit)
		}
		return true
	})
	return out
}

// itemsIn gives the items that a function takes attributes out of by their names, by the variables that hold them.
func (s *site) itemsIn(fn *ast.FuncDecl) map[string]*types.Var {
	out := map[string]*types.Var{}
	note := func(e ast.Expr) {
		if root := s.itemRoot(e); root != nil {
			out[s.text(e)] = root
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr:
			if _, ok := s.constant(n.Index); ok && isItem(typeOr(s.Info.TypeOf(n.X))) && !s.assignedTo(n) {
				note(n.X)
			}
		case *ast.CallExpr:
			if s.takesOut(n) != "" {
				note(n.Args[0])
			}
		}
		return true
	})
	return out
}

// assignedTo reports an element that is set.
func (s *site) assignedTo(index *ast.IndexExpr) bool {
	for _, n := range s.around(index).path {
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
func (s *site) itemRoot(e ast.Expr) *types.Var {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && sel.Sel.Name == dynamo.Item {
		return s.variable(sel.X)
	}
	v := s.variable(e)
	if v == nil {
		return nil
	}
	if def := s.definition(v); def != nil {
		if sel, ok := ast.Unparen(def).(*ast.SelectorExpr); ok && sel.Sel.Name != dynamo.Item {
			return nil
		}
	}
	return v
}

// putsItem reports a function that puts an item.
func (s *site) putsItem(fn *ast.FuncDecl) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		found = found || ok && isPut(s.Info.TypeOf(lit))
		return !found
	})
	return found
}

// returnsEntity reports a declared function that gives out the struct, or a list of it.
func returnsEntity(s *site, fn *ast.FuncDecl, e *entity) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	return f != nil && givesStruct(f, e)
}

// fillsFrom reports a function that takes a field of the struct from an item.
func (s *site) fillsFrom(fn *ast.FuncDecl, e *entity, d dynamo.Dialect) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, x := range n.Elts {
				if kv, ok := x.(*ast.KeyValueExpr); ok && e.is(s.Info.TypeOf(n)) {
					found = found || s.around(n).attributeFrom(kv.Value, d) != ""
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
				if ok && e.is(s.Info.TypeOf(sel.X)) && i < len(n.Rhs) {
					found = found || s.around(n).attributeFrom(n.Rhs[i], d) != ""
				}
			}
		}
		return !found
	})
	return found
}

// reads reports one of the functions by which the finding's reads are made.
func (h *handMade) reads(s *site) bool {
	for _, a := range h.f.Reads {
		for _, at := range readPlaces(a) {
			if o, ok := h.src.at(at); ok && o.outermost() == s.outermost() {
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
			s, ok := h.src.at(p)
			if !ok || s.projects() {
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
func (h *handMade) madeIn(s *site) bool {
	found := s.decodes(h.entity)
	for _, r := range h.readers {
		found = found || r.fn == s.outermost()
	}
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		_, fn := h.src.declared(s.callee(call))
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
	for _, pkg := range h.src.Packages {
		for _, f := range pkg.Files {
			s := &site{src: h.src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				found = found || ok && h.entity.is(pkg.Info.TypeOf(lit)) && s.selected(lit, h.entity.is) != nil
				return !found
			})
		}
	}
	return found
}

// fits reports that the item is at hand before the literal, and there.
func (r *handReader) fits() bool {
	st, list := r.statement()
	if st == nil || r.root.Pos() > st.Pos() || !r.names(r.root.Name(), r.root) || len(r.lit.Elts) > 0 && !isKeyed(r.lit) {
		return false
	}
	if isItem(r.root.Type()) {
		return true // nothing can be taken out of nil
	}
	all := r.assignments(r.root)
	if len(all) != 1 {
		return false
	}
	as, ok := all[0].stmt.(*ast.AssignStmt)
	if !ok {
		return false
	}
	branch, _ := r.errorOf(as)
	return branch != nil && branch.End() < st.Pos() && len(list) > 0
}

func isKeyed(lit *ast.CompositeLit) bool {
	_, ok := lit.Elts[0].(*ast.KeyValueExpr)
	return ok
}

// edit makes the reader take the version out of the item.
func (r *handReader) edit(h *handMade) bool {
	st, _ := r.statement()
	name := r.fresh("version", "itemVersion")
	number, ok, parsed := r.fresh("n", "number"), "ok", r.fresh("parsed", "counted")
	conv, used := h.d.use(r.site, "strconv", "strconv")
	q, typed := h.d.use(r.site, h.dialect.Types, h.dialect.Qualifier())
	if !used || !typed {
		return false
	}
	take, text := number+", "+ok+" := "+r.item+"["+strconv.Quote(h.version.attr)+"].(*"+q+".AttributeValueMemberN); "+ok, number+".Value"
	if h.dialect.V1 {
		take, text = number+" := "+r.item+"["+strconv.Quote(h.version.attr)+"]; "+number+" != nil && "+number+".N != nil", "*"+number+".N"
	}
	parse := conv + ".ParseInt(" + text + ", 10, 64)"
	code := "var " + name + " " + h.version.typ.String() + "\nif " + take + " {\n"
	if back, fails := r.returning("err"); fails {
		code += parsed + ", err := " + parse + "\nif err != nil {\n" + back + "\n}\n" + name + " = " + parsed + "\n}\n"
	} else {
		code += name + ", _ = " + parse + " // the condition refuses what is no number\n}\n"
	}
	h.d.insert(r.file, st.Pos(), code)
	h.d.elements(r.site, r.lit, []string{h.version.field + ": " + name})
	return true
}
