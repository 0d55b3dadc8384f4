package lock

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A struct that is made anew has no version to give. So what the put gets on the finding's way must be what was read, from
// function to function, and other callers must hand on what they have read as well, or make new items.

// handedOn follows what is put to the function that has read it.
func (h *handMade) handedOn() bool {
	v, at := h.value, h.Site
	via := h.f.Writes[0].Via
	for i := len(via) - 1; i >= 0; i-- {
		fn := Innermost(at)
		index := parameterOf(at, fn, v)
		if index < 0 {
			break
		}
		call := h.callAt(via[i], at, fn)
		if call == nil || index >= len(call.Call.Args) || call.Call.Ellipsis.IsValid() || len(at.Assignments(v)) > 0 {
			return false
		}
		at = call.Site
		if v = at.Variable(call.Call.Args[index]); v == nil {
			return false
		}
	}
	return parameterOf(at, Innermost(at), v) < 0 && h.holdsRead(at, v)
}

// Innermost gives the function around a place.
func Innermost(s *syntax.Site) ast.Node {
	for _, n := range s.Path {
		switch n.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return n
		}
	}
	return nil
}

// signature gives the type of a function, declared or literal.
func signatureOf(s *syntax.Site, fn ast.Node) *types.Signature {
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
func parameterOf(s *syntax.Site, fn ast.Node, v *types.Var) int {
	sig := signatureOf(s, fn)
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
func (h *handMade) callAt(frame finding.Frame, of *syntax.Site, fn ast.Node) *syntax.Calling {
	s, ok := h.Src.At(finding.Pos{File: frame.File, Line: frame.Line})
	if !ok {
		return nil
	}
	sig := signatureOf(of, fn)
	var found []*ast.CallExpr
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || h.Src.Fset.Position(call.Lparen).Line != frame.Line {
			return true
		}
		decl, declared := fn.(*ast.FuncDecl)
		callee := s.Callee(call)
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
	return &syntax.Calling{Site: s.Around(found[0]), Call: found[0]}
}

// holdsRead reports a variable that holds what a read of the finding has found, or what a reader has made of it.
func (h *handMade) holdsRead(s *syntax.Site, v *types.Var) bool {
	if len(h.f.Reads) != 1 {
		return false
	}
	a := h.f.Reads[0]
	lines := []finding.Pos{{File: a.File, Line: a.Line}}
	for _, frame := range a.Via {
		lines = append(lines, finding.Pos{File: frame.File, Line: frame.Line})
	}
	for _, p := range lines {
		if o, ok := h.Src.At(p); ok && o.Outermost() == s.Outermost() && write.ComesFrom(s, v, p.Line, 0) {
			return true
		}
	}
	all := s.Assignments(v)
	for _, a := range all {
		for _, r := range h.readers {
			if len(all) == 1 && write.Literal(a.Value) == r.lit {
				return true
			}
		}
	}
	return false
}

// callersHandOn reports that the function of the put is only called, and by callers which put what they have once, unless
// the put tells them of the new version, and have it from a read or make it new.
func (h *handMade) callersHandOn() bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](h.Site)
	return ok && (&handCallers{handMade: h, seen: map[*ast.FuncDecl]bool{}, puts: map[*types.Var]*ast.CallExpr{}}).handOn(h.Site, fn, h.value)
}

// handCallers are the functions that hand something on to a put, how often each variable.
type handCallers struct {
	*handMade
	seen map[*ast.FuncDecl]bool
	puts map[*types.Var]*ast.CallExpr
}

func (h *handCallers) handOn(s *syntax.Site, fn *ast.FuncDecl, v *types.Var) bool {
	index := s.Parameter(fn, v)
	if index < 0 || h.seen[fn] {
		return true
	}
	h.seen[fn] = true
	if isValue(h.Src, s, fn) {
		return false
	}
	mine, _ := s.Info.Defs[fn.Name].(*types.Func)
	_, told := v.Type().Underlying().(*types.Pointer)
	for _, c := range calls(h.Src, mine, index, h.entity) {
		in, ok := syntax.Enclosing[*ast.FuncDecl](c.Site)
		arg := c.Call.Args[index]
		if !ok || projects(c.Site) || !h.known(c, in, arg, 0) {
			return false
		}
		w := c.Variable(arg)
		if w == nil {
			continue
		}
		before := h.puts[w]
		h.puts[w] = c.Call
		if !told && (before != nil && !c.Exclusive(before, c.Call) || c.Repeated(w.Pos())) || !h.handOn(c.Site, in, w) {
			return false
		}
	}
	return true
}

// isFresh reports a value that is new each time.
func isFresh(s *syntax.Site, e ast.Expr) bool {
	if v := s.Variable(e); v != nil && s.Definition(v) != nil {
		e = s.Definition(v)
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			f := s.Callee(call)
			found = found || f != nil && (freshCall.MatchString(f.Name()) || f.Pkg() != nil && freshCall.MatchString(f.Pkg().Path()))
		}
		return !found
	})
	return found
}

// filledUnseen reports a variable that holds nothing but what something else than the SDK's decoder fills it with: the body
// of a request, which knows no version.
func filledUnseen(c syntax.Calling, v *types.Var) bool {
	if fn, ok := syntax.Enclosing[*ast.FuncDecl](c.Site); ok && Creating.MatchString(fn.Name.Name) {
		return false
	}
	for _, a := range c.Assignments(v) {
		if lit := write.Literal(a.Value); lit == nil || len(lit.Elts) > 0 {
			return false
		}
	}
	found := false
	ast.Inspect(c.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if _, decodes := dynamo.Decodes(c.Callee(call)); decodes {
			return true
		}
		for _, arg := range call.Args {
			u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
			found = found || ok && u.Op == token.AND && c.Variable(u.X) == v && call != c.Call
		}
		return !found
	})
	return found
}

// isValue reports a function that is used otherwise than by calling it, so that its callers are not seen.
func isValue(src *syntax.Source, s *syntax.Site, fn *ast.FuncDecl) bool {
	mine, _ := s.Info.Defs[fn.Name].(*types.Func)
	if mine == nil {
		return true
	}
	called := map[*ast.Ident]bool{}
	eachCall(src, func(_ *syntax.Site, call *ast.CallExpr) { called[syntax.CalledName(call)] = true })
	for _, pkg := range src.Packages {
		for id, obj := range pkg.Info.Uses {
			f, ok := obj.(*types.Func)
			if ok && !called[id] && f.Name() == mine.Name() && syntax.Shape(f.Signature()) == syntax.Shape(mine.Signature()) {
				return true
			}
		}
	}
	return false
}
