package lock

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// known reports that what a caller puts was read by it, or is new. What a struct or a map keeps has the version that it had when
// it was kept.
func (h *handMade) known(c syntax.Calling, in *ast.FuncDecl, e ast.Expr, depth int) bool {
	if v := c.Variable(e); v != nil {
		return depth < 5 && h.knownVariable(c, in, v, depth)
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return isMadeNew(c.Site, in, x) || h.readBy(c.Callee(x), 0)
	case *ast.IndexExpr:
		return c.Variable(x.X) != nil && h.known(c, in, x.X, depth+1)
	case *ast.UnaryExpr:
		return h.known(c, in, x.X, depth+1)
	}
	lit := write.Literal(e)
	return lit != nil && (slices.ContainsFunc(h.readers, func(r *handReader) bool { return r.lit == lit }) || h.creates(c.Site, in, lit))
}

// knownVariable is known for all that a variable holds.
func (h *handMade) knownVariable(c syntax.Calling, in *ast.FuncDecl, v *types.Var, depth int) bool {
	if parameterOf(c.Site, in, v) >= 0 {
		return true // its callers are asked
	}
	for _, n := range c.Path {
		if lit, ok := n.(*ast.FuncLit); ok && parameterOf(c.Site, lit, v) >= 0 {
			return h.knownInLiteral(c, lit, parameterOf(c.Site, lit, v), depth)
		}
	}
	filled, empty := filledBy(c, v), true
	for _, a := range c.Assignments(v) {
		if lit := write.Literal(a.Value); lit != nil && len(lit.Elts) == 0 || isNew(c.Site, a.Value) {
			continue
		}
		if empty = false; !gathered(c.Site, v, a.Value) && !h.known(c, in, a.Value, depth+1) {
			return false
		}
	}
	if !empty {
		return true
	}
	return filled == nil || Creating.MatchString(in.Name.Name) || h.readBy(c.Callee(filled), 0)
}

// knownInLiteral is known for what a function literal is given by the function of the source that it is handed to.
func (h *handMade) knownInLiteral(c syntax.Calling, lit *ast.FuncLit, index, depth int) bool {
	for _, n := range c.Around(lit).Path {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			continue
		}
		s, fn := h.Src.Declared(c.Callee(call))
		i := slices.IndexFunc(call.Args, func(a ast.Expr) bool { return a == ast.Expr(lit) })
		if fn == nil || fn.Body == nil || i < 0 {
			return false
		}
		return h.knownBySelf(s.Around(fn.Body), fn, i, index, depth)
	}
	return false
}

// knownBySelf is known for what a function gives to the function that is its parameter.
func (h *handMade) knownBySelf(s *syntax.Site, fn *ast.FuncDecl, parameter, index, depth int) bool {
	calls, known := 0, true
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if v := s.Variable(call.Fun); v != nil && s.Parameter(fn, v) == parameter && index < len(call.Args) {
			calls++
			known = known && h.known(syntax.Calling{Site: s.Around(call), Call: call}, fn, call.Args[index], depth+1)
		}
		return true
	})
	return calls > 0 && known
}

// isNew reports new(T) and make(T).
func isNew(s *syntax.Site, e ast.Expr) bool {
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
func gathered(s *syntax.Site, v *types.Var, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && syntax.Named(call.Fun, "append") && len(call.Args) > 0 && s.Variable(call.Args[0]) == v
}

// filledBy gives the first call that is given the address of a variable, or the pointer that it is.
func filledBy(c syntax.Calling, v *types.Var) (found *ast.CallExpr) {
	ast.Inspect(c.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found != nil || call == c.Call {
			return found == nil
		}
		for _, arg := range call.Args {
			if c.Variable(arg) == v && write.FillsIn(c.Info.TypeOf(arg)) {
				found = call
			}
		}
		return found == nil
	})
	return found
}

// isMadeNew reports a call in a function that creates, by its name, or of one that is given something new.
func isMadeNew(s *syntax.Site, in *ast.FuncDecl, call *ast.CallExpr) bool {
	return Creating.MatchString(in.Name.Name) || slices.ContainsFunc(call.Args, func(e ast.Expr) bool { return isFresh(s, e) })
}

// readBy reports a function, or one that a method of an interface may be, that makes the struct of an item.
func (h *handMade) readBy(f *types.Func, depth int) bool {
	if f == nil || depth > 3 {
		return false
	}
	if _, decodes := dynamo.Decodes(f); decodes {
		return true
	}
	for s := range h.Src.Sites() {
		for _, decl := range s.File.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil || fn.Name.Name != f.Name() {
				continue
			}
			at := s.Around(fn.Body)
			if !projects(at) && (h.madeIn(at) || h.callsReader(at, fn, depth)) {
				return true
			}
		}
	}
	return false
}

// callsReader reports a function that calls another one by which the struct is read.
func (h *handMade) callsReader(s *syntax.Site, fn *ast.FuncDecl, depth int) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if f := s.Callee(call); f != nil && f.Name() != fn.Name.Name {
			if _, decl := h.Src.Declared(f); decl != nil || types.IsInterface(receiverType(f)) {
				found = givesStruct(f, h.entity) && h.readBy(f, depth+1)
			}
		}
		return !found
	})
	return found
}

// givesStruct reports a function with the struct, or a list of it, among its results.
func givesStruct(f *types.Func, e *write.Entity) bool {
	for v := range f.Signature().Results().Variables() {
		t := v.Type()
		if list, ok := t.Underlying().(*types.Slice); ok {
			t = list.Elem()
		}
		if e.Is(t) {
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
