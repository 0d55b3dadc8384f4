package batch

import (
	"go/ast"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// FailPart lets a function fail that is told by a helper's struct what a batch has left, and does not look at it. The helper's
// other fields count what was sent, so that what is left cannot just be sent again.
func FailPart(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok || !needs(f, "retry") || len(f.Reads) > 0 && f.Reads[0].Op == "BatchGetItem" {
		return finding.Fix{}, false
	}
	call, ok := syntax.Enclosing[*ast.CallExpr](s)
	if sdk, _ := write.SdkCall(s); !ok || sdk != nil {
		return finding.Fix{}, false
	}
	part, pointer := leftPart(s, call)
	b := &batch{Site: s, d: src.Draft(), call: call}
	if part == "" || !b.place() {
		return finding.Fix{}, false
	}
	errs, ok := b.d.Use(s, "errors", "errors")
	if !ok {
		return finding.Fix{}, false
	}
	there := ""
	if pointer {
		there = b.out + " != nil && "
	}
	b.loopAt("if " + b.err + " == nil && " + there + "len(" + b.out + "." + part + ") > 0 {\n" + b.err + " = " + errs + ".New(\"" + notInFull + "\")\n}")
	return b.d.Fix("fail when something is left undone", true)
}

// leftPart finds the field of a helper's result that holds what is left: the one that the helper fills with it.
func leftPart(s *syntax.Site, call *ast.CallExpr) (name string, pointer bool) {
	of, fn := s.Src.Declared(s.Callee(call))
	tuple, ok := s.Info.TypeOf(call).(*types.Tuple)
	if fn == nil || fn.Body == nil || !ok || tuple.Len() != 2 {
		return "", false
	}
	result := tuple.At(0).Type()
	if p, ok := result.Underlying().(*types.Pointer); ok {
		result, pointer = p.Elem(), true
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || !types.Identical(of.Info.TypeOf(lit), result) {
			return true
		}
		for _, e := range lit.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			sel, ok := ast.Unparen(kv.Value).(*ast.SelectorExpr)
			if ok && syntax.Named(sel.Sel, dynamo.UnprocessedItems) && countable(of.Info.TypeOf(sel)) {
				name = of.Text(kv.Key)
			}
		}
		return true
	})
	obj, _, _ := types.LookupFieldOrMethod(result, true, s.Types, name)
	if obj == nil {
		return "", false
	}
	return name, pointer
}
