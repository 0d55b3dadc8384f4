package write

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// unseen is how many calls a function value counts for whose calls are not seen: more than one.
const unseen = 2

// callsBy counts the calls that a name of a function stands for: one where it is called there, and where it is a value those of
// the parameter or of the field of a struct that it becomes.
func callsBy(src *syntax.Source, pkg *syntax.Package, id *ast.Ident) int {
	s := in(src, pkg, id)
	if s == nil {
		return unseen
	}
	value := ast.Expr(id)
	for i := 1; i < len(s.Path); i++ {
		switch n := s.Path[i].(type) {
		case *ast.SelectorExpr:
			if n.Sel != id {
				return unseen
			}
			value = n
		case *ast.ParenExpr, *ast.IndexExpr, *ast.IndexListExpr:
			value = n.(ast.Expr)
		case *ast.CallExpr:
			if n.Fun == value {
				return 1
			}
			return callsOfArgument(src, s, n, value)
		case *ast.KeyValueExpr:
			return callsOfElement(src, s, i, n, value)
		default:
			return unseen
		}
	}
	return unseen
}

// in gives the place of a name of a package.
func in(src *syntax.Source, pkg *syntax.Package, id *ast.Ident) *syntax.Site {
	for _, f := range pkg.Files {
		if f.FileStart <= id.Pos() && id.Pos() < f.FileEnd {
			return (&syntax.Site{Src: src, Package: pkg, File: f}).Around(id)
		}
	}
	return nil
}

// callsOfArgument counts the calls of the parameter that gets a function value.
func callsOfArgument(src *syntax.Source, s *syntax.Site, call *ast.CallExpr, value ast.Expr) int {
	if s.Info.Types[call.Fun].IsType() && len(call.Args) == 1 {
		return unseen
	}
	in, fn := src.Declared(s.Callee(call))
	if fn == nil || fn.Body == nil || call.Ellipsis.IsValid() {
		return unseen
	}
	f, _ := in.Info.Defs[fn.Name].(*types.Func)
	for i, arg := range call.Args {
		if arg == value && f != nil && !f.Signature().Variadic() && i < f.Signature().Params().Len() {
			return callsOfVariable(in, fn, f.Signature().Params().At(i))
		}
	}
	return unseen
}

// callsOfVariable counts the calls of a parameter that is only called.
func callsOfVariable(s *syntax.Site, fn *ast.FuncDecl, v *types.Var) int {
	called, used := map[*ast.Ident]bool{}, 0
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
				called[id] = true
			}
		case *ast.Ident:
			if s.Info.Uses[n] == v {
				if used++; !called[n] {
					used += unseen
				}
			}
		}
		return true
	})
	return used
}

// callsOfElement counts the calls of the field of a struct that a literal sets.
func callsOfElement(src *syntax.Source, s *syntax.Site, i int, kv *ast.KeyValueExpr, value ast.Expr) int {
	key, ok := kv.Key.(*ast.Ident)
	if !ok || kv.Value != value || i+1 >= len(s.Path) {
		return unseen
	}
	lit, ok := s.Path[i+1].(*ast.CompositeLit)
	if !ok {
		return unseen
	}
	v, ok := s.Info.Uses[key].(*types.Var)
	if _, isStruct := syntax.Deref(syntax.TypeOr(s.Info.TypeOf(lit))).Underlying().(*types.Struct); !ok || !isStruct || !v.IsField() {
		return unseen
	}
	return callsOfField(src, v)
}

// callsOfField counts the calls of a struct's field of a function type. A field of a package that was checked twice, as source and as
// an import, is told by where it stands.
func callsOfField(src *syntax.Source, v *types.Var) int {
	at := src.Fset.Position(v.Pos())
	calls := 0
	for s := range src.Sites() {
		called, set := map[*ast.Ident]bool{}, map[*ast.Ident]bool{}
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok {
					called[sel.Sel] = true
				}
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok {
					set[id] = true
				}
			case *ast.BinaryExpr: // whether there is one
				if sel, ok := ast.Unparen(n.X).(*ast.SelectorExpr); ok && (n.Op == token.EQL || n.Op == token.NEQ) && syntax.Named(n.Y, "nil") {
					set[sel.Sel] = true
				}
			case *ast.Ident:
				o, ok := s.Info.Uses[n].(*types.Var)
				switch {
				case !ok || !o.IsField() || o.Name() != v.Name() || src.Fset.Position(o.Pos()) != at || set[n]:
				case called[n]:
					calls++
				default:
					calls += unseen
				}
			}
			return true
		})
	}
	return calls
}
