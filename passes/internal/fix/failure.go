package fix

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// reportFailure hands on an error that is dropped or only logged, so that the record comes again: it names the record
// in the function's response where there is one, and returns the error otherwise.
func reportFailure(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.at(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	call, ok := enclosing[*ast.CallExpr](s)
	if !ok {
		return finding.Fix{}, false
	}
	d := src.draft()
	if branch, err := s.onError(call); branch != nil {
		if !s.inBranch(d, branch, err) {
			return finding.Fix{}, false
		}
		return d.fix(s.told(branch), true)
	}
	if !s.overwritten(d, call) && !s.unheard(d, call) {
		return finding.Fix{}, false
	}
	return d.fix(s.told(nil), true)
}

// told is the title: what becomes of the error.
func (s *site) told(branch *ast.BlockStmt) string {
	at := s.pos
	if branch != nil {
		at = branch.Lbrace + 1
	}
	if record, failures := s.failures(at); failures != "" {
		return "name the record in " + failures + " (" + record + "), so that it comes again"
	}
	return "return the error, so that the record comes again"
}

// onError finds the branch that is taken when a call has failed, and the name of its error.
func (s *site) onError(call *ast.CallExpr) (*ast.BlockStmt, string) {
	st, list := s.around(call).statement()
	if branch, ok := st.(*ast.IfStmt); ok {
		if as, ok := branch.Init.(*ast.AssignStmt); ok && as.Pos() <= call.Pos() && call.End() <= as.End() {
			return s.branchOf(branch, as)
		}
		return nil, ""
	}
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return nil, ""
	}
	for i, x := range list {
		if x == st && i+1 < len(list) {
			if branch, ok := list[i+1].(*ast.IfStmt); ok && branch.Init == nil {
				return s.branchOf(branch, as)
			}
		}
	}
	return nil, ""
}

// branchOf gives the block that `if err != nil` guards, where err is the last thing that as assigns.
func (s *site) branchOf(branch *ast.IfStmt, as *ast.AssignStmt) (*ast.BlockStmt, string) {
	id, ok := as.Lhs[len(as.Lhs)-1].(*ast.Ident)
	if !ok || id.Name == "_" || !isError(s.Info.TypeOf(id)) {
		return nil, ""
	}
	cond, ok := ast.Unparen(branch.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !named(cond.X, id.Name) || !named(cond.Y, "nil") {
		return nil, ""
	}
	return branch.Body, id.Name
}

// inBranch ends an error's branch by handing the error on.
func (s *site) inBranch(d *draft, branch *ast.BlockStmt, err string) bool {
	at := branch.Rbrace
	in := s.around(branch)
	in.pos = branch.Lbrace + 1
	var last ast.Stmt
	if n := len(branch.List); n > 0 {
		last = branch.List[n-1]
	}
	if record, failures := s.failures(in.pos); failures != "" {
		text, ok := in.appending(record, failures)
		if last != nil && leaves(last) {
			at = last.Pos()
		}
		d.insert(s.file, at, text+"\n")
		return ok
	}
	text, ok := in.returning(err)
	if !ok {
		return false
	}
	switch {
	case last == nil:
		d.replace(s.file, branch.Lbrace+1, branch.Rbrace, "\n"+text+"\n")
	case leaves(last):
		d.swap(s, last, text)
	default:
		d.insert(s.file, at, text+"\n")
	}
	return true
}

// leaves reports a statement after which the block does not go on.
func leaves(st ast.Stmt) bool {
	switch st.(type) {
	case *ast.BranchStmt, *ast.ReturnStmt:
		return true
	}
	return false
}

// overwritten handles a call whose error the next record's replaces: it is handed on at once.
func (s *site) overwritten(d *draft, call *ast.CallExpr) bool {
	st, _ := s.around(call).statement()
	as, ok := st.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return false
	}
	err, ok := as.Lhs[len(as.Lhs)-1].(*ast.Ident)
	if !ok || err.Name == "_" || !s.lastIsError(call) {
		return false
	}
	text := ""
	if record, failures := s.failures(st.Pos()); failures != "" {
		text, ok = s.appending(record, failures)
	} else {
		text, ok = s.around(st).returning(err.Name)
	}
	if ok {
		d.after(s, st, "if "+err.Name+" != nil {\n"+text+"\n}")
	}
	return ok
}

// unheard handles a call whose error is assigned to nothing.
func (s *site) unheard(d *draft, call *ast.CallExpr) bool {
	st, _ := s.around(call).statement()
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
			if !named(l, "_") || len(st.Rhs) != 1 || ast.Unparen(st.Rhs[0]) != ast.Expr(call) {
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
	if record, failures := s.failures(st.Pos()); failures != "" {
		text, ok = s.appending(record, failures)
	} else {
		text, ok = s.around(st).returning("err")
	}
	if !ok || !s.lastIsError(call) {
		return false
	}
	d.swap(s, st, "if "+blanks+"err := "+s.text(call)+"; err != nil {\n"+text+"\n}")
	return true
}

// lastIsError reports a call whose last result is an error.
func (s *site) lastIsError(call *ast.CallExpr) bool {
	t := s.Info.TypeOf(call)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(tuple.Len() - 1).Type()
	}
	return t != nil && isError(t)
}

// failures finds what code at pos can name a failed record in: the identifier of the record, and the list of failures of
// a response that the function returns.
func (s *site) failures(pos token.Pos) (record, failures string) {
	_, sig := s.function()
	if sig == nil || sig.Results().Len() == 0 {
		return "", ""
	}
	for _, v := range s.variables(pos) {
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
func (s *site) appending(record, failures string) (string, bool) {
	var elem types.Type
	for _, v := range s.variables(s.pos) {
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
	text, ok := s.typeText(elem)
	if obj == nil || !ok {
		return "", false
	}
	return failures + " = append(" + failures + ", " + text + "{ItemIdentifier: " + record + "})", true
}
