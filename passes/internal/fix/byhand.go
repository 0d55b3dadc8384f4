package fix

import (
	"go/ast"
	"go/types"
	"slices"
)

// byHand is stored for an item that a function of the source makes of an entity, whose version it stores as another one reads
// it.
func (l *lock) byHand(item ast.Expr) bool {
	call, ok := ast.Unparen(item).(*ast.CallExpr)
	if v := l.variable(item); v != nil {
		if def := l.definition(v); def != nil {
			call, ok = ast.Unparen(def).(*ast.CallExpr)
		}
	}
	if !ok {
		return false
	}
	s, fn := l.src.declared(l.callee(call))
	if fn == nil || fn.Body == nil {
		return false
	}
	given := call.Args
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		given = append([]ast.Expr{sel.X}, given...)
	}
	for _, arg := range given {
		v := l.variable(arg)
		if v == nil {
			continue
		}
		e, ok := l.src.entity(v.Type())
		if !ok || tagged(e.typ) {
			continue
		}
		if version, ok := e.handVersion(s.around(fn.Body), l); ok {
			l.encoding, l.value, l.entity, l.version, l.hand, l.encoder = call, v, e, version, true, s.around(fn.Body)
			return true
		}
	}
	return false
}

// handVersion gives the lock of an entity that a function stores in the attribute from which the entity gets it.
func (e *entity) handVersion(encoder *site, l *lock) (version, bool) {
	for f := range e.typ.Fields() {
		if !lockName.MatchString(f.Name()) || !isInteger(f.Type()) || !f.Exported() && f.Pkg() != l.Types {
			continue
		}
		attr := l.src.filledFrom(e, f.Name(), l.dialect)
		if attr != "" && encoder.storesIn(attr, e, f.Name()) {
			return version{field: f.Name(), attr: attr, typ: types.Unalias(f.Type())}, true
		}
	}
	return version{}, false
}

// storesIn reports a function that sets an attribute of an item from a field of an entity.
func (s *site) storesIn(attr string, e *entity, name string) bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
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
		if text, ok := s.constant(key); ok && text == attr {
			ast.Inspect(value, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == name && e.is(s.Info.TypeOf(sel.X)) {
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
func (l *lock) keeps(e *entity, attr string) bool {
	if l.sets != nil {
		return slices.Contains(l.sets, attr)
	}
	if l.encoder == nil || e != l.entity {
		return e.stores(attr, l.dialect)
	}
	return l.encoder.namesKey(attr) || l.namesKey(attr)
}

// namesKey reports a function that names an attribute as the key of a map.
func (s *site) namesKey(attr string) bool {
	found := false
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		var key ast.Expr
		switch n := n.(type) {
		case *ast.IndexExpr:
			key = n.Index
		case *ast.KeyValueExpr:
			key = n.Key
		}
		if key != nil {
			text, ok := s.constant(key)
			found = found || ok && text == attr
		}
		return !found
	})
	return found
}
