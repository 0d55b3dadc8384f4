package refusal

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// absence is for a write whose condition says that the item is there, and whose refusal means to the function that it is not. With
// another demand in the condition the two are told apart: DynamoDB gives the item along with the refusal where there is one.
func absence(src *syntax.Source, a finding.Access, m meaning) (func(*syntax.Draft) bool, bool) {
	r, ok := write.RequestOf(src, a)
	if !ok || m.negated || r.Made || r.Built != nil || r.Dialect.V1 || write.Action(a.Op) != "" || !asksPresence(r) {
		return nil, false
	}
	if write.Field(r.Lit, dynamo.ReturnValuesOnFailure) != nil || r.SetsLater(dynamo.ReturnValuesOnFailure) || m.success.Init != nil || !carriesItem(r) {
		return nil, false
	}
	err := errorIn(r, m.success.Cond)
	st, _ := r.Around(m.success).Statement()
	if err == nil || st != ast.Stmt(m.success) {
		return nil, false
	}
	return func(d *syntax.Draft) bool {
		types, ok := d.Use(r.Site, write.TypesPath, "types")
		errs, ok2 := d.Use(r.Site, "errors", "errors")
		if !ok || !ok2 {
			return false
		}
		d.Elements(r.Site, r.Lit, []string{dynamo.ReturnValuesOnFailure + ": " + types + ".ReturnValuesOnConditionCheckFailureAllOld"})
		name := r.Fresh("refused", "refusal")
		d.Insert(r.File, m.success.Pos(), "var "+name+" *"+types+".ConditionalCheckFailedException\n")
		cond := r.Text(m.success.Cond)
		if len(conjuncts(m.success.Cond)) == 1 && disjoint(m.success.Cond) {
			cond = "(" + cond + ")"
		}
		d.Swap(r.Site, m.success.Cond, cond+" && "+errs+".As("+err.Name()+", &"+name+") && len("+name+"."+dynamo.Item+") == 0")
		return true
	}, true
}

// disjoint reports an expression of || on top.
func disjoint(e ast.Expr) bool {
	b, ok := e.(*ast.BinaryExpr)
	return ok && b.Op.String() == "||"
}

// asksPresence reports a condition of nothing but the presence of an attribute.
func asksPresence(r *write.Request) bool {
	kv := write.Field(r.Lit, dynamo.ConditionExpression)
	if kv == nil || r.SetsLater(dynamo.ConditionExpression) {
		return false
	}
	text, ok := write.StringOf(r.Of, kv.Value)
	if !ok || strings.Count(text, "(") != 1 {
		return false
	}
	_, err := expr.ParseCondition(text, func(string) (string, bool) { return "", false })
	return err == nil && strings.HasPrefix(strings.TrimSpace(text), "attribute_exists")
}

// carriesItem reports an SDK whose error for a failed condition has the item.
func carriesItem(r *write.Request) bool {
	for _, p := range r.Types.Imports() {
		if p.Path() != write.TypesPath {
			continue
		}
		obj := p.Scope().Lookup("ConditionalCheckFailedException")
		if obj == nil {
			return false
		}
		field, _, _ := types.LookupFieldOrMethod(obj.Type(), true, p, dynamo.Item)
		return field != nil
	}
	return false
}

// errorIn finds the variable of the error that a condition looks at.
func errorIn(r *write.Request, cond ast.Expr) (err *types.Var) {
	ast.Inspect(cond, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && err == nil {
			if v := r.Variable(id); v != nil && syntax.IsError(v.Type()) {
				err = v
			}
		}
		return err == nil
	})
	return err
}
