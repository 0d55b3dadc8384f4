package syntax

import (
	"go/ast"
	"go/types"
)

// Parameter gives the place of a variable among the parameters of a function; -1 when it is none. The receiver counts
// as one that callers do not choose.
func (s *Site) Parameter(fn *ast.FuncDecl, v *types.Var) int {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	if f == nil {
		return -1
	}
	sig := f.Signature()
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v {
			return i
		}
	}
	return -1
}

// A Calling is a call at its place.
type Calling struct {
	*Site
	Call *ast.CallExpr
}
