package write

import (
	"go/ast"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A Handed condition is one that a helper takes from its callers: as a parameter, or in an expression builder. It is
// written where the helper is called.
type Handed struct {
	*Request
	// condition and names are the places of the helper's parameters for a condition and its #names; -1 for none.
	condition, names int
	// Builder is the expression builder that the helper is given; nil for none.
	Builder ast.Expr
}

// HandedBy finds the call, in the function of a finding, of the helper that makes the write.
func HandedBy(src *syntax.Source, f *finding.Finding) (*Handed, bool) {
	if len(f.Writes[0].Via) != 1 {
		return nil, false
	}
	r, ok := RequestOf(src, f.Writes[0])
	if !ok || r.Made {
		return nil, false
	}
	s, ok := src.At(f.Pos)
	if !ok {
		return nil, false
	}
	call, ok := syntax.Enclosing[*ast.CallExpr](s)
	fn, ok2 := syntax.Enclosing[*ast.FuncDecl](r.Site)
	if !ok || !ok2 || call.Ellipsis.IsValid() {
		return nil, false
	}
	if callee := s.Callee(call); callee == nil || callee.Name() != fn.Name.Name {
		return nil, false
	}
	h := &Handed{Request: &Request{Site: s.Around(call), Call: call, Lit: r.Lit, Of: r.Site, Dialect: r.Dialect}, condition: -1, names: -1}
	h.condition = r.passed(fn, dynamo.ConditionExpression)
	h.names = r.passed(fn, dynamo.ExpressionAttributeNames)
	h.Builder = h.givenBuilder(r)
	return h, true
}

// passed gives the place of the parameter that a field of the input is; -1 when it is none.
func (r *Request) passed(fn *ast.FuncDecl, name string) int {
	kv := Field(r.Lit, name)
	if kv == nil {
		return -1
	}
	v := r.Variable(kv.Value)
	if v == nil || len(r.Assignments(v)) > 0 {
		return -1
	}
	return r.Parameter(fn, v)
}

// givenBuilder gives the argument that is an expression builder, where the helper uses its condition.
func (h *Handed) givenBuilder(r *Request) ast.Expr {
	kv := Field(r.Lit, dynamo.ConditionExpression)
	if kv == nil {
		return nil
	}
	if _, sel := Method(kv.Value); sel == nil || sel.Sel.Name != "Condition" {
		return nil
	}
	for _, arg := range h.Call.Args {
		t, ok := types.Unalias(h.Info.TypeOf(arg)).(*types.Named)
		if ok && t.Obj().Name() == "Builder" && t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == h.Dialect.Expression {
			return arg
		}
	}
	return nil
}

// Put hands the helper a condition in the place of none.
func (h *Handed) Put(d *syntax.Draft, g *Guard) bool {
	if h.condition < 0 || h.condition >= len(h.Call.Args) || !syntax.Named(h.Call.Args[h.condition], "nil") || len(g.Values) > 0 {
		return false
	}
	a, ok := d.Use(h.Site, h.Dialect.Aws, "aws")
	if !ok {
		return false
	}
	d.Swap(h.Site, h.Call.Args[h.condition], a+".String("+strconv.Quote(g.Text)+")")
	if len(g.names) == 0 {
		return true
	}
	if h.names < 0 || h.names >= len(h.Call.Args) || !syntax.Named(h.Call.Args[h.names], "nil") || h.Dialect.V1 {
		return false
	}
	text := "map[string]string{"
	for i, e := range g.names {
		if i > 0 {
			text += ", "
		}
		text += strconv.Quote(e.Key) + ": " + e.Value
	}
	d.Swap(h.Site, h.Call.Args[h.names], text+"}")
	return true
}
