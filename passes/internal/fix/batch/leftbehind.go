package batch

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// notInFull is the error of a batch of which something is left undone.
const notInFull = "the batch was not carried out in full"

// FailLeft lets a function fail that has sent again a number of times what a batch has left, and then goes on as if all were
// done: behind the loop it asks whether something is left. What is left must be in a variable from outside the loop.
func FailLeft(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok || !needs(f, "failure") {
		return finding.Fix{}, false
	}
	call, helper := sending(s)
	if call == nil {
		return finding.Fix{}, false
	}
	at := s.Around(call)
	loop, behind := loop(at)
	if loop == nil {
		return finding.Fix{}, false
	}
	k := kept(s, loop)
	if helper {
		k = handedBack(s, call, loop)
	}
	d := src.Draft()
	if k.stmt == nil || !remembered(s.Around(k.stmt), d, call, loop, behind, k.table) && !(emptied(s, d, loop, k) && failing(s.Around(loop), d, loop, behind, k.left)) {
		return finding.Fix{}, false
	}
	return d.Fix("fail when something is left after the last attempt", true)
}

// sending finds the call of a batch around a place, or of a helper that gives back what is left.
func sending(s *syntax.Site) (call *ast.CallExpr, helper bool) {
	if call, _ = write.SdkCall(s); call != nil {
		return call, false
	}
	call, _ = syntax.Enclosing[*ast.CallExpr](s)
	return call, call != nil
}

// failing writes the failure behind a loop: into the branch there that asks for what is left, or before everything else.
func failing(s *syntax.Site, d *syntax.Draft, loop ast.Stmt, behind []ast.Stmt, left ast.Expr) bool {
	errs, ok := d.Use(s, "errors", "errors")
	if !ok {
		return false
	}
	text, ok := s.Returning(errs + ".New(\"" + notInFull + "\")")
	if !ok {
		return false
	}
	v, cond := root(s, left), "len("+s.Text(left)+") > 0"
	for _, st := range behind {
		if branch, is := st.(*ast.IfStmt); is && asksLeft(s, branch.Cond, left) && branch.Init == nil && branch.Else == nil {
			if syntax.Ends(branch.Body) {
				return false
			}
			d.Insert(s.File, branch.Body.Rbrace, text+"\n")
			return true
		}
		if v == nil || s.Mentions(st, v) {
			return false
		}
		if ret, is := st.(*ast.ReturnStmt); is && len(ret.Results) > 0 {
			if err := s.Variable(ret.Results[len(ret.Results)-1]); err != nil && syntax.IsError(err.Type()) {
				cond = err.Name() + " == nil && " + cond // an attempt's own error says more
			}
		}
	}
	d.After(s, loop, "if "+cond+" {\n"+text+"\n}")
	return true
}

// asksLeft reports the question whether something is in a variable: len(left) > 0, len(left) != 0.
func asksLeft(s *syntax.Site, cond, left ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.GTR && b.Op != token.NEQ || s.Text(b.Y) != "0" {
		return false
	}
	call, ok := ast.Unparen(b.X).(*ast.CallExpr)
	return ok && syntax.Named(call.Fun, "len") && len(call.Args) == 1 && s.Text(call.Args[0]) == s.Text(left)
}

func needs(f *finding.Finding, what string) bool {
	return len(f.Needs) > 0 && f.Needs[0].What == what
}

// loop gives the innermost loop around a place and the statements behind it.
func loop(s *syntax.Site) (loop ast.Stmt, behind []ast.Stmt) {
	for i, n := range s.Path {
		switch n := n.(type) {
		case *ast.ForStmt:
			loop = n
		case *ast.RangeStmt:
			loop = n
		case *ast.FuncLit, *ast.FuncDecl:
			return nil, nil
		}
		if loop == nil || i+1 >= len(s.Path) {
			continue
		}
		block, ok := s.Path[i+1].(*ast.BlockStmt)
		if !ok {
			return nil, nil
		}
		return loop, block.List[slices.Index(block.List, loop)+1:]
	}
	return nil, nil
}
