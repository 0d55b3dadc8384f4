// Package readback lets the update return what a second read was made for.
package readback

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// ReturnedValues takes a counter's number from the answer of the update that raises it, and leaves the second read out.
func ReturnedValues(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Reads) != 1 || len(f.Writes) != 2 || f.Reads[0].Op != "GetItem" || f.Writes[1].Op != "UpdateItem" {
		return finding.Fix{}, false
	}
	raise, ok := write.RequestOf(src, f.Writes[1])
	if !ok {
		return finding.Fix{}, false
	}
	s, ok := src.At(finding.Pos{File: f.Reads[0].File, Line: f.Reads[0].Line, Col: f.Reads[0].Col})
	if !ok || s.Outermost() != raise.Outermost() || s.Outermost() == ast.Node(s.File) {
		return finding.Fix{}, false
	}
	b := &readBack{raise: raise, d: src.Draft()}
	if !b.find(s) || !b.sameItem() || !b.ask() || !b.takeOver() || !b.leaveOut() {
		return finding.Fix{}, false
	}
	return b.d.Fix("take "+f.Depends[0].On+" from the update's own answer (ReturnValues), without a second read", false)
}

// A readBack is a read of what an update has made of an item.
type readBack struct {
	raise *write.Request
	d     *syntax.Draft
	// call reads, lit is its input; st keeps what it gives in the variable out.
	call *ast.CallExpr
	lit  *ast.CompositeLit
	st   *ast.AssignStmt
	out  *types.Var
	// at is the statement of the update, between what stands between it and the read; check looks at the read's error.
	at      ast.Stmt
	between []ast.Stmt
	check   *ast.IfStmt
}

// answered are the fields of a GetItemInput that the answer of the update makes up for.
var answered = []string{dynamo.TableName, dynamo.Key, dynamo.ConsistentRead, dynamo.ProjectionExpression, dynamo.ExpressionAttributeNames}

// find finds the read's parts: out, err := GetItem(…), in the block of the update and after it.
func (b *readBack) find(s *syntax.Site) bool {
	var input ast.Expr
	if b.call, input = write.SdkCall(s); b.call == nil {
		return false
	}
	if b.lit, _ = write.InputLiteral(s, input); b.lit == nil || write.Literal(input) == nil {
		return false
	}
	for _, e := range b.lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); !ok || !syntax.Named(kv.Key, answered...) {
			return false
		}
	}
	st, list := s.Around(b.call).Statement()
	b.st, _ = st.(*ast.AssignStmt)
	if b.st == nil || len(b.st.Lhs) != 2 || len(b.st.Rhs) != 1 || ast.Unparen(b.st.Rhs[0]) != ast.Expr(b.call) {
		return false
	}
	b.out = s.Variable(b.st.Lhs[0])
	if b.out == nil || s.Info.Defs[b.st.Lhs[0].(*ast.Ident)] != b.out || len(s.Assignments(b.out)) != 1 {
		return false
	}
	to := slices.Index(list, st)
	from := slices.IndexFunc(list, func(x ast.Stmt) bool { return syntax.Within(b.raise.Call, []ast.Node{x}) })
	if from < 0 || from >= to {
		return false
	}
	b.at, b.between = list[from], list[from+1:to]
	if to+1 < len(list) {
		b.check, _ = list[to+1].(*ast.IfStmt)
	}
	if b.check != nil && (b.check.Init != nil || b.check.Else != nil) {
		b.check = nil
	}
	if b.check != nil {
		if body, _ := s.BranchOf(b.check, b.st); body == nil {
			b.check = nil
		}
	}
	return b.check != nil || syntax.Named(b.st.Lhs[1], "_")
}

// sameItem reports that the read is of the item that is updated, and that nothing happens in between.
func (b *readBack) sameItem() bool {
	for _, name := range []string{dynamo.TableName, dynamo.Key} {
		mine, theirs := write.Field(b.lit, name), write.Field(b.raise.Lit, name)
		if mine == nil || theirs == nil || b.raise.SetsLater(name) {
			return false
		}
		text, ok := inCaller(b.raise, theirs.Value)
		if !ok || text != b.raise.Text(mine.Value) {
			return false
		}
	}
	out := true
	for _, st := range b.between {
		if branch, ok := st.(*ast.IfStmt); ok && syntax.Ends(branch.Body) && branch.Else == nil && branch.Init == nil && !calls(branch.Cond) {
			continue
		}
		out = out && !calls(st)
	}
	return out
}

func calls(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		_, ok := n.(*ast.CallExpr)
		found = found || ok
		return !found
	})
	return found
}

// inCaller writes an expression of the function that makes an input as it is where that function is called: with the
// arguments in the place of the parameters.
func inCaller(r *write.Request, e ast.Expr) (string, bool) {
	text := r.Of.Text(e)
	if !r.Made {
		return text, true
	}
	call := maker(r)
	s, fn := r.Src.Declared(r.Callee(call))
	if fn == nil || s.Types != r.Types {
		return "", false
	}
	args := decision.Arguments(s, fn, call, r.Site)
	ok := true
	var out strings.Builder
	from := e.Pos()
	ast.Inspect(e, func(n ast.Node) bool {
		id, isName := n.(*ast.Ident)
		if !isName {
			return true
		}
		v := s.Variable(id)
		if v == nil {
			return true
		}
		arg, given := args[v]
		ok = ok && given
		if given {
			start, end := int(from-e.Pos()), int(id.Pos()-e.Pos())
			out.WriteString(text[start:end] + r.Text(arg))
			from = id.End()
		}
		return true
	})
	out.WriteString(text[int(from-e.Pos()):])
	return out.String(), ok
}

// maker gives the call of the function that has made the input.
func maker(r *write.Request) *ast.CallExpr {
	made := r.Input
	if r.In != nil {
		made = r.Assignments(r.In)[0].Value
	}
	call, _ := ast.Unparen(made).(*ast.CallExpr)
	return call
}

// takeOver gives the update's answer the name of the read's.
func (b *readBack) takeOver() bool {
	name := b.out.Name()
	tok := b.st.Tok.String()
	switch st := b.at.(type) {
	case *ast.AssignStmt:
		if !b.errorOnly(st) {
			return false
		}
		b.d.Swap(b.raise.Site, st.Lhs[0], name)
		b.d.Replace(b.raise.File, st.TokPos, st.TokPos+token.Pos(len(st.Tok.String())), tok)
		return true
	case *ast.IfStmt:
		init, ok := st.Init.(*ast.AssignStmt)
		if !ok || !b.errorOnly(init) || st.Else != nil || !syntax.Named(b.st.Lhs[1], init.Lhs[1].(*ast.Ident).Name) {
			return false
		}
		// if _, err := …; err != nil { becomes out, err := … and if err != nil {
		b.d.Insert(b.raise.File, st.Pos(), name+", "+b.raise.Text(init.Lhs[1])+" "+tok+" ")
		b.d.Replace(b.raise.File, st.If, init.Rhs[0].Pos(), "")
		b.d.Replace(b.raise.File, init.End(), st.Cond.Pos(), "\nif ")
		return true
	}
	return false
}

// errorOnly reports _, err := the update.
func (b *readBack) errorOnly(st *ast.AssignStmt) bool {
	if len(st.Lhs) != 2 || len(st.Rhs) != 1 || !syntax.Named(st.Lhs[0], "_") || ast.Unparen(st.Rhs[0]) != ast.Expr(b.raise.Call) {
		return false
	}
	id, ok := st.Lhs[1].(*ast.Ident)
	return ok && id.Name != "_" && (syntax.Named(b.st.Lhs[1], id.Name) || syntax.Named(b.st.Lhs[1], "_"))
}

// ask makes the update answer with the item as it is afterwards.
func (b *readBack) ask() bool {
	r := b.raise
	if write.Field(r.Lit, dynamo.ReturnValues) != nil || r.SetsLater(dynamo.ReturnValues) {
		return false
	}
	q, ok := b.d.Use(r.Site, r.Dialect.Types, r.Dialect.Qualifier())
	value := q + ".ReturnValueAllNew"
	if r.Dialect.V1 {
		a, known := b.d.Use(r.Site, r.Dialect.Aws, "aws")
		value, ok = a+".String("+value+")", ok && known
	}
	switch {
	case !ok:
		return false
	case !r.Made:
		b.d.Elements(r.Site, r.Lit, []string{dynamo.ReturnValues + ": " + value})
		return true
	case r.In != nil:
		b.d.Insert(r.File, b.at.Pos(), r.In.Name()+"."+dynamo.ReturnValues+" = "+value+"\n")
		return true
	}
	in := r.Fresh("in", "input")
	b.d.Insert(r.File, b.at.Pos(), in+" := "+r.Text(r.Input)+"\n"+in+"."+dynamo.ReturnValues+" = "+value+"\n")
	b.d.Swap(r.Site, r.Input, in)
	return true
}

// leaveOut takes the read away, and has its answer's users look at the update's.
func (b *readBack) leaveOut() bool {
	r := b.raise
	for _, id := range r.Uses(b.out) {
		sel, ok := r.Around(id).Path[1].(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Item" {
			return false
		}
		b.d.Swap(r.Site, sel.Sel, "Attributes")
	}
	c := &syntax.Cleanup{Site: r.Site, D: b.d}
	return c.Line(b.st) && (b.check == nil || c.Line(b.check))
}
