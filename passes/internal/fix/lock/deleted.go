package lock

import (
	"go/ast"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// AfterDelete reports a put that comes after a delete in the same table: to be put again, or under another key. A condition on what
// was read finds no item then, and one that is refused loses what was deleted.
func AfterDelete(src *syntax.Source, f *finding.Finding) bool {
	if len(f.Writes) == 0 || !strings.HasSuffix(f.Writes[0].Op, "Put") && f.Writes[0].Op != "PutItem" {
		return false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	meet, ok2 := src.At(f.Pos)
	if !ok || !ok2 {
		return false
	}
	l := &lock{Request: r, f: f}
	put := ast.Node(r.Call)
	if len(f.Writes[0].Via) > 0 {
		if put, ok = callAt(meet); !ok {
			return false
		}
	}
	found := false
	ast.Inspect(meet.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && !found && call.End() < put.Pos() && !meet.Exclusive(call, put) {
			found = l.deletes(meet.Around(call), call, 0)
		}
		return !found
	})
	return found
}

// callAt gives the call at a place.
func callAt(s *syntax.Site) (ast.Node, bool) {
	for _, n := range s.Path {
		if call, ok := n.(*ast.CallExpr); ok {
			return call, true
		}
	}
	return nil, false
}

// deletes reports a call that deletes an item of the lock's table which may be the one that was read, itself or in what it calls.
func (l *lock) deletes(s *syntax.Site, call *ast.CallExpr, depth int) bool {
	if sdk, input := write.SdkCall(s); sdk == call {
		op, _ := dynamo.ByInput(s.Info.TypeOf(input))
		if op.Kind != dynamo.Delete {
			return false
		}
		lit, _ := write.InputLiteral(s, input)
		return lit != nil && l.sameTable(s, lit) && !l.otherKind(&write.Request{Site: s, Lit: lit})
	}
	if depth > 2 || syntax.CalledName(call) == nil {
		return false
	}
	for _, of := range write.Implementations(s.Src, s.Callee(call)) {
		found := false
		ast.Inspect(of.Outermost(), func(n ast.Node) bool {
			inner, ok := n.(*ast.CallExpr)
			found = found || ok && l.deletes(of.Around(inner), inner, depth+1)
			return !found
		})
		if found {
			return true
		}
	}
	return false
}
