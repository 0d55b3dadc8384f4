package batch

import (
	"go/ast"
	"go/token"
	"go/types"
	goversion "go/version"
	"regexp"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// FailedCondition takes only a cancellation for a failed condition of which one is the reason: all others go the way of the
// other errors.
func FailedCondition(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok || len(f.Writes) > 0 {
		return finding.Fix{}, false
	}
	call, v := asCancelled(s)
	if call == nil {
		return finding.Fix{}, false
	}
	if err := s.Variable(call.Args[0]); err == nil || !conditional(s.Around(call), err) || answersSoon(s.Around(call)) {
		return finding.Fix{}, false
	}
	obj, _, _ := types.LookupFieldOrMethod(v.Type(), true, s.Types, "CancellationReasons")
	if obj == nil {
		return finding.Fix{}, false
	}
	list, ok := obj.Type().Underlying().(*types.Slice)
	if !ok {
		return finding.Fix{}, false
	}
	if v := s.Types.GoVersion(); v != "" && goversion.Compare(v, "go1.21") < 0 {
		return finding.Fix{}, false // without the package slices
	}
	at := s.Around(call)
	typ, ok := at.TypeText(list.Elem())
	d := src.Draft()
	lists, ok2 := d.Use(s, "slices", "slices")
	str, ok3 := d.Use(s, write.AwsPath, "aws")
	if !ok || !ok2 || !ok3 {
		return finding.Fix{}, false
	}
	r := at.Fresh("r", "reason")
	code := s.Text(call) + " && " + lists + ".ContainsFunc(" + v.Name() + ".CancellationReasons, func(" + r + " " + typ + ") bool {\n" +
		"return " + str + ".ToString(" + r + ".Code) == \"ConditionalCheckFailed\"\n})"
	if operand(at, call) {
		code = "(" + code + ")"
	}
	d.Swap(s, call, code)
	return d.Fix("answer so only when a condition has failed; other cancellations are treated like other errors", true)
}

// asCancelled finds the errors.As around a place that looks for a cancelled transaction of SDK version 2, and its variable.
func asCancelled(s *syntax.Site) (*ast.CallExpr, *types.Var) {
	var found *ast.CallExpr
	for _, n := range s.Path {
		if st, ok := n.(ast.Stmt); ok {
			ast.Inspect(st, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if f := s.CalledFunc(call); ok && f != nil && f.FullName() == "errors.As" && found == nil && s.Src.Fset.Position(call.Pos()).Line == s.Src.Fset.Position(s.Pos).Line {
					found = call
				}
				return found == nil
			})
			break
		}
	}
	if found == nil || len(found.Args) != 2 {
		return nil, nil
	}
	v := s.Variable(found.Args[1])
	if v == nil {
		return nil, nil
	}
	p, ok := v.Type().(*types.Pointer)
	if !ok {
		return nil, nil
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok || n.Obj().Name() != "TransactionCanceledException" || !strings.HasPrefix(n.Obj().Pkg().Path(), "github.com/aws/aws-sdk-go-v2/") {
		return nil, nil
	}
	return found, v
}

// operand reports a call that stands behind a negation, or beside ||.
func operand(s *syntax.Site, call *ast.CallExpr) bool {
	i := slices.Index(s.Path, ast.Node(call))
	if i < 0 || i+1 >= len(s.Path) {
		return false
	}
	switch p := s.Path[i+1].(type) {
	case *ast.UnaryExpr:
		return p.Op == token.NOT
	case *ast.BinaryExpr:
		return p.Op == token.LOR
	}
	return false
}

// soon matches names of answers that ask to try again: what a conflict or a throttled table is to be answered by.
var soon = regexp.MustCompile(`(?i)toomany|retry|again|busy|throttl|unavailable|limit`)

// answersSoon reports that a branch around a place asks its caller to try again.
func answersSoon(s *syntax.Site) bool {
	found := false
	for _, n := range s.Path {
		switch n.(type) {
		case *ast.IfStmt, *ast.CaseClause:
		default:
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && soon.MatchString(id.Name)
			return !found
		})
		break
	}
	return found
}

// conditional reports that the error in a variable, at a site behind it, is that of a transaction with a condition: or else no
// cancellation is a failed one.
func conditional(s *syntax.Site, err *types.Var) bool {
	var last ast.Expr
	for _, a := range s.Assignments(err) {
		if a.Value.Pos() < s.Pos && write.IsCall(s, a.Value) && (last == nil || a.Value.Pos() > last.Pos()) {
			last = a.Value
		}
	}
	call, ok := last.(*ast.CallExpr)
	return ok && demands(s.Around(call), call, 0)
}

// demands reports a call that carries out a transaction with a condition, itself or by a function of the source.
func demands(s *syntax.Site, call *ast.CallExpr, depth int) bool {
	if sdk, input := write.SdkCall(s.Around(call)); sdk == call {
		return hasCondition(s, transaction(s, input))
	}
	found := false
	for _, in := range write.Implementations(s.Src, s.Callee(call)) {
		ast.Inspect(in.Outermost(), func(n ast.Node) bool {
			inner, ok := n.(*ast.CallExpr)
			found = found || ok && depth < 3 && demands(in, inner, depth+1)
			return !found
		})
	}
	return found
}

// transaction gives what holds the actions of a transaction's input: the list, where it is written out, or the function.
func transaction(s *syntax.Site, input ast.Expr) ast.Node {
	op, _ := dynamo.ByInput(s.Info.TypeOf(input))
	if op.Kind != dynamo.TransactWrite {
		return nil
	}
	if lit, _ := write.InputLiteral(s, input); lit != nil {
		if kv := write.Field(lit, dynamo.TransactItems); kv != nil && write.Literal(kv.Value) != nil {
			return kv
		}
	}
	return s.Outermost()
}

// hasCondition reports an action with a condition among those of a transaction.
func hasCondition(s *syntax.Site, in ast.Node) bool {
	found := false
	if in == nil {
		return false
	}
	ast.Inspect(in, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok {
			_, isAction := dynamo.ActionType(s.Info.TypeOf(lit))
			found = found || isAction && write.Field(lit, dynamo.ConditionExpression) != nil
		}
		return !found
	})
	return found
}
