package write

import (
	"go/ast"
	"go/types"
	"regexp"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Gets gives the field of its receiver that a method returns, and does nothing else.
func Gets(src *syntax.Source, f *types.Func) string {
	s, fn := src.Declared(f)
	if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 || fn.Recv == nil || len(fn.Recv.List[0].Names) != 1 {
		return ""
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return ""
	}
	sel, ok := s.Converted(ret.Results[0]).(*ast.SelectorExpr)
	if !ok || !syntax.Named(sel.X, fn.Recv.List[0].Names[0].Name) {
		return ""
	}
	return sel.Sel.Name
}

// getter gives the exported method of an entity that returns a version in a field which other packages cannot name; empty where
// there is none.
func (e *Entity) getter(f *types.Var) string {
	if !LockName.MatchString(f.Name()) {
		return ""
	}
	for m := range types.NewMethodSet(types.NewPointer(e.Named)).Methods() {
		fn, ok := m.Obj().(*types.Func)
		if ok && fn.Exported() && fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 1 &&
			types.Identical(fn.Signature().Results().At(0).Type(), f.Type()) && Gets(e.Src, fn) == f.Name() {
			return fn.Name()
		}
	}
	return ""
}

// Counter matches attributes that count an item's writes.
var Counter = regexp.MustCompile(`(?i)^_*(version|rev|revision|lock_?version|version_?(number|id)|row_?version|opt_?lock|e_?tag|edition|generation)$`)

// An Entity is a struct that is stored, where its declaration is in the source.
type Entity struct {
	*syntax.Site
	Named *types.Named
	Typ   *types.Struct
	Lit   *ast.StructType
}

// EntityOf finds the declaration of the struct that a type is or points to.
func EntityOf(src *syntax.Source, t types.Type) (*Entity, bool) {
	if t == nil {
		return nil, false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.TypeArgs().Len() > 0 {
		return nil, false
	}
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return nil, false
	}
	s, ok := src.Object(n.Obj())
	if !ok {
		return nil, false
	}
	spec, ok := syntax.Enclosing[*ast.TypeSpec](s)
	if !ok {
		return nil, false
	}
	lit, ok := spec.Type.(*ast.StructType)
	return &Entity{Site: s, Named: n, Typ: st, Lit: lit}, ok
}

// LockName matches fields that are there to be an optimistic lock.
var LockName = regexp.MustCompile(`(?i)^_*(version|rev|revision|lock_?version|version_?(number|id)|row_?version|opt_?lock)$`)

// Is reports the entity's type, or a pointer to it, also as another package's check knows it.
func (e *Entity) Is(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == e.Named.Obj().Name() && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == e.Named.Obj().Pkg().Path()
}
