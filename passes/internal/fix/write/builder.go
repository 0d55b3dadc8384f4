package write

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A Builder is the expression builder that a request's expressions come from.
type Builder struct {
	R *Request
	// expr is the variable of the built expression, Chain the calls that build it.
	expr  string
	Chain ast.Expr
	// condition is the argument of WithCondition, where there is one, Update that of WithUpdate.
	condition, Update ast.Expr
	// Handed is set for a builder that a helper is given, which does the rest.
	Handed bool
}

// Builder finds the builder of a request: expr.Names() and expr.Values() in its literal, and expr made by Build.
func (r *Request) Builder() (*Builder, bool) {
	if r.Made {
		return nil, false
	}
	for _, name := range []string{dynamo.ExpressionAttributeNames, dynamo.ExpressionAttributeValues} {
		kv := Field(r.Lit, name)
		if kv == nil {
			continue
		}
		call, ok := ast.Unparen(kv.Value).(*ast.CallExpr)
		if !ok {
			continue
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if f := r.Callee(call); !ok || f == nil || f.Pkg() == nil || f.Pkg().Path() != r.Dialect.Expression {
			continue
		}
		v := r.Variable(sel.X)
		if v == nil {
			return nil, false
		}
		def := r.Definition(v)
		if def == nil {
			return nil, false
		}
		b := &Builder{R: r, expr: v.Name()}
		return b, b.follow(def)
	}
	return nil, false
}

// follow takes X.Build() apart.
func (b *Builder) follow(e ast.Expr) bool {
	call, sel := Method(e)
	if call == nil || sel.Sel.Name != "Build" {
		return false
	}
	b.Chain = sel.X
	return b.Chained(sel.X)
}

// Chained takes NewBuilder().WithUpdate(…) apart.
func (b *Builder) Chained(x ast.Expr) bool {
	for range 20 {
		if v := b.R.Variable(x); v != nil {
			def := b.R.Definition(v)
			if def == nil {
				return false
			}
			x = def
			continue
		}
		call, sel := Method(x)
		switch {
		case call == nil:
			return false
		case sel.Sel.Name == "NewBuilder":
			return true
		case sel.Sel.Name == "WithCondition" && len(call.Args) == 1:
			b.condition = call.Args[0]
		case sel.Sel.Name == "WithUpdate" && len(call.Args) == 1:
			b.Update = call.Args[0]
		}
		x = sel.X
	}
	return false
}

// Method takes a call of a method or of a package's function apart; both are nil for other expressions.
func Method(e ast.Expr) (*ast.CallExpr, *ast.SelectorExpr) {
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

// With gives the builder conditions, and the request the condition that is built.
func (b *Builder) With(d *syntax.Draft, conditions []string) bool {
	r := b.R
	q, ok := d.Use(r.Site, r.Dialect.Expression, "expression")
	if !ok || r.SetsLater(dynamo.ConditionExpression) {
		return false
	}
	// A helper that is given the builder uses its condition, or the fix would not be made.
	given := Field(r.Lit, dynamo.ConditionExpression)
	all := strings.Join(conditions, ", ")
	if b.condition != nil {
		if given == nil || !b.builds(given.Value) {
			return false // it is built and not used
		}
		d.Replace(r.File, b.condition.Pos(), b.condition.Pos(), q+".And(")
		d.Replace(r.File, b.condition.End(), b.condition.End(), ", "+all+")")
		return true
	}
	if len(conditions) > 1 {
		all = q + ".And(" + all + ")"
	}
	if given != nil && !b.builds(given.Value) {
		theirs, ok := b.plain(q, given.Value)
		if !ok {
			return false // what is built would not be used
		}
		all = q + ".And(" + theirs + ", " + strings.Join(conditions, ", ") + ")"
		d.Swap(r.Site, given.Value, b.expr+".Condition()")
	}
	link := ".WithCondition(" + all + ")"
	if b.broken() {
		link = ".\nWithCondition(" + all + ")"
	}
	d.Insert(r.File, b.Chain.End(), link)
	if given == nil && !b.Handed {
		d.Elements(r.Site, r.Lit, []string{dynamo.ConditionExpression + ": " + b.expr + ".Condition()"})
	}
	return true
}

// builds reports expr.Condition().
func (b *Builder) builds(e ast.Expr) bool {
	call, sel := Method(e)
	if call == nil || sel.Sel.Name != "Condition" {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == b.expr
}

// plain writes a condition that is a text in terms of package expression: that an attribute is there, or that it is not.
func (b *Builder) plain(q string, e ast.Expr) (string, bool) {
	text, ok := StringOf(b.R.Site, e)
	if !ok {
		return "", false
	}
	c, err := expr.ParseCondition(text, func(string) (string, bool) { return "", false })
	if err != nil || len(c.Operands) != 1 || c.Operands[0].Kind != expr.Attr || c.Operands[0].Path.String() != c.Operands[0].Path.Name {
		return "", false
	}
	test, ok := map[expr.Op]string{expr.Exists: "AttributeExists", expr.NotExists: "AttributeNotExists"}[c.Op]
	return q + "." + test + "(" + q + ".Name(" + strconv.Quote(c.Operands[0].Path.Name) + "))", ok
}

// broken reports a chain of calls of which the last one begins a line.
func (b *Builder) broken() bool {
	_, sel := Method(b.Chain)
	line := func(at token.Pos) int { return b.R.Src.Fset.Position(at).Line }
	return sel != nil && line(sel.Sel.Pos()) != line(sel.X.End())
}
