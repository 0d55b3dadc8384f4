package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	goversion "go/version"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// failedCondition takes only a cancellation for a failed condition of which one is the reason: all others go the way of the
// other errors.
func failedCondition(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || len(f.Writes) > 0 || !src.conditions() {
		return finding.Fix{}, false
	}
	call, v := s.asCancelled()
	if call == nil {
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
	at := s.around(call)
	typ, ok := at.typeText(list.Elem())
	d := src.draft()
	lists, ok2 := d.use(s, "slices", "slices")
	str, ok3 := d.use(s, awsPath, "aws")
	if !ok || !ok2 || !ok3 {
		return finding.Fix{}, false
	}
	r := at.fresh("r", "reason")
	code := s.text(call) + " && " + lists + ".ContainsFunc(" + v.Name() + ".CancellationReasons, func(" + r + " " + typ + ") bool {\n" +
		"return " + str + ".ToString(" + r + ".Code) == \"ConditionalCheckFailed\"\n})"
	if at.operand(call) {
		code = "(" + code + ")"
	}
	d.swap(s, call, code)
	return d.fix("answer so only when a condition has failed; other cancellations are treated like other errors", true)
}

// asCancelled finds the errors.As around a place that looks for a cancelled transaction of SDK version 2, and its variable.
func (s *site) asCancelled() (*ast.CallExpr, *types.Var) {
	var found *ast.CallExpr
	for _, n := range s.path {
		if st, ok := n.(ast.Stmt); ok {
			ast.Inspect(st, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if f := s.calledFunc(call); ok && f != nil && f.FullName() == "errors.As" && found == nil && s.src.Fset.Position(call.Pos()).Line == s.src.Fset.Position(s.pos).Line {
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
	v := s.variable(found.Args[1])
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
func (s *site) operand(call *ast.CallExpr) bool {
	i := slices.Index(s.path, ast.Node(call))
	if i < 0 || i+1 >= len(s.path) {
		return false
	}
	switch p := s.path[i+1].(type) {
	case *ast.UnaryExpr:
		return p.Op == token.NOT
	case *ast.BinaryExpr:
		return p.Op == token.LOR
	}
	return false
}

// conditions reports that the source has a transaction with a condition: or else no cancellation is a failed one.
func (src *Source) conditions() bool {
	found := false
	for _, pkg := range src.Packages {
		for _, file := range pkg.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok || found {
					return !found
				}
				_, isAction := dynamo.ActionType(pkg.Info.TypeOf(lit))
				found = isAction && field(lit, dynamo.ConditionExpression) != nil
				return !found
			})
		}
	}
	return found
}
