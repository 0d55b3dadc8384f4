package stream

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// Attached does what a handler has started in a goroutine before the handler goes on, and hands its error on. One after the
// other is the order in which the records of a stream are to be handled anyway.
func Attached(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	start, ok := syntax.Enclosing[*ast.GoStmt](s)
	if !ok {
		return finding.Fix{}, false
	}
	a := &attachment{Site: s.Around(start), d: src.Draft(), start: start, inside: start.Pos()}
	if st, list := a.Statement(); st != ast.Stmt(start) || list == nil {
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
	then := "return its error"
	if _, failures := failures(a.Site, a.inside); failures != "" {
		then = "name its record in " + failures + " when it fails"
	}
	return a.d.Fix("do it before the handler returns, one after the other, and "+then, true)
}

// An attachment puts the work of a goroutine in the place of its start.
type attachment struct {
	*syntax.Site
	d     *syntax.Draft
	start *ast.GoStmt
	// inside is a place in the work, where its record is known.
	inside token.Pos
}

// handOn writes what becomes of an error of the work.
func (a *attachment) handOn(err string) (string, bool) {
	if record, failures := failures(a.Site, a.inside); failures != "" {
		return appending(a.Site, record, failures)
	}
	return a.Returning(err)
}

// named serves go f(x): a function whose error nobody hears.
func (a *attachment) named() bool {
	call := a.start.Call
	of, fn := a.Src.Declared(a.Callee(call))
	if !a.LastIsError(call) || fn == nil || fn.Body == nil || waits(of, fn.Body) {
		return false
	}
	blanks := ""
	if tuple, ok := a.Info.TypeOf(call).(*types.Tuple); ok {
		blanks = strings.Repeat("_, ", tuple.Len()-1)
	}
	err := a.Fresh("err", "failed")
	if !a.Free("err") { // one of an outer scope is only shadowed
		err = "err"
	}
	text, ok := a.handOn(err)
	a.d.Swap(a.Site, a.start, "if "+blanks+err+" := "+a.Text(call)+"; "+err+" != nil {\n"+text+"\n}")
	return ok
}

// closure serves go func() { … }(), in which every error is at most logged.
func (a *attachment) closure(lit *ast.FuncLit) bool {
	given, ok := a.parameters(lit)
	if !ok || len(lit.Body.List) == 0 || lit.Type.Results.NumFields() > 0 || waits(a.Site, lit.Body) {
		return false
	}
	handed := 0
	a.inside = lit.Body.Lbrace + 1
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
	before, after := strings.Join(given, ""), ""
	for _, text := range a.CommentsIn(&syntax.Span{From: a.start.Pos(), To: open}) {
		before += text + "\n"
	}
	for i, text := range a.CommentsIn(&syntax.Span{From: closing, To: a.start.End()}) {
		if i > 0 || !sameLine(a.Site, closing, commentAfter(a.Site, closing)) {
			after += "\n"
		}
		after += " " + text
	}
	if !a.unique(lit, len(given) > 0) {
		before, after = "{\n"+before, after+"\n}"
	}
	a.d.Replace(a.File, a.start.Pos(), open, before)
	a.d.Replace(a.File, closing, a.start.End(), after)
	return true
}

// parameters declares those of a closure as variables.
func (a *attachment) parameters(lit *ast.FuncLit) (out []string, ok bool) {
	i := 0
	for _, list := range lit.Type.Params.List {
		for _, id := range list.Names {
			if i >= len(a.start.Call.Args) {
				return nil, false
			}
			arg := a.start.Call.Args[i]
			if i++; id.Name == "_" || a.Text(arg) == id.Name {
				continue
			}
			if !types.Identical(a.Info.TypeOf(arg), a.Info.TypeOf(id)) {
				return nil, false
			}
			out = append(out, id.Name+" := "+a.Text(arg)+"\n")
		}
	}
	return out, i == len(a.start.Call.Args)
}

// unique reports that what a closure declares is declared and named nowhere else in the block, so that it may stand there.
func (a *attachment) unique(lit *ast.FuncLit, params bool) bool {
	scope := a.Info.Scopes[lit.Type] // of the parameters and of what stands in the body itself
	if scope == nil {
		return !params && !declares(lit.Body)
	}
	_, block := a.Statement()
	names := scope.Names()
	for _, st := range block {
		if st == ast.Stmt(a.start) {
			continue
		}
		for _, name := range names {
			if chain.MentionsName(st, name) {
				return false
			}
		}
	}
	return !slices.ContainsFunc(names, func(name string) bool { return a.Scope(a.start.Pos()).Lookup(name) != nil })
}

// commentAfter is where the first comment behind a place stands.
func commentAfter(s *syntax.Site, pos token.Pos) token.Pos {
	for _, group := range s.File.Comments {
		if group.Pos() >= pos {
			return group.Pos()
		}
	}
	return token.NoPos
}

// sameLine reports two places on one line.
func sameLine(s *syntax.Site, a, b token.Pos) bool {
	return b.IsValid() && s.Src.Fset.Position(a).Line == s.Src.Fset.Position(b).Line
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
			if !strings.HasPrefix(text, "return ") { // the work ends here, and with it what is done for the record
				if !a.lastInLoop() {
					return 0, false
				}
				text += "\ncontinue"
			}
			a.d.Swap(a.Site, ret, text)
			return 1, true
		}
	}
	a.d.Insert(a.File, body.Rbrace, text+"\n")
	return 1, true
}

// lastInLoop reports that the goroutine is the last thing that a loop starts.
func (a *attachment) lastInLoop() bool {
	_, block := a.Statement()
	loop := syntax.LoopBody(innermostLoop(a.Site))
	return len(block) > 0 && block[len(block)-1] == ast.Stmt(a.start) && len(loop.List) > 0 && loop.List[len(loop.List)-1] == ast.Stmt(a.start)
}

// innermostLoop is the loop around a place; nil where there is none.
func innermostLoop(s *syntax.Site) ast.Stmt {
	for _, n := range s.Path {
		switch n := n.(type) {
		case *ast.ForStmt:
			return n
		case *ast.RangeStmt:
			return n
		}
	}
	return nil
}

// failed names the error that a branch is taken for: of its own call, or of the statement before it.
func (a *attachment) failed(branch *ast.IfStmt, in *ast.BlockStmt) string {
	if as, ok := branch.Init.(*ast.AssignStmt); ok {
		_, err := a.BranchOf(branch, as)
		return err
	}
	for i, st := range in.List {
		if st == ast.Stmt(branch) && i > 0 && branch.Init == nil {
			if as, ok := in.List[i-1].(*ast.AssignStmt); ok {
				_, err := a.BranchOf(branch, as)
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
			st := a.Around(n).Path
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
func waits(s *syntax.Site, body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt:
			found = found || n.Cond == nil
		case *ast.RangeStmt:
			_, channel := syntax.TypeOr(s.Info.TypeOf(n.X)).Underlying().(*types.Chan)
			found = found || channel
		case *ast.SelectStmt, *ast.SendStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			id := syntax.CalledName(n)
			found = found || id != nil && syntax.Named(id, "Wait", "Done")
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
