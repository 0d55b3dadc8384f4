package syntax

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A declared method is one of a type, or of an interface.
type DeclaredMethod struct {
	Name *ast.Ident
	Typ  *ast.FuncType
	// Decl is that of a method with a body, field that of an interface.
	Decl  *ast.FuncDecl
	Field *ast.Field
}

// Declarations lists the methods of a name in a file.
func Declarations(f *ast.File, name string) []DeclaredMethod {
	var out []DeclaredMethod
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv != nil && n.Name.Name == name {
				out = append(out, DeclaredMethod{Name: n.Name, Typ: n.Type, Decl: n})
			}
		case *ast.InterfaceType:
			for _, m := range n.Methods.List {
				if t, ok := m.Type.(*ast.FuncType); ok && len(m.Names) == 1 && m.Names[0].Name == name {
					out = append(out, DeclaredMethod{Name: m.Names[0], Typ: t, Field: m})
				}
			}
		}
		return true
	})
	return out
}

// Shape writes a signature without the names of its parameters.
func Shape(sig *types.Signature) string {
	text := ""
	for _, list := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range list.Variables() {
			text += types.TypeString(v.Type(), nil) + ","
		}
		text += ";"
	}
	return text
}

// Declared finds the declaration of a function in the source.
func (src *Source) Declared(f *types.Func) (*Site, *ast.FuncDecl) {
	if f == nil {
		return nil, nil
	}
	s, ok := src.Object(f.Origin())
	if !ok {
		return nil, nil
	}
	fn, _ := Enclosing[*ast.FuncDecl](s)
	if fn == nil || fn.Name.Name != f.Name() {
		return nil, nil
	}
	return s, fn
}

// Object finds the declaration of an object of the source's packages. Objects of a package that was checked twice, as
// source and as an import, are told by where they stand.
func (src *Source) Object(obj types.Object) (*Site, bool) {
	at := src.Fset.Position(obj.Pos())
	s, ok := src.At(finding.Pos{File: at.Filename, Line: at.Line, Col: at.Column})
	if !ok || ast.IsGenerated(s.File) {
		return nil, false
	}
	return s, true
}
