package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A struct that is made anew has no version to give. So what the put gets on the finding's way must be what was read, from
// function to function, and other callers must hand on what they have read as well, or make new items.

// handedOn follows what is put to the function that has read it.
func (h *handMade) handedOn() bool {
	v, at := h.value, h.site
	via := h.f.Writes[0].Via
	for i := len(via) - 1; i >= 0; i-- {
		fn := at.innermost()
		index := at.parameterOf(fn, v)
		if index < 0 {
			break
		}
		call := h.callAt(via[i], at, fn)
		if call == nil || index >= len(call.call.Args) || call.call.Ellipsis.IsValid() || len(at.assignments(v)) > 0 {
			return false
		}
		at = call.site
		if v = at.variable(call.call.Args[index]); v == nil {
			return false
		}
	}
	return at.parameterOf(at.innermost(), v) < 0 && h.holdsRead(at, v)
}

// innermost gives the function around a place.
func (s *site) innermost() ast.Node {
	for _, n := range s.path {
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return n
		}
	}
	return nil
}

// signature gives the type of a function, declared or literal.
func (s *site) signatureOf(fn ast.Node) *types.Signature {
	var t types.Type
	switch fn := fn.(type) {
	case *ast.FuncLit:
		t = s.Info.TypeOf(fn)
	case *ast.FuncDecl:
		t = s.Info.TypeOf(fn.Name)
	}
	sig, _ := t.(*types.Signature)
	return sig
}

// parameterOf gives the place of a variable among the parameters of a function; -1 when it is none.
func (s *site) parameterOf(fn ast.Node, v *types.Var) int {
	sig := s.signatureOf(fn)
	if sig == nil || sig.Variadic() {
		return -1
	}
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v {
			return i
		}
	}
	return -1
}

// callAt finds the call of a function on the line of a frame: by its name, or for a literal by the type of what is called.
func (h *handMade) callAt(frame finding.Frame, of *site, fn ast.Node) *calling {
	s, ok := h.src.at(finding.Pos{File: frame.File, Line: frame.Line})
	if !ok {
		return nil
	}
	sig := of.signatureOf(fn)
	var found []*ast.CallExpr
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || h.src.Fset.Position(call.Lparen).Line != frame.Line {
			return true
		}
		decl, declared := fn.(*ast.FuncDecl)
		callee := s.callee(call)
		switch t := s.Info.TypeOf(call.Fun).(type) {
		case *types.Signature:
			if declared && callee != nil && callee.Name() == decl.Name.Name || !declared && callee == nil && types.Identical(t, sig) {
				found = append(found, call)
			}
		case *types.Named:
			if !declared && callee == nil && types.Identical(t.Underlying(), sig) {
				found = append(found, call)
			}
		}
		return true
	})
	if len(found) != 1 {
		return nil
	}
	return &calling{s.around(found[0]), found[0]}
}

// holdsRead reports a variable that holds what a read of the finding has found, or what a reader has made of it.
func (h *handMade) holdsRead(s *site, v *types.Var) bool {
	if len(h.f.Reads) != 1 {
		return false
	}
	a := h.f.Reads[0]
	lines := []finding.Pos{{File: a.File, Line: a.Line}}
	for _, frame := range a.Via {
		lines = append(lines, finding.Pos{File: frame.File, Line: frame.Line})
	}
	for _, p := range lines {
		if o, ok := h.src.at(p); ok && o.outermost() == s.outermost() && s.comesFrom(v, p.Line, 0) {
			return true
		}
	}
	all := s.assignments(v)
	for _, a := range all {
		for _, r := range h.readers {
			if len(all) == 1 && literal(a.value) == r.lit {
				return true
			}
		}
	}
	return false
}

// callersHandOn reports that the function of the put is only called, and by callers which put what they have once, unless
// the put tells them of the new version, and have it from a read or make it new.
func (h *handMade) callersHandOn() bool {
	fn, ok := enclosing[*ast.FuncDecl](h.site)
	return ok && (&handCallers{handMade: h, seen: map[*ast.FuncDecl]bool{}, puts: map[*types.Var]*ast.CallExpr{}}).handOn(h.site, fn, h.value)
}

// handCallers are the functions that hand something on to a put, how often each variable.
type handCallers struct {
	*handMade
	seen map[*ast.FuncDecl]bool
	puts map[*types.Var]*ast.CallExpr
}

func (h *handCallers) handOn(s *site, fn *ast.FuncDecl, v *types.Var) bool {
	index := s.parameter(fn, v)
	if index < 0 || h.seen[fn] {
		return true
	}
	h.seen[fn] = true
	if h.src.isValue(s, fn) {
		return false
	}
	mine, _ := s.Info.Defs[fn.Name].(*types.Func)
	_, told := v.Type().Underlying().(*types.Pointer)
	for _, c := range h.src.calls(mine, index, h.entity) {
		in, ok := enclosing[*ast.FuncDecl](c.site)
		arg := c.call.Args[index]
		if !ok || c.projects() || !h.known(c, in, arg, 0) {
			return false
		}
		w := c.variable(arg)
		if w == nil {
			continue
		}
		before := h.puts[w]
		h.puts[w] = c.call
		if !told && (before != nil && !c.exclusive(before, c.call) || c.repeated(w.Pos())) || !h.handOn(c.site, in, w) {
			return false
		}
	}
	return true
}

// known reports that what a caller puts was read by it, or is new. What a struct or a map keeps has the version that it had when
// it was kept.
func (h *handMade) known(c calling, in *ast.FuncDecl, e ast.Expr, depth int) bool {
	if v := c.variable(e); v != nil {
		return depth < 5 && h.knownVariable(c, in, v, depth)
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return c.isMadeNew(in, x) || h.readBy(c.callee(x), 0)
	case *ast.IndexExpr:
		return c.variable(x.X) != nil && h.known(c, in, x.X, depth+1)
	case *ast.UnaryExpr:
		return h.known(c, in, x.X, depth+1)
	}
	lit := literal(e)
	return lit != nil && (slices.ContainsFunc(h.readers, func(r *handReader) bool { return r.lit == lit }) || h.creates(c.site, in, lit))
}

// knownVariable is known for all that a variable holds.
func (h *handMade) knownVariable(c calling, in *ast.FuncDecl, v *types.Var, depth int) bool {
	if c.parameterOf(in, v) >= 0 {
		return true // its callers are asked
	}
	for _, n := range c.path {
		if lit, ok := n.(*ast.FuncLit); ok && c.parameterOf(lit, v) >= 0 {
			return h.knownInLiteral(c, lit, c.parameterOf(lit, v), depth)
		}
	}
	filled, empty := c.filledBy(v), true
	for _, a := range c.assignments(v) {
		if lit := literal(a.value); lit != nil && len(lit.Elts) == 0 || c.isNew(a.value) {
			continue
		}
		if empty = false; !c.gathered(v, a.value) && !h.known(c, in, a.value, depth+1) {
			return false
		}
	}
	if !empty {
		return true
	}
	return filled == nil || creating.MatchString(in.Name.Name) || h.readBy(c.callee(filled), 0)
}

// knownInLiteral is known for what a function literal is given by the function of the source that it is handed to.
func (h *handMade) knownInLiteral(c calling, lit *ast.FuncLit, index, depth int) bool {
	for _, n := range c.around(lit).path {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		s, fn := h.src.declared(c.callee(call))
		i := slices.IndexFunc(call.Args, func(a ast.Expr) bool { return a == ast.Expr(lit) })
		if fn == nil || fn.Body == nil || i < 0 {
			return false
		}
		return h.knownBySelf(s.around(fn.Body), fn, i, index, depth)
	}
	return false
}

// knownBySelf is known for what a function gives to the function that is its parameter.
func (h *handMade) knownBySelf(s *site, fn *ast.FuncDecl, parameter, index, depth int) bool {
	calls, known := 0, true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if v := s.variable(call.Fun); v != nil && s.parameter(fn, v) == parameter && index < len(call.Args) {
			calls++
			known = known && h.known(calling{s.around(call), call}, fn, call.Args[index], depth+1)
		}
		return true
	})
	return calls > 0 && known
}

// isNew reports new(T) and make(T).
func (s *site) isNew(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	_, builtin := s.Info.Uses[id].(*types.Builtin)
	return builtin && (id.Name == "new" || id.Name == "make")
}

// gathered reports v = append(v, …).
func (s *site) gathered(v *types.Var, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && named(call.Fun, "append") && len(call.Args) > 0 && s.variable(call.Args[0]) == v
}

// filledBy gives the first call that is given the address of a variable, or the pointer that it is.
func (c calling) filledBy(v *types.Var) (found *ast.CallExpr) {
	ast.Inspect(c.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found != nil || call == c.call {
			return found == nil
		}
		for _, arg := range call.Args {
			if c.variable(arg) == v && fillsIn(c.Info.TypeOf(arg)) {
				found = call
			}
		}
		return found == nil
	})
	return found
}

// isMadeNew reports a call in a function that creates, by its name, or of one that is given something new.
func (s *site) isMadeNew(in *ast.FuncDecl, call *ast.CallExpr) bool {
	return creating.MatchString(in.Name.Name) || slices.ContainsFunc(call.Args, s.isFresh)
}

// readBy reports a function, or one that a method of an interface may be, that makes the struct of an item.
func (h *handMade) readBy(f *types.Func, depth int) bool {
	if f == nil || depth > 3 {
		return false
	}
	if _, decodes := dynamo.Decodes(f); decodes {
		return true
	}
	for _, pkg := range h.src.Packages {
		for _, file := range pkg.Files {
			for _, decl := range file.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok || fn.Body == nil || fn.Name.Name != f.Name() {
					continue
				}
				s := (&site{src: h.src, Package: pkg, file: file}).around(fn.Body)
				if !s.projects() && (h.madeIn(s) || h.callsReader(s, fn, depth)) {
					return true
				}
			}
		}
	}
	return false
}

// callsReader reports a function that calls another one by which the struct is read.
func (h *handMade) callsReader(s *site, fn *ast.FuncDecl, depth int) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if f := s.callee(call); f != nil && f.Name() != fn.Name.Name {
			if _, decl := h.src.declared(f); decl != nil || types.IsInterface(receiverType(f)) {
				found = givesStruct(f, h.entity) && h.readBy(f, depth+1)
			}
		}
		return !found
	})
	return found
}

// givesStruct reports a function with the struct, or a list of it, among its results.
func givesStruct(f *types.Func, e *entity) bool {
	for v := range f.Signature().Results().Variables() {
		t := v.Type()
		if list, ok := t.Underlying().(*types.Slice); ok {
			t = list.Elem()
		}
		if e.is(t) {
			return true
		}
	}
	return false
}

// receiverType is the type of a method's receiver; an invalid one for a function.
func receiverType(f *types.Func) types.Type {
	if recv := f.Signature().Recv(); recv != nil {
		return recv.Type()
	}
	return types.Typ[types.Invalid]
}

// isFresh reports a value that is new each time.
func (s *site) isFresh(e ast.Expr) bool {
	if v := s.variable(e); v != nil && s.definition(v) != nil {
		e = s.definition(v)
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			f := s.callee(call)
			found = found || f != nil && (freshCall.MatchString(f.Name()) || f.Pkg() != nil && freshCall.MatchString(f.Pkg().Path()))
		}
		return !found
	})
	return found
}

// filledUnseen reports a variable that holds nothing but what something else than the SDK's decoder fills it with: the body
// of a request, which knows no version.
func (c calling) filledUnseen(v *types.Var) bool {
	if fn, ok := enclosing[*ast.FuncDecl](c.site); ok && creating.MatchString(fn.Name.Name) {
		return false
	}
	for _, a := range c.assignments(v) {
		if lit := literal(a.value); lit == nil || len(lit.Elts) > 0 {
			return false
		}
	}
	found := false
	ast.Inspect(c.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if _, decodes := dynamo.Decodes(c.callee(call)); decodes {
			return true
		}
		for _, arg := range call.Args {
			u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
			found = found || ok && u.Op == token.AND && c.variable(u.X) == v && call != c.call
		}
		return !found
	})
	return found
}

// isValue reports a function that is used otherwise than by calling it, so that its callers are not seen.
func (src *Source) isValue(s *site, fn *ast.FuncDecl) bool {
	mine, _ := s.Info.Defs[fn.Name].(*types.Func)
	if mine == nil {
		return true
	}
	called := map[*ast.Ident]bool{}
	src.eachCall(func(_ *site, call *ast.CallExpr) { called[calledName(call)] = true })
	for _, pkg := range src.Packages {
		for id, obj := range pkg.Info.Uses {
			f, ok := obj.(*types.Func)
			if ok && !called[id] && f.Name() == mine.Name() && shape(f.Signature()) == shape(mine.Signature()) {
				return true
			}
		}
	}
	return false
}
