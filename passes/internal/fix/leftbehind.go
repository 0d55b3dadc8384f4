package fix

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// notInFull is the error of a batch of which something is left undone.
const notInFull = "the batch was not carried out in full"

// failLeft lets a function fail that has sent again a number of times what a batch has left, and then goes on as if all were
// done: behind the loop it asks whether something is left. What is left must be in a variable from outside the loop.
func failLeft(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok || !needs(f, "failure") {
		return finding.Fix{}, false
	}
	call, helper := s.sending()
	if call == nil {
		return finding.Fix{}, false
	}
	at := s.around(call)
	loop, behind := at.loop()
	if loop == nil {
		return finding.Fix{}, false
	}
	k := s.kept(loop)
	if helper {
		k = s.handedBack(call, loop)
	}
	d := src.draft()
	if k.stmt == nil || !s.around(k.stmt).remembered(d, call, loop, behind, k.table) && !(s.emptied(d, loop, k) && s.around(loop).failing(d, loop, behind, k.left)) {
		return finding.Fix{}, false
	}
	return d.fix("fail when something is left after the last attempt", true)
}

// sending finds the call of a batch around a place, or of a helper that gives back what is left.
func (s *site) sending() (call *ast.CallExpr, helper bool) {
	if call, _ = s.sdkCall(); call != nil {
		return call, false
	}
	call, _ = enclosing[*ast.CallExpr](s)
	return call, call != nil
}

// failing writes the failure behind a loop: into the branch there that asks for what is left, or before everything else.
func (s *site) failing(d *draft, loop ast.Stmt, behind []ast.Stmt, left ast.Expr) bool {
	errs, ok := d.use(s, "errors", "errors")
	if !ok {
		return false
	}
	text, ok := s.returning(errs + ".New(\"" + notInFull + "\")")
	if !ok {
		return false
	}
	v, cond := s.root(left), "len("+s.text(left)+") > 0"
	for _, st := range behind {
		if branch, is := st.(*ast.IfStmt); is && s.asksLeft(branch.Cond, left) && branch.Init == nil && branch.Else == nil {
			if ends(branch.Body) {
				return false
			}
			d.insert(s.file, branch.Body.Rbrace, text+"\n")
			return true
		}
		if v == nil || s.mentions(st, v) {
			return false
		}
		if ret, is := st.(*ast.ReturnStmt); is && len(ret.Results) > 0 {
			if err := s.variable(ret.Results[len(ret.Results)-1]); err != nil && isError(err.Type()) {
				cond = err.Name() + " == nil && " + cond // an attempt's own error says more
			}
		}
	}
	d.after(s, loop, "if "+cond+" {\n"+text+"\n}")
	return true
}

// asksLeft reports the question whether something is in a variable: len(left) > 0, len(left) != 0.
func (s *site) asksLeft(cond, left ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || b.Op != token.GTR && b.Op != token.NEQ || s.text(b.Y) != "0" {
		return false
	}
	call, ok := ast.Unparen(b.X).(*ast.CallExpr)
	return ok && named(call.Fun, "len") && len(call.Args) == 1 && s.text(call.Args[0]) == s.text(left)
}

func needs(f *finding.Finding, what string) bool {
	return len(f.Needs) > 0 && f.Needs[0].What == what
}

// loop gives the innermost loop around a place and the statements behind it.
func (s *site) loop() (loop ast.Stmt, behind []ast.Stmt) {
	for i, n := range s.path {
		switch n := n.(type) {
		case *ast.ForStmt:
			loop = n
		case *ast.RangeStmt:
			loop = n
		case *ast.FuncLit, *ast.FuncDecl:
			return nil, nil
		}
		if loop == nil || i+1 >= len(s.path) {
			continue
		}
		block, ok := s.path[i+1].(*ast.BlockStmt)
		if !ok {
			return nil, nil
		}
		return loop, block.List[slices.Index(block.List, loop)+1:]
	}
	return nil, nil
}
