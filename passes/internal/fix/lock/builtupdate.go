package lock

import (
	"go/ast"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A builtUpdate is an update that the SDK's expression builder makes: expression.Set(expression.Name("a"), …).Remove(…).
type builtUpdate struct {
	*write.Request
	// argument is what WithUpdate is given, attrs the attributes that it names.
	argument ast.Expr
	attrs    []string
}

// updateBuilt finds the builder's update; ok is false where it does not show which attributes are updated.
func updateBuilt(u *write.Request) (*builtUpdate, bool) {
	b, ok := u.Builder()
	if !ok || b.Update == nil || u.SetsLater(dynamo.UpdateExpression) || write.Field(u.Lit, dynamo.UpdateExpression) == nil {
		return nil, false
	}
	out := &builtUpdate{Request: u, argument: b.Update}
	return out, out.chained(b.Update, 0)
}

// chained takes the calls of an update builder apart, and what else a variable of it is assigned.
func (b *builtUpdate) chained(x ast.Expr, depth int) bool {
	for range 30 {
		if v := b.Variable(x); v != nil {
			all := b.Assignments(v)
			for _, a := range all {
				if depth > 3 || a.Result != 0 || !b.again(a.Value, x) && !b.chained(a.Value, depth+1) {
					return false
				}
			}
			return len(all) > 0
		}
		call, sel := write.Method(x)
		if call == nil || len(call.Args) == 0 {
			return false
		}
		if f := b.Callee(call); f == nil || f.Pkg() == nil || f.Pkg().Path() != b.Dialect.Expression || !b.named(call.Args[0]) {
			return false
		}
		if id, ok := sel.X.(*ast.Ident); ok && b.Variable(id) == nil {
			return true // expression.Set
		}
		x = sel.X
	}
	return false
}

// again reports one more call on a variable, u = u.Set(…), and notes the attributes that it names.
func (b *builtUpdate) again(value, variable ast.Expr) bool {
	for range 30 {
		call, sel := write.Method(value)
		if call == nil || len(call.Args) == 0 || !b.named(call.Args[0]) {
			return false
		}
		if b.Variable(sel.X) != nil {
			return b.Variable(sel.X) == b.Variable(variable)
		}
		value = sel.X
	}
	return false
}

// named notes the attribute of expression.Name("a.b"): the one that the path begins with.
func (b *builtUpdate) named(e ast.Expr) bool {
	call, sel := write.Method(e)
	if call == nil || sel.Sel.Name != "Name" || len(call.Args) != 1 {
		return false
	}
	path, ok := b.Constant(call.Args[0])
	if i := strings.IndexAny(path, ".["); i >= 0 {
		path = path[:i]
	}
	b.attrs = append(b.attrs, path)
	return ok
}

// countOn adds one to the version.
func (b *builtUpdate) countOn(d *syntax.Draft, v Version) bool {
	q, ok := d.Use(b.Site, b.Dialect.Expression, "expression")
	if !ok {
		return false
	}
	link := `Add(` + q + `.Name("` + v.Attr + `"), ` + q + `.Value(1))`
	line := func(at ast.Node) int { return b.Src.Fset.Position(at.Pos()).Line }
	if b.Src.Fset.Position(b.argument.End()).Line != line(b.argument) {
		link = "\n" + link
	}
	d.Insert(b.File, b.argument.End(), "."+link)
	return true
}
