package stream

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// ReportFailure hands on an error that is dropped or only logged, so that the record comes again: it names the record
// in the function's response where there is one, and returns the error otherwise.
func ReportFailure(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.At(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	call, ok := syntax.Enclosing[*ast.CallExpr](s)
	if !ok {
		return finding.Fix{}, false
	}
	d := src.Draft()
	if branch, err := s.OnError(call); branch != nil {
		if !inBranch(s, d, branch, err) {
			return finding.Fix{}, false
		}
		return d.Fix(told(s, branch), true)
	}
	if !overwritten(s, d, call) && !unheard(s, d, call) {
		return finding.Fix{}, false
	}
	return d.Fix(told(s, nil), true)
}

// told is the title: what becomes of the error.
func told(s *syntax.Site, branch *ast.BlockStmt) string {
	at := s.Pos
	if branch != nil {
		at = branch.Lbrace + 1
	}
	if record, failures := failures(s, at); failures != "" {
		return "name the record in " + failures + " (" + record + "), so that it comes again"
	}
	return "return the error, so that the record comes again"
}

// inBranch ends an error's branch by handing the error on.
func inBranch(s *syntax.Site, d *syntax.Draft, branch *ast.BlockStmt, err string) bool {
	at := branch.Rbrace
	if meant(s, branch) {
		return false
	}
	in := s.Around(branch)
	in.Pos = branch.Lbrace + 1
	var last ast.Stmt
	if n := len(branch.List); n > 0 {
		last = branch.List[n-1]
	}
	if record, failures := failures(s, in.Pos); failures != "" {
		text, ok := appending(in, record, failures)
		if last != nil && syntax.Leaves(last) {
			at = last.Pos()
		}
		d.Insert(s.File, at, text+"\n")
		return ok
	}
	text, ok := in.Returning(err)
	if !ok {
		return false
	}
	switch {
	case last == nil:
		d.Replace(s.File, branch.Lbrace+1, branch.Rbrace, "\n"+text+"\n")
	case syntax.Leaves(last):
		d.Swap(s, last, text)
	default:
		d.Insert(s.File, at, text+"\n")
	}
	return true
}

// meant reports a branch in which a comment says that the error is to be passed over: that is the author's decision, and the comment
// would be about something else.
func meant(s *syntax.Site, branch *ast.BlockStmt) bool {
	return slices.ContainsFunc(s.File.Comments, func(g *ast.CommentGroup) bool {
		return branch.Lbrace < g.Pos() && g.End() < branch.Rbrace && onPurpose.MatchString(g.Text())
	})
}

var onPurpose = regexp.MustCompile(`(?i)\b(continue|ignor\w*|acceptable|best[ -]effort|swallow(?:s|ed|ing)?|non-?fatal|skip\w*|on purpose|deliberate\w*|intentional\w*|not fail|don't fail|keep going|move on)\b`)

// overwritten handles a call whose error the next record's replaces: it is handed on at once.
func overwritten(s *syntax.Site, d *syntax.Draft, call *ast.CallExpr) bool {
	st, _ := s.Around(call).Statement()
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return false
	}
	err, ok := as.Lhs[len(as.Lhs)-1].(*ast.Ident)
	if !ok || err.Name == "_" || !s.LastIsError(call) {
		return false
	}
	text := ""
	if record, failures := failures(s, st.Pos()); failures != "" {
		text, ok = appending(s, record, failures)
	} else {
		text, ok = s.Around(st).Returning(err.Name)
	}
	if ok {
		d.After(s, st, "if "+err.Name+" != nil {\n"+text+"\n}")
	}
	return ok
}

// unheard handles a call whose error is assigned to nothing.
func unheard(s *syntax.Site, d *syntax.Draft, call *ast.CallExpr) bool {
	st, _ := s.Around(call).Statement()
	var blanks string
	switch st := st.(type) {
	case *ast.ExprStmt:
		if ast.Unparen(st.X) != ast.Expr(call) {
			return false
		}
		tuple, _ := s.Info.TypeOf(call).(*types.Tuple)
		for i := 1; tuple != nil && i < tuple.Len(); i++ {
			blanks += "_, "
		}
	case *ast.AssignStmt:
		for i, l := range st.Lhs {
			if !syntax.Named(l, "_") || len(st.Rhs) != 1 || ast.Unparen(st.Rhs[0]) != ast.Expr(call) {
				return false
			}
			if i > 0 {
				blanks += "_, "
			}
		}
	default:
		return false
	}
	text, ok := "", false
	if record, failures := failures(s, st.Pos()); failures != "" {
		text, ok = appending(s, record, failures)
	} else {
		text, ok = s.Around(st).Returning("err")
	}
	if !ok || !s.LastIsError(call) {
		return false
	}
	d.Swap(s, st, "if "+blanks+"err := "+s.Text(call)+"; err != nil {\n"+text+"\n}")
	return true
}

// failures finds what code at pos can name a failed record in: the identifier of the record, and the list of failures of
// a response that the function returns.
func failures(s *syntax.Site, pos token.Pos) (record, failures string) {
	_, sig := s.Function()
	if sig == nil || sig.Results().Len() == 0 {
		return "", ""
	}
	for _, v := range s.Variables(pos) {
		if feed, ok := wholeRecord(v.Type()); ok && record == "" {
			record = v.Name() + "." + identifiers[feed]
		}
		if failures == "" && hasFailures(v.Type()) && returned(sig, v.Type()) {
			failures = v.Name() + ".BatchItemFailures"
		}
	}
	if record == "" {
		return "", ""
	}
	return record, failures
}

func hasFailures(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "BatchItemFailures")
	return obj != nil
}

func returned(sig *types.Signature, t types.Type) bool {
	for r := range sig.Results().Variables() {
		if types.Identical(r.Type(), t) {
			return true
		}
	}
	return false
}

// appending writes a statement that adds a failure to a list.
func appending(s *syntax.Site, record, failures string) (string, bool) {
	var elem types.Type
	for _, v := range s.Variables(s.Pos) {
		if v.Name()+".BatchItemFailures" == failures {
			obj, _, _ := types.LookupFieldOrMethod(v.Type(), true, nil, "BatchItemFailures")
			list, ok := obj.Type().Underlying().(*types.Slice)
			if !ok {
				return "", false
			}
			elem = list.Elem()
		}
	}
	if elem == nil {
		return "", false
	}
	obj, _, _ := types.LookupFieldOrMethod(elem, true, nil, "ItemIdentifier")
	text, ok := s.TypeText(elem)
	if obj == nil || !ok {
		return "", false
	}
	return failures + " = append(" + failures + ", " + text + "{ItemIdentifier: " + record + "})", true
}
