// Package batch repairs batches: what they leave undone is sent again or told, and few items are one transaction.
package batch

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Drain sends again, with growing pauses, what a batch has left undone, and ends with an error when that does not help.
// The error takes the way of the call's own, so the function goes on treating it as it did.
func Drain(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !needs(f, "retry") {
		return finding.Fix{}, false
	}
	if len(f.Reads) > 0 && f.Reads[0].Op == "BatchGetItem" && len(f.Reads[0].Via) > 0 { // keys that a helper has not looked at, and tells nobody of
		read := f.Reads[0]
		s, ok = src.At(finding.Pos{File: read.File, Line: read.Line, Col: read.Col})
	}
	if !ok || ast.IsGenerated(s.File) {
		return finding.Fix{}, false
	}
	b := &batch{Site: s, d: src.Draft()}
	if !b.find() || !b.place() || !b.loop() {
		return finding.Fix{}, false
	}
	return b.d.Fix("send again what is left undone, with growing pauses, and fail when something is left after 8 attempts", true)
}

// A batch is the call of one in a function, or of a helper that returns what is left.
type batch struct {
	*syntax.Site
	d    *syntax.Draft
	call *ast.CallExpr
	// input is the index of the argument that says what to do, left the field of the output that holds what is left; empty
	// for a helper, whose result is what is left.
	input int
	left  string
	// out and err are the variables of the call's results.
	out, err string
	// loopAt puts the loop where it goes.
	loopAt func(text string)
}

// find finds the call, and what it takes and leaves.
func (b *batch) find() bool {
	call, input := write.SdkCall(b.Site)
	if call == nil {
		call, ok := syntax.Enclosing[*ast.CallExpr](b.Site)
		return ok && b.helper(call)
	}
	b.call = call
	for i, arg := range call.Args {
		if arg == input {
			b.input = i
		}
	}
	op, _ := dynamo.ByInput(b.Info.TypeOf(input))
	switch op.Kind {
	case dynamo.BatchWrite:
		b.left = dynamo.UnprocessedItems
	case dynamo.BatchGet:
		b.left = dynamo.UnprocessedKeys
	default:
		return false
	}
	return true
}

// helper finds the argument of a function that has the type of its first result: what is left is to be handed to it again.
func (b *batch) helper(call *ast.CallExpr) bool {
	sig, ok := b.Info.TypeOf(call.Fun).(*types.Signature)
	if !ok || sig.Results().Len() != 2 || sig.Variadic() {
		return false
	}
	left := sig.Results().At(0).Type()
	if !countable(left) {
		return false
	}
	found := -1
	for i := range sig.Params().Len() {
		if types.Identical(sig.Params().At(i).Type(), left) {
			if found >= 0 {
				return false
			}
			found = i
		}
	}
	b.call, b.input = call, found
	return found >= 0
}

// place finds the variables of the results, declares the one that is missing, and finds where the loop goes.
func (b *batch) place() bool {
	at := b.Around(b.call)
	st, _ := at.Statement()
	if branch, ok := st.(*ast.IfStmt); ok {
		return b.beforeBranch(at, branch)
	}
	as, ok := st.(*ast.AssignStmt)
	if !ok || !b.results(as) {
		return false
	}
	if syntax.Named(as.Lhs[0], "_") {
		b.out = at.Fresh("out", "output", "batchOut")
		typ, ok := at.TypeText(b.Info.TypeOf(b.call).(*types.Tuple).At(0).Type())
		if !ok {
			return false
		}
		b.d.Swap(b.Site, as.Lhs[0], b.out)
		if as.Tok == token.ASSIGN {
			b.d.Insert(b.File, as.Pos(), "var "+b.out+" "+typ+"\n")
		}
	} else if b.left != "" && b.usedOtherwise(as.Lhs[0].(*ast.Ident)) {
		rest := at.Fresh("rest", "remaining")
		given := b.out
		b.out = rest
		b.loopAt = func(text string) { b.d.After(b.Site, as, rest+" := "+given+"\n"+text) }
		return true
	}
	b.loopAt = func(text string) { b.d.After(b.Site, as, text) }
	return true
}

// results takes the names of the variables that a call's results are assigned to.
func (b *batch) results(as *ast.AssignStmt) bool {
	if len(as.Lhs) != 2 || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(b.call) {
		return false
	}
	out, ok := as.Lhs[0].(*ast.Ident)
	err, ok2 := as.Lhs[1].(*ast.Ident)
	if !ok || !ok2 || err.Name == "_" || !syntax.IsError(b.Info.TypeOf(err)) {
		return false
	}
	b.out, b.err = out.Name, err.Name
	return true
}

// beforeBranch handles `if _, err := call; err != nil`: the call and the loop go before the branch.
func (b *batch) beforeBranch(at *syntax.Site, branch *ast.IfStmt) bool {
	as, ok := branch.Init.(*ast.AssignStmt)
	if !ok || !b.results(as) {
		return false
	}
	if !syntax.Named(as.Lhs[0], "_") {
		return false // something is made of the output in the branch
	}
	b.out = at.Fresh("out", "output", "batchOut")
	first := b.out + ", " + b.err + " := " + b.Text(b.call) + "\n"
	if as.Tok == token.ASSIGN {
		typ, ok := at.TypeText(b.Info.TypeOf(b.call).(*types.Tuple).At(0).Type())
		if !ok {
			return false
		}
		first = "var " + b.out + " " + typ + "\n" + b.out + ", " + b.err + " = " + b.Text(b.call) + "\n"
	}
	open, closing := "", ""
	if _, other := b.Scope(branch.Pos()).LookupParent(b.err, branch.Pos()); other != nil && as.Tok == token.DEFINE && !lastOf(at, branch) {
		open, closing = "{\n", "\n}"
	}
	b.loopAt = func(text string) {
		b.d.Replace(b.File, branch.Pos(), branch.Cond.Pos(), open+first+text+"\nif ")
		if closing != "" {
			b.d.Insert(b.File, branch.End(), closing)
		}
	}
	return true
}

// lastOf reports a branch that is the last statement of a block which declares nothing by its names: variables that stand before
// it are in nobody's way.
func lastOf(at *syntax.Site, branch *ast.IfStmt) bool {
	_, list := at.Around(branch).Statement()
	if len(list) == 0 || list[len(list)-1] != ast.Stmt(branch) {
		return false
	}
	as, ok := branch.Init.(*ast.AssignStmt)
	if !ok {
		return false
	}
	own := at.Info.Scopes[branch]
	for _, l := range as.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Name != "_" && (own == nil || own.Parent().Lookup(id.Name) != nil) {
			return false
		}
	}
	return true
}

// usedOtherwise reports an output of which more is used than what is left.
func (b *batch) usedOtherwise(out *ast.Ident) bool {
	v := b.Info.ObjectOf(out)
	all, left := 0, 0
	ast.Inspect(b.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && b.Info.ObjectOf(id) == v && n.Sel.Name == b.left {
				left++
			}
		case *ast.Ident:
			if n != out && b.Info.ObjectOf(n) == v && b.Info.Defs[n] == nil {
				all++
			}
		}
		return true
	})
	return all > left && b.left == dynamo.UnprocessedItems
}

// loop writes the loop.
func (b *batch) loop() bool {
	sleep, ok := b.d.Use(b.Site, "time", "time")
	if !ok {
		return false
	}
	errs, ok := b.d.Use(b.Site, "errors", "errors")
	if !ok {
		return false
	}
	attempt := b.Around(b.call).Fresh("attempt", "try")
	left := b.out
	if b.left != "" {
		left += "." + b.left
	}
	again, ok := b.again(left)
	if !ok {
		return false
	}
	b.loopAt("for " + attempt + " := 1; " + b.err + " == nil && len(" + left + ") > 0; " + attempt + "++ {\n" +
		"if " + attempt + " == 8 {\n" + b.err + " = " + errs + ".New(\"" + notInFull + "\")\nbreak\n}\n" +
		sleep + ".Sleep(25 * " + sleep + ".Millisecond << " + attempt + ")\n" + again + "\n}")
	return true
}

// again writes the call for what is left.
func (b *batch) again(left string) (string, bool) {
	args := make([]string, len(b.call.Args))
	for i, a := range b.call.Args {
		args[i] = b.Text(a)
	}
	args[b.input] = left
	if b.left != "" {
		t := b.Info.TypeOf(b.call.Args[b.input]).(*types.Pointer)
		typ, ok := b.TypeText(t.Elem())
		if !ok {
			return "", false
		}
		args[b.input] = "&" + typ + "{" + dynamo.RequestItems + ": " + left + "}"
	}
	dots := ""
	if b.call.Ellipsis.IsValid() {
		dots = "..."
	}
	call := b.Text(b.call.Fun) + "(" + strings.Join(args, ", ") + dots + ")"
	if b.left != dynamo.UnprocessedKeys {
		return b.out + ", " + b.err + " = " + call, true
	}
	at := b.Around(b.call)
	more, typ := at.Fresh("more", "moreOut"), ""
	typ, ok := b.TypeText(b.Info.TypeOf(b.call).(*types.Tuple).At(0).Type())
	if !ok {
		return "", false
	}
	table, items := at.Fresh("table", "tableName"), at.Fresh("items", "moreItems")
	return "var " + more + " " + typ + "\n" +
		"if " + more + ", " + b.err + " = " + call + "; " + b.err + " != nil {\nbreak\n}\n" +
		"for " + table + ", " + items + " := range " + more + ".Responses {\n" +
		b.out + ".Responses[" + table + "] = append(" + b.out + ".Responses[" + table + "], " + items + "...)\n}\n" +
		b.out + "." + b.left + " = " + more + "." + b.left, true
}
