package batch

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// rewrite writes the call of the transaction in the place of that of the batch.
func (t *transfer) rewrite(list string) bool {
	if t.client != "" {
		return t.instead(list)
	}
	return t.retarget(list) && t.output()
}

// retarget calls TransactWriteItems instead, where the client has it.
func (t *transfer) retarget(list string) bool {
	sel, ok := syntax.CallSelector(t.call)
	if !ok || !transacts(t.Site, t.Info.TypeOf(sel.X)) {
		return false
	}
	of, ok := t.literalInput.Type.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	t.d.Swap(t.Site, sel.Sel, "TransactWriteItems")
	t.d.Swap(t.Site, t.literalInput, t.Text(of.X)+".TransactWriteItemsInput{TransactItems: "+list+"}")
	return true
}

// transacts reports a client that has TransactWriteItems.
func transacts(s *syntax.Site, client types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(client, true, s.Types, "TransactWriteItems")
	_, method := obj.(*types.Func)
	return method
}

// instead calls TransactWriteItems in the place of a helper that returns nothing but an error.
func (t *transfer) instead(list string) bool {
	pkg, ok := t.d.Use(t.Site, write.DynamoPath, "dynamodb")
	if !ok {
		return false
	}
	code := t.client + ".TransactWriteItems(" + t.ctx + ", &" + pkg + ".TransactWriteItemsInput{TransactItems: " + list + "})"
	st, _ := t.Around(t.call).Statement()
	if branch, is := st.(*ast.IfStmt); is {
		st = branch.Init
	}
	switch st := st.(type) {
	case *ast.AssignStmt:
		if len(st.Lhs) != 1 || ast.Unparen(st.Rhs[0]) != ast.Expr(t.call) {
			return false
		}
		t.d.Insert(t.File, st.Pos(), "_, ")
		t.d.Swap(t.Site, t.call, code)
		return true
	case *ast.ReturnStmt:
		if len(st.Results) != 1 || ast.Unparen(st.Results[0]) != ast.Expr(t.call) {
			return false
		}
		err, assign := t.errorVariable()
		t.d.Swap(t.Site, st, "_, "+err+" "+assign+" "+code+"\nreturn "+err)
		return true
	}
	return false
}

// errorVariable names a variable for an error, and says how to assign it: one that is there, or a new one.
func (t *transfer) errorVariable() (name, assign string) {
	if _, obj := t.Scope(t.call.Pos()).LookupParent("err", t.call.Pos()); obj != nil {
		if v, ok := obj.(*types.Var); ok && syntax.IsError(v.Type()) && v.Parent() != t.Types.Scope() {
			return "err", "="
		}
		return t.Around(t.call).Fresh("failed", "txErr"), ":="
	}
	return "err", ":="
}

// output takes away what looks at the batch's output, as long as that is one test of what it has left.
func (t *transfer) output() bool {
	st, block := t.Around(t.call).Statement()
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		return false
	}
	if syntax.Named(as.Lhs[0], "_") {
		return true
	}
	out, ok := as.Lhs[0].(*ast.Ident)
	if !ok || as.Tok != token.DEFINE {
		return false
	}
	v := t.Info.ObjectOf(out)
	var test *ast.IfStmt
	for _, other := range block {
		branch, is := other.(*ast.IfStmt)
		switch {
		case other == st || !t.Mentions(other, v):
		case test != nil || !is || branch.Else != nil || branch.Init != nil || !t.onlyLeft(branch, v):
			return false
		default:
			test = branch
		}
	}
	if test == nil {
		return false
	}
	t.d.Swap(t.Site, out, "_")
	if err, ok := as.Lhs[1].(*ast.Ident); ok && t.Info.Defs[err] == nil {
		t.d.Replace(t.File, as.TokPos, as.TokPos+2, "=")
	}
	end := test.End()
	if k := slices.Index(block, ast.Stmt(test)); k+1 < len(block) && !t.Commented(end, block[k+1].Pos()) {
		end = block[k+1].Pos()
	}
	t.d.Replace(t.File, test.Pos(), end, "")
	t.d.Unimport(t.Site, test)
	return true
}

// onlyLeft reports a branch that asks only whether something is left of a batch, and makes nothing of it.
func (t *transfer) onlyLeft(branch *ast.IfStmt, v types.Object) bool {
	if t.Mentions(branch.Body, v) {
		return false
	}
	asks := false
	ast.Inspect(branch.Cond, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		asks = asks || ok && syntax.Named(sel.Sel, dynamo.UnprocessedItems) && t.Mentions(sel.X, v)
		return true
	})
	or := false
	ast.Inspect(branch.Cond, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		or = or || ok && b.Op == token.LOR
		return true
	})
	return asks && !or
}
