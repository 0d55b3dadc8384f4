package fix

import (
	"go/ast"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A builder is the expression builder that a request's expressions come from.
type builder struct {
	r *request
	// expr is the variable of the built expression, chain the calls that build it.
	expr  string
	chain ast.Expr
	// condition is the argument of WithCondition, where there is one.
	condition ast.Expr
	// handed is set for a builder that a helper is given, which does the rest.
	handed bool
}

// builder finds the builder of a request: expr.Names() and expr.Values() in its literal, and expr made by Build.
func (r *request) builder() (*builder, bool) {
	if r.made {
		return nil, false
	}
	for _, name := range []string{dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues} {
		kv := field(r.lit, name)
		if kv == nil {
			continue
		}
		call, ok := ast.Unparen(kv.Value).(*ast.CallExpr)
		if !ok {
			continue
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if f := r.callee(call); !ok || f == nil || f.Pkg() == nil || f.Pkg().Path() != r.dialect.Expression {
			continue
		}
		v := r.variable(sel.X)
		if v == nil {
			return nil, false
		}
		def := r.definition(v)
		if def == nil {
			return nil, false
		}
		b := &builder{r: r, expr: v.Name()}
		return b, b.follow(def)
	}
	return nil, false
}

// follow takes X.Build() apart.
func (b *builder) follow(e ast.Expr) bool {
	call, sel := method(e)
	if call == nil || sel.Sel.Name != "Build" {
		return false
	}
	b.chain = sel.X
	return b.chained(sel.X)
}

// chained takes NewBuilder().WithUpdate(…) apart.
func (b *builder) chained(x ast.Expr) bool {
	for range 20 {
		if v := b.r.variable(x); v != nil {
			def := b.r.definition(v)
			if def == nil {
				return false
			}
			x = def
			continue
		}
		call, sel := method(x)
		switch {
		case call == nil:
			return false
		case sel.Sel.Name == "NewBuilder":
			return true
		case sel.Sel.Name == "WithCondition" && len(call.Args) == 1:
			b.condition = call.Args[0]
		}
		x = sel.X
	}
	return false
}

func method(e ast.Expr) (*ast.CallExpr, *ast.SelectorExpr) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil, nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, nil
	}
	return call, sel
}

// build pins one attribute in terms of package expression.
func (p *pins) build(b *builder, n finding.Need) bool {
	code, _, ok := p.read(n)
	if !ok {
		return false
	}
	text, ok := b.unchanged(p.d, n.Attr, code)
	p.built = append(p.built, text)
	return ok
}

// with gives the builder conditions, and the request the condition that is built.
func (b *builder) with(d *draft, conditions []string) bool {
	r := b.r
	q, ok := d.use(r.site, r.dialect.Expression, "expression")
	if !ok || r.setsLater(dynamo.ConditionExpression) {
		return false
	}
	// A helper that is given the builder uses its condition, or the fix would not be made.
	given := field(r.lit, dynamo.ConditionExpression)
	all := strings.Join(conditions, ", ")
	if b.condition != nil {
		if given == nil {
			return false // it is built and not used
		}
		d.replace(r.file, b.condition.Pos(), b.condition.Pos(), q+".And(")
		d.replace(r.file, b.condition.End(), b.condition.End(), ", "+all+")")
		return true
	}
	if len(conditions) > 1 {
		all = q + ".And(" + all + ")"
	}
	link := ".WithCondition(" + all + ")"
	if r.src.Fset.Position(b.chain.Pos()).Line != r.src.Fset.Position(b.chain.End()).Line {
		link = ".\nWithCondition(" + all + ")"
	}
	d.insert(r.file, b.chain.End(), link)
	if given == nil && !b.handed {
		d.elements(r.site, r.lit, []string{dynamo.ConditionExpression + ": " + b.expr + ".Condition()"})
	}
	return true
}
