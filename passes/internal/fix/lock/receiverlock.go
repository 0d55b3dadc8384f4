package lock

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Receiver is a lock in a method that stores its receiver, with a version that is counted on and never demanded: another
// method has read it into the receiver.
func Receiver(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	need, ok := pin.CountedVersion(f.Needs)
	if !ok || !src.Whole {
		return finding.Fix{}, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok {
		return finding.Fix{}, false
	}
	o := &owned{lock: lock{Request: r, d: src.Draft(), f: f}}
	if !o.receiver() || !o.holds(need.Attr) || !o.loaded() || o.Demanded(need.Attr) {
		return finding.Fix{}, false
	}
	counter := o.value.Name() + "." + o.version.Field
	if _, built := o.Builder(); built || !o.countOnSuccess(counter) || !o.demand(need.Attr, counter, o.version.typ) {
		return finding.Fix{}, false
	}
	return o.d.Fix("make the write only if "+need.Attr+" is as it was read ("+counter+")"+write.Refused(f), true)
}

// An owned lock is one on the receiver of the method that writes.
type owned struct {
	lock
	method *types.Func
}

// receiver finds the receiver of the method around the write, which callers see too.
func (o *owned) receiver() bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](o.Site)
	if !ok || fn.Recv == nil {
		return false
	}
	if _, closure := syntax.Enclosing[*ast.FuncLit](o.Site); closure {
		return false
	}
	o.method, _ = o.Info.Defs[fn.Name].(*types.Func)
	if o.method == nil {
		return false
	}
	o.value = o.method.Signature().Recv()
	o.entity, ok = write.EntityOf(o.Src, o.value.Type())
	return ok && o.value.Name() != "" && o.value.Name() != "_" && o.pointer() && len(o.Assignments(o.value)) == 0 && !isValue(o.Src, o.Site, fn)
}

// holds finds the receiver's field that the version is read into; nothing else sets it.
func (o *owned) holds(attr string) bool {
	for field := range o.entity.Typ.Fields() {
		if !basicInteger(field.Type()) || !ast.IsExported(field.Name()) && o.entity.Types.Path() != o.Types.Path() {
			continue
		}
		if write.FilledFrom(o.Src, o.entity, field.Name(), o.Dialect) == attr && o.onlyRead(field.Name()) {
			o.version = Version{Field: field.Name(), Attr: attr, typ: types.Unalias(field.Type())}
			return true
		}
	}
	return false
}

// onlyRead reports a field that is set to nothing but an attribute.
func (o *owned) onlyRead(name string) bool {
	ok := true
	sets(o.Src, o.entity, name, func(s *syntax.Site, value ast.Expr) {
		ok = ok && value != nil && write.AttributeFrom(s, value, o.Dialect) != ""
	})
	return ok
}

// sets calls f for each value that a field is set to, by an assignment or a literal; nil for one that is counted on.
func sets(src *syntax.Source, e *write.Entity, name string, f func(*syntax.Site, ast.Expr)) {
	for s := range src.Sites() {
		is := func(x ast.Expr) bool {
			sel, ok := ast.Unparen(x).(*ast.SelectorExpr)
			return ok && sel.Sel.Name == name && e.Is(s.Info.TypeOf(sel.X))
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if kv := write.Field(n, name); kv != nil && e.Is(s.Info.TypeOf(n)) {
					f(s.Around(n), kv.Value)
				}
			case *ast.AssignStmt:
				for i, l := range n.Lhs {
					if is(l) && n.Tok == token.ASSIGN {
						f(s.Around(n), n.Rhs[min(i, len(n.Rhs)-1)])
					} else if is(l) {
						f(s.Around(n), nil)
					}
				}
			case *ast.IncDecStmt:
				if is(n.X) {
					f(s.Around(n), nil)
				}
			}
			return true
		})
	}
}

// loaded reports that all who call the method have read the receiver before, or make a new item.
func (o *owned) loaded() bool {
	calls := write.CallsTo(o.Src, o.method)
	for _, c := range calls {
		sel, ok := ast.Unparen(c.Call.Fun).(*ast.SelectorExpr)
		fn, inFunc := syntax.Enclosing[*ast.FuncDecl](c.Site)
		if !ok || !inFunc {
			return false
		}
		v := c.Variable(sel.X)
		if v == nil || !Creating.MatchString(fn.Name.Name) && !o.loads(c, v) {
			return false
		}
	}
	return len(calls) > 0
}

// loads reports a call, before another one, of a method that reads the version into a variable.
func (o *owned) loads(c syntax.Calling, v *types.Var) bool {
	found := false
	ast.Inspect(c.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() >= c.Call.Pos() || found {
			return !found
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || c.Variable(sel.X) != v {
			return true
		}
		s, fn := o.Src.Declared(c.Callee(call))
		found = fn != nil && fn.Body != nil && write.Changes(s.Around(fn.Body), o.entity, o.version.Field) && always((&write.Request{Site: c.Site, Call: c.Call}), call)
		return !found
	})
	return found
}

// always reports a place that is passed whenever the request is made: it is in no branch that is not around the request too.
func always(r *write.Request, n ast.Node) bool {
	for _, x := range r.Around(n).Path {
		switch x := x.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.FuncLit:
			if !syntax.Within(r.Call, []ast.Node{x}) {
				return false
			}
		}
	}
	return true
}

// countOnSuccess counts the version on that callers see, when the item has been written.
func (l *lock) countOnSuccess(counter string) bool {
	st, list := l.Statement()
	switch st := st.(type) {
	case *ast.AssignStmt:
		if i := slices.Index(list, ast.Stmt(st)); i+1 < len(list) {
			branch, ok := list[i+1].(*ast.IfStmt)
			if body, _ := l.OnError(l.Call); ok && body == branch.Body && branch.Else == nil && syntax.Ends(body) {
				l.d.After(l.Site, branch, counter+"++")
				return true
			}
		}
		err, ok := st.Lhs[len(st.Lhs)-1].(*ast.Ident)
		if !ok || err.Name == "_" || !syntax.IsError(l.Info.TypeOf(err)) || st.Tok != token.ASSIGN && st.Tok != token.DEFINE {
			return false
		}
		l.d.After(l.Site, st, "if "+err.Name+" == nil {\n"+counter+"++\n}")
		return true
	case *ast.IfStmt:
		branch, _ := l.OnError(l.Call)
		if branch == nil || st.Else != nil || len(branch.List) == 0 {
			return false
		}
		if _, ok := branch.List[len(branch.List)-1].(*ast.ReturnStmt); !ok {
			return false
		}
		l.d.After(l.Site, st, counter+"++")
		return true
	}
	return false
}
