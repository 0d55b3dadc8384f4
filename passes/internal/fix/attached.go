package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// attached does what a handler has started in a goroutine before the handler goes on, and hands its error on. One after the
// other is the order in which the records of a stream are to be handled anyway.
func attached(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	start, ok := enclosing[*ast.GoStmt](s)
	if !ok {
		return finding.Fix{}, false
	}
	a := &attachment{site: s.around(start), d: src.draft(), start: start}
	if st, list := a.statement(); st != ast.Stmt(start) || list == nil {
		return finding.Fix{}, false
	}
	if lit, closure := ast.Unparen(start.Call.Fun).(*ast.FuncLit); closure {
		ok = a.closure(lit)
	} else {
		ok = a.named()
	}
	if !ok {
		return finding.Fix{}, false
	}
	return a.d.fix("do it before the handler returns, one after the other, and "+a.told(nil), true)
}

// An attachment puts the work of a goroutine in the place of its start.
type attachment struct {
	*site
	d     *draft
	start *ast.GoStmt
}

// handOn writes what becomes of an error of the work.
func (a *attachment) handOn(err string) (string, bool) {
	if record, failures := a.failures(a.start.Pos()); failures != "" {
		return a.appending(record, failures)
	}
	return a.returning(err)
}

// named serves go f(x): a function whose error nobody hears.
func (a *attachment) named() bool {
	call := a.start.Call
	of, fn := a.src.declared(a.callee(call))
	if !a.lastIsError(call) || fn == nil || fn.Body == nil || of.waits(fn.Body) {
		return false
	}
	blanks := ""
	if tuple, ok := a.Info.TypeOf(call).(*types.Tuple); ok {
		blanks = strings.Repeat("_, ", tuple.Len()-1)
	}
	err := a.fresh("err", "failed")
	if !a.free("err") { // one of an outer scope is only shadowed
		err = "err"
	}
	text, ok := a.handOn(err)
	a.d.swap(a.site, a.start, "if "+blanks+err+" := "+a.text(call)+"; "+err+" != nil {\n"+text+"\n}")
	return ok
}

// closure serves go func() { … }() without parameters, in which every error is at most logged.
func (a *attachment) closure(lit *ast.FuncLit) bool {
	if len(a.start.Call.Args) > 0 || len(lit.Body.List) == 0 || lit.Type.Results.NumFields() > 0 || a.waits(lit.Body) {
		return false
	}
	handed := 0
	for _, st := range lit.Body.List {
		branch, ok := st.(*ast.IfStmt)
		if !ok {
			continue
		}
		done, ok := a.failure(branch, lit.Body)
		if !ok {
			return false
		}
		handed += done
	}
	if handed == 0 || a.leavesOtherwise(lit.Body) {
		return false
	}
	open, closing := lit.Body.List[0].Pos(), lit.Body.List[len(lit.Body.List)-1].End()
	before, after := "", ""
	if declares(lit.Body) {
		before, after = "{\n", "\n}"
	}
	a.d.replace(a.file, a.start.Pos(), open, before+strings.Join(a.commentsBetween(a.start.Pos(), open), ""))
	a.d.replace(a.file, closing, a.start.End(), after+strings.Join(a.commentsBetween(closing, a.start.End()), ""))
	return true
}

// failure hands the error of a branch on that only logs it; done counts the branches, ok is false where it does something else.
func (a *attachment) failure(branch *ast.IfStmt, in *ast.BlockStmt) (done int, ok bool) {
	err := a.failed(branch, in)
	if err == "" {
		return 0, true
	}
	text, ok := a.handOn(err)
	if !ok || branch.Else != nil {
		return 0, false
	}
	body := branch.Body
	if n := len(body.List); n > 0 {
		if ret, is := body.List[n-1].(*ast.ReturnStmt); is && len(ret.Results) == 0 {
			a.d.swap(a.site, ret, text)
			return 1, true
		}
	}
	a.d.insert(a.file, body.Rbrace, text+"\n")
	return 1, true
}

// failed names the error that a branch is taken for: of its own call, or of the statement before it.
func (a *attachment) failed(branch *ast.IfStmt, in *ast.BlockStmt) string {
	if as, ok := branch.Init.(*ast.AssignStmt); ok {
		_, err := a.branchOf(branch, as)
		return err
	}
	for i, st := range in.List {
		if st == ast.Stmt(branch) && i > 0 && branch.Init == nil {
			if as, ok := in.List[i-1].(*ast.AssignStmt); ok {
				_, err := a.branchOf(branch, as)
				return err
			}
		}
	}
	return ""
}

// leavesOtherwise reports that a closure's body ends in its middle, or has work for its end: put in place that would be the
// handler's.
func (a *attachment) leavesOtherwise(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			found = true
		case *ast.ReturnStmt: // that of a branch for an error is replaced
			st := a.around(n).path
			branch, ok := ast.Node(nil), false
			for _, x := range st {
				if branch, ok = x.(*ast.IfStmt); ok {
					break
				}
			}
			found = found || !ok || a.failed(branch.(*ast.IfStmt), body) == ""
		}
		return !found
	})
	return found
}

// waits reports code that may not end before something else goes on: a loop without an end, a channel, a group.
func (s *site) waits(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			found = found || n.Cond == nil
		case *ast.RangeStmt:
			_, channel := typeOr(s.Info.TypeOf(n.X)).Underlying().(*types.Chan)
			found = found || channel
		case *ast.SelectStmt, *ast.SendStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			id := calledName(n)
			found = found || id != nil && named(id, "Wait", "Done")
		}
		return !found
	})
	return found
}

// declares reports a block in which something is declared that must not be known behind it.
func declares(b *ast.BlockStmt) bool {
	for _, st := range b.List {
		switch st := st.(type) {
		case *ast.DeclStmt:
			return true
		case *ast.AssignStmt:
			if st.Tok == token.DEFINE {
				return true
			}
		}
	}
	return false
}

// commentsBetween are the comments between two places, each on a line of its own.
func (s *site) commentsBetween(from, to token.Pos) (out []string) {
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if from <= c.Pos() && c.Pos() < to {
				out = append(out, c.Text+"\n")
			}
		}
	}
	return out
}
