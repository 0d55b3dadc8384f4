package fix

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// receiverLock is a lock in a method that stores its receiver, with a version that is counted on and never demanded: another
// method has read it into the receiver.
func receiverLock(src *Source, f *finding.Finding) (finding.Fix, bool) {
	need, ok := countedVersion(f.Needs)
	if !ok || !src.Whole {
		return finding.Fix{}, false
	}
	r, ok := src.request(f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	o := &owned{lock: lock{request: r, d: src.draft(), f: f}}
	if !o.receiver() || !o.holds(need.Attr) || !o.loaded() || o.demanded(need.Attr) {
		return finding.Fix{}, false
	}
	counter := o.value.Name() + "." + o.version.field
	if _, built := o.builder(); built || !o.countOnSuccess(counter) || !o.demand(need.Attr, counter, o.version.typ) {
		return finding.Fix{}, false
	}
	return o.d.fix("make the write only if "+need.Attr+" is as it was read ("+counter+")"+refused(f), true)
}

// An owned lock is one on the receiver of the method that writes.
type owned struct {
	lock
	method *types.Func
}

// receiver finds the receiver of the method around the write, which callers see too.
func (o *owned) receiver() bool {
	fn, ok := enclosing[*ast.FuncDecl](o.site)
	if !ok || fn.Recv == nil {
		return false
	}
	if _, closure := enclosing[*ast.FuncLit](o.site); closure {
		return false
	}
	o.method, _ = o.Info.Defs[fn.Name].(*types.Func)
	if o.method == nil {
		return false
	}
	o.value = o.method.Signature().Recv()
	o.entity, ok = o.src.entity(o.value.Type())
	return ok && o.value.Name() != "" && o.value.Name() != "_" && o.pointer() && len(o.assignments(o.value)) == 0 && !o.src.isValue(o.site, fn)
}

// holds finds the receiver's field that the version is read into; nothing else sets it.
func (o *owned) holds(attr string) bool {
	for field := range o.entity.typ.Fields() {
		if !basicInteger(field.Type()) || !ast.IsExported(field.Name()) && o.entity.Types.Path() != o.Types.Path() {
			continue
		}
		if o.src.filledFrom(o.entity, field.Name(), o.dialect) == attr && o.onlyRead(field.Name()) {
			o.version = version{field: field.Name(), attr: attr, typ: types.Unalias(field.Type())}
			return true
		}
	}
	return false
}

// onlyRead reports a field that is set to nothing but an attribute.
func (o *owned) onlyRead(name string) bool {
	ok := true
	o.src.sets(o.entity, name, func(s *site, value ast.Expr) {
		ok = ok && value != nil && s.attributeFrom(value, o.dialect) != ""
	})
	return ok
}

// sets calls f for each value that a field is set to, by an assignment or a literal; nil for one that is counted on.
func (src *Source) sets(e *entity, name string, f func(*site, ast.Expr)) {
	for _, pkg := range src.Packages {
		for _, file := range pkg.Files {
			s := &site{src: src, Package: pkg, file: file}
			is := func(x ast.Expr) bool {
				sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
				return ok && sel.Sel.Name == name && e.is(pkg.Info.TypeOf(sel.X))
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if kv := field(n, name); kv != nil && e.is(pkg.Info.TypeOf(n)) {
						f(s.around(n), kv.Value)
					}
				case *ast.AssignStmt:
					for i, l := range n.Lhs {
						if is(l) && n.Tok == token.ASSIGN {
							f(s.around(n), n.Rhs[min(i, len(n.Rhs)-1)])
						} else if is(l) {
							f(s.around(n), nil)
						}
					}
				case *ast.IncDecStmt:
					if is(n.X) {
						f(s.around(n), nil)
					}
				}
				return true
			})
		}
	}
}

// loaded reports that all who call the method have read the receiver before, or make a new item.
func (o *owned) loaded() bool {
	calls := o.src.callsTo(o.method)
	for _, c := range calls {
		sel, ok := ast.Unparen(c.call.Fun).(*ast.SelectorExpr)
		fn, inFunc := enclosing[*ast.FuncDecl](c.site)
		if !ok || !inFunc {
			return false
		}
		v := c.variable(sel.X)
		if v == nil || !creating.MatchString(fn.Name.Name) && !o.loads(c, v) {
			return false
		}
	}
	return len(calls) > 0
}

// loads reports a call, before another one, of a method that reads the version into a variable.
func (o *owned) loads(c calling, v *types.Var) bool {
	found := false
	ast.Inspect(c.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() >= c.call.Pos() || found {
			return !found
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || c.variable(sel.X) != v {
			return true
		}
		s, fn := o.src.declared(c.callee(call))
		found = fn != nil && fn.Body != nil && s.around(fn.Body).changes(o.entity, o.version.field) && (&request{site: c.site, call: c.call}).always(call)
		return !found
	})
	return found
}

// always reports a place that is passed whenever the request is made: it is in no branch that is not around the request too.
func (r *request) always(n ast.Node) bool {
	for _, x := range r.around(n).path {
		switch x := x.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.FuncLit:
			if !within(r.call, []ast.Node{x}) {
				return false
			}
		}
	}
	return true
}

// countOnSuccess counts the version on that callers see, when the item has been written.
func (l *lock) countOnSuccess(counter string) bool {
	st, _ := l.statement()
	switch st := st.(type) {
	case *ast.AssignStmt:
		err, ok := st.Lhs[len(st.Lhs)-1].(*ast.Ident)
		if !ok || err.Name == "_" || !isError(l.Info.TypeOf(err)) || st.Tok != token.ASSIGN && st.Tok != token.DEFINE {
			return false
		}
		l.d.after(l.site, st, "if "+err.Name+" == nil {\n"+counter+"++\n}")
		return true
	case *ast.IfStmt:
		branch, _ := l.onError(l.call)
		if branch == nil || st.Else != nil || len(branch.List) == 0 {
			return false
		}
		if _, ok := branch.List[len(branch.List)-1].(*ast.ReturnStmt); !ok {
			return false
		}
		l.d.after(l.site, st, counter+"++")
		return true
	}
	return false
}
