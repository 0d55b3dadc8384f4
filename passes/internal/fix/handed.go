package fix

import (
	"go/ast"
	"go/types"
	"strconv"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A handed condition is one that a helper takes from its callers: as a parameter, or in an expression builder. It is
// written where the helper is called.
type handed struct {
	*request
	// condition and names are the places of the helper's parameters for a condition and its #names; -1 for none.
	condition, names int
	// builder is the expression builder that the helper is given; nil for none.
	builder ast.Expr
}

// handed finds the call, in the function of a finding, of the helper that makes the write.
func (src *Source) handed(f *finding.Finding) (*handed, bool) {
	if len(f.Writes[0].Via) != 1 {
		return nil, false
	}
	r, ok := src.request(f.Writes[0])
	if !ok || r.made {
		return nil, false
	}
	s, ok := src.at(f.Pos)
	if !ok {
		return nil, false
	}
	call, ok := enclosing[*ast.CallExpr](s)
	fn, ok2 := enclosing[*ast.FuncDecl](r.site)
	if !ok || !ok2 || call.Ellipsis.IsValid() {
		return nil, false
	}
	if callee := s.callee(call); callee == nil || callee.Name() != fn.Name.Name {
		return nil, false
	}
	h := &handed{request: &request{site: s.around(call), call: call, lit: r.lit, of: r.site, dialect: r.dialect}, condition: -1, names: -1}
	h.condition = r.passed(fn, dynamo.ConditionExpression)
	h.names = r.passed(fn, dynamo.ExpressionAttributeNames)
	h.builder = h.givenBuilder(r)
	return h, true
}

// passed gives the place of the parameter that a field of the input is; -1 when it is none.
func (r *request) passed(fn *ast.FuncDecl, name string) int {
	kv := field(r.lit, name)
	if kv == nil {
		return -1
	}
	v := r.variable(kv.Value)
	if v == nil || len(r.assignments(v)) > 0 {
		return -1
	}
	return r.parameter(fn, v)
}

// givenBuilder gives the argument that is an expression builder, where the helper uses its condition.
func (h *handed) givenBuilder(r *request) ast.Expr {
	kv := field(r.lit, dynamo.ConditionExpression)
	if kv == nil {
		return nil
	}
	if _, sel := method(kv.Value); sel == nil || sel.Sel.Name != "Condition" {
		return nil
	}
	for _, arg := range h.call.Args {
		t, ok := types.Unalias(h.Info.TypeOf(arg)).(*types.Named)
		if ok && t.Obj().Name() == "Builder" && t.Obj().Pkg() != nil && t.Obj().Pkg().Path() == h.dialect.Expression {
			return arg
		}
	}
	return nil
}

// put hands the helper a condition in the place of none.
func (h *handed) put(d *draft, g *guard) bool {
	if h.condition < 0 || h.condition >= len(h.call.Args) || !named(h.call.Args[h.condition], "nil") || len(g.values) > 0 {
		return false
	}
	a, ok := d.use(h.site, h.dialect.Aws, "aws")
	if !ok {
		return false
	}
	d.swap(h.site, h.call.Args[h.condition], a+".String("+strconv.Quote(g.text)+")")
	if len(g.names) == 0 {
		return true
	}
	if h.names < 0 || h.names >= len(h.call.Args) || !named(h.call.Args[h.names], "nil") || h.dialect.V1 {
		return false
	}
	text := "map[string]string{"
	for i, e := range g.names {
		if i > 0 {
			text += ", "
		}
		text += strconv.Quote(e.key) + ": " + e.value
	}
	d.swap(h.site, h.call.Args[h.names], text+"}")
	return true
}

// pinHanded is pinRead for a helper that takes an expression builder.
func pinHanded(src *Source, f *finding.Finding) (finding.Fix, bool) {
	h, ok := src.handed(f)
	if !ok || h.builder == nil {
		return finding.Fix{}, false
	}
	attrs, ok := pinnable(f.Needs)
	if !ok {
		return finding.Fix{}, false
	}
	b := &builder{r: h.request, chain: h.builder, handed: true}
	if !b.chained(h.builder) {
		return finding.Fix{}, false
	}
	d := src.draft()
	p := &pins{request: h.request, d: d, guard: &guard{r: h.request}, f: f}
	for _, n := range attrs {
		if !p.build(b, n) {
			return finding.Fix{}, false
		}
	}
	if !b.with(d, p.built) {
		return finding.Fix{}, false
	}
	return d.fix(pinTitle(attrs)+refused(f), true)
}

// createHanded is createOnce for a helper that takes the condition.
func createHanded(src *Source, f *finding.Finding) (finding.Fix, bool) {
	key, ok := src.absentKey(f)
	if !ok {
		return finding.Fix{}, false
	}
	h, ok := src.handed(f)
	if !ok {
		return finding.Fix{}, false
	}
	d := src.draft()
	g := &guard{r: h.request}
	g.text = "attribute_not_exists(" + g.name(key) + ")"
	if !h.put(d, g) {
		return finding.Fix{}, false
	}
	return d.fix(createTitle(key)+refused(f), true)
}
