package lock

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// ByHand is stored for an item that a function of the source makes of an entity, whose version it stores as another one reads
// it.
func (l *lock) byHand(item ast.Expr) bool {
	call, ok := ast.Unparen(item).(*ast.CallExpr)
	if v := l.Variable(item); v != nil {
		if def := l.Definition(v); def != nil {
			call, ok = ast.Unparen(def).(*ast.CallExpr)
		}
	}
	if !ok {
		return false
	}
	s, fn := l.Src.Declared(l.Callee(call))
	if fn == nil || fn.Body == nil {
		return false
	}
	given := call.Args
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		given = append([]ast.Expr{sel.X}, given...)
	}
	for _, arg := range given {
		v := l.Variable(arg)
		if v == nil {
			continue
		}
		e, ok := write.EntityOf(l.Src, v.Type())
		if !ok || write.Tagged(e.Typ) {
			continue
		}
		if version, ok := handVersion(e, s.Around(fn.Body), l); ok {
			l.encoding, l.value, l.entity, l.version, l.hand, l.encoder = call, v, e, version, true, s.Around(fn.Body)
			return true
		}
	}
	return false
}

// handVersion gives the lock of an entity that a function stores in the attribute from which the entity gets it.
func handVersion(e *write.Entity, encoder *syntax.Site, l *lock) (Version, bool) {
	for f := range e.Typ.Fields() {
		if !write.LockName.MatchString(f.Name()) || !syntax.IsInteger(f.Type()) || !f.Exported() && f.Pkg() != l.Types {
			continue
		}
		attr := write.FilledFrom(l.Src, e, f.Name(), l.Dialect)
		if attr != "" && storesIn(encoder, attr, e, f.Name()) {
			return Version{Field: f.Name(), Attr: attr, typ: types.Unalias(f.Type())}, true
		}
	}
	return Version{}, false
}

// storesIn reports a function that sets an attribute of an item from a field of an entity.
func storesIn(s *syntax.Site, attr string, e *write.Entity, name string) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		var key, value ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			if index, ok := ast.Unparen(n.Lhs[0]).(*ast.IndexExpr); ok && len(n.Rhs) == 1 {
				key, value = index.Index, n.Rhs[0]
			}
		case *ast.KeyValueExpr:
			key, value = n.Key, n.Value
		}
		if key == nil {
			return true
		}
		if text, ok := s.Constant(key); ok && text == attr {
			ast.Inspect(value, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == name && e.Is(s.Info.TypeOf(sel.X)) {
					found = true
				}
				return !found
			})
		}
		return !found
	})
	return found
}

// keeps reports an attribute that a put of the entity stores, or that the update sets.
func (l *lock) keeps(e *write.Entity, attr string) bool {
	if l.sets != nil {
		return slices.Contains(l.sets, attr)
	}
	if l.encoder == nil || e != l.entity {
		return Stores(e, attr, l.Dialect)
	}
	return namesKey(l.encoder, attr) || namesKey(l.Request.Site, attr)
}

// namesKey reports a function that names an attribute as the key of a map.
func namesKey(s *syntax.Site, attr string) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		var key ast.Expr
		switch n := n.(type) {
		case *ast.IndexExpr:
			key = n.Index
		case *ast.KeyValueExpr:
			key = n.Key
		}
		if key != nil {
			text, ok := s.Constant(key)
			found = found || ok && text == attr
		}
		return !found
	})
	return found
}
