package lock

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Merged is Optimistic where the function of the write has what was read in a variable of the stored struct's type,
// and what it puts was made of that: another value, or one whose version the program counts on already and never checks.
// Since every put of the function gets its version from the read, callers do not matter.
func Merged(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok || len(f.Writes[0].Via) > 0 || r.Made {
		return finding.Fix{}, false
	}
	return mergeOn(r, f)
}

// mergeOn is Merged for a request.
func mergeOn(r *write.Request, f *finding.Finding) (finding.Fix, bool) {
	m := &merge{lock: lock{Request: r, d: r.Src.Draft(), f: f}}
	if !m.stored() || !m.source() || !m.once() || m.moves() {
		return finding.Fix{}, false
	}
	counted, ok := m.counted()
	if !ok || !m.write(counted) {
		return finding.Fix{}, false
	}
	note, ok := m.others(m.entity, m.version)
	if !ok {
		return finding.Fix{}, false
	}
	title := "put the item only if its " + m.version.Attr + " is still the one that was read"
	switch {
	case m.version.Added:
		title = "add a " + m.version.Attr + " to " + m.entity.Named.Obj().Name() + ", put the item only if it is still the one that was read, and count it on"
	case counted == nil:
		title += ", and count it on (" + m.value.Name() + "." + m.version.Field + ")"
	}
	return m.d.Fix(title+note+m.blind()+write.Refused(f), true)
}

// A merge is a lock on an item that is read and put by one function.
type merge struct {
	lock
	// old is the variable that holds what was read, got the statement that fills it.
	old *types.Var
	got ast.Stmt
}

// source finds the variable that holds what was read, with all its attributes.
func (m *merge) source() bool {
	if len(m.f.Reads) != 1 {
		return false
	}
	read := m.f.Reads[0]
	s, ok := m.Src.At(finding.Pos{File: read.File, Line: read.Line, Col: read.Col})
	if !ok || projects(s) {
		return false
	}
	at := finding.Pos{File: read.File, Line: read.Line}
	if len(read.Via) > 0 {
		at = finding.Pos{File: read.Via[0].File, Line: read.Via[0].Line}
	}
	if m.Src.Fset.Position(m.Pos).Filename != at.File {
		return false
	}
	var found []*types.Var
	ast.Inspect(m.Outermost(), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := m.Info.Defs[id].(*types.Var)
		if ok && !v.IsField() && m.entity.Is(v.Type()) && write.ComesFrom(m.lock.Request.Site, v, at.Line, 0) {
			found = append(found, v)
		}
		return true
	})
	if len(found) != 1 || len(m.Assignments(found[0])) > 1 {
		return false
	}
	m.old = found[0]
	m.got = m.filling(at.Line)
	return m.got != nil
}

// filling gives the statement that fills the variable of what was read: the decoding, or the call that returns it.
func (m *merge) filling(line int) ast.Stmt {
	var found ast.Stmt
	note := func(n ast.Node) {
		if st, _ := m.Around(n).Statement(); st != nil && found == nil {
			found = st
		}
	}
	for _, a := range m.Assignments(m.old) {
		if call, ok := ast.Unparen(a.Value).(*ast.CallExpr); ok && write.OnLine(m.lock.Request.Site, call, line) {
			note(call)
		}
	}
	ast.Inspect(m.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		into, decodes := dynamo.Decodes(m.Callee(call))
		helper := !decodes && write.OnLine(m.lock.Request.Site, call, line) && slices.ContainsFunc(call.Args, func(a ast.Expr) bool {
			return m.Variable(a) == m.old && write.FillsIn(m.Info.TypeOf(a))
		})
		if helper || decodes && into < len(call.Args) && m.Variable(call.Args[into]) == m.old {
			note(call)
		}
		return true
	})
	return found
}

// once reports that every put follows a read of its own.
func (m *merge) once() bool { return !m.Repeated(m.got.Pos()) }

// counted gives the statement by which the program counts the version on; nil where it does not. ok is false where it does
// something else with the version.
func (m *merge) counted() (stmt ast.Stmt, ok bool) {
	ok = true
	ast.Inspect(m.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if !m.isVersion(l) {
					continue
				}
				if stmt != nil || !m.next(n) {
					ok = false
				}
				stmt = n
			}
		case *ast.IncDecStmt:
			if m.isVersion(n.X) {
				if stmt != nil || n.Tok != token.INC {
					ok = false
				}
				stmt = n
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND && m.isVersion(n.X) {
				ok = false
			}
		}
		return true
	})
	return stmt, ok && (stmt == nil || stmt.Pos() > m.got.Pos() && stmt.Pos() < m.encoding.Pos())
}

// isVersion reports the version of a value of the entity.
func (m *merge) isVersion(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == m.version.Field && m.entity.Is(m.Info.TypeOf(sel.X))
}

// next reports new.Version = old.Version + 1 and new.Version += 1.
func (m *merge) next(as *ast.AssignStmt) bool {
	if len(as.Lhs) != 1 || len(as.Rhs) != 1 {
		return false
	}
	one := func(e ast.Expr) bool {
		tv := m.Info.Types[e]
		return tv.Value != nil && tv.Value.String() == "1"
	}
	sel := ast.Unparen(as.Lhs[0]).(*ast.SelectorExpr)
	if m.Variable(sel.X) != m.value {
		return false
	}
	if as.Tok == token.ADD_ASSIGN {
		return m.value == m.old && one(as.Rhs[0])
	}
	sum, ok := ast.Unparen(as.Rhs[0]).(*ast.BinaryExpr)
	if !ok || as.Tok != token.ASSIGN || sum.Op != token.ADD || !one(sum.Y) {
		return false
	}
	from, ok := ast.Unparen(sum.X).(*ast.SelectorExpr)
	return ok && m.isVersion(from) && m.Variable(from.X) == m.old
}

// write makes the edits; counted is the statement by which the program counts on.
func (m *merge) write(counted ast.Stmt) bool {
	if m.version.Added && counted != nil {
		return false
	}
	encode, _ := m.Around(m.encoding).Statement()
	if encode == nil || encode.Pos() > m.Lit.Pos() && m.In != nil || encode.Pos() < m.got.Pos() {
		return false
	}
	code, ok := m.kept(counted, encode)
	if !ok {
		return false
	}
	if counted == nil {
		m.d.Insert(m.File, encode.Pos(), m.value.Name()+"."+m.version.Field+" = "+code+" + 1\n")
	}
	add(m.entity, m.d, m.version)
	if b, built := m.Builder(); built {
		return m.buildDemand(b, m.version.Attr, code)
	}
	return m.demand(m.version.Attr, code, m.version.typ)
}

// kept gives the code of the version that was read, where the item is made of it and where it is put. It is kept in a
// variable where what was read is not in view there, is changed, or may be nil.
func (m *merge) kept(counted, encode ast.Stmt) (string, bool) {
	code := m.old.Name() + "." + m.version.Field
	_, pointer := m.old.Type().Underlying().(*types.Pointer)
	optional := pointer && m.comparesNil()
	seen := m.sees(m.old)
	same := m.value == m.old
	if seen && !optional && !same {
		return code, true
	}
	name := m.Fresh("version", "readVersion", "versionRead")
	switch {
	case seen && !optional:
		at := encode
		if counted != nil {
			at = counted
		}
		if !m.encloses(at) {
			return "", false
		}
		m.d.Insert(m.File, at.Pos(), name+" := "+code+"\n")
		return name, true
	case seen:
		if same || !m.encloses(encode) {
			return "", false
		}
		m.d.Insert(m.File, encode.Pos(), "var "+name+" "+m.version.typ.String()+"\nif "+m.old.Name()+" != nil {\n"+name+" = "+code+"\n}\n")
		return name, true
	case pointer || counted != nil:
		return "", false
	}
	outer := m.Outer(m.got)
	if outer == nil || !m.captured(name+" = "+code) {
		return "", false
	}
	m.d.Insert(m.File, outer.Pos(), "var "+name+" "+m.version.typ.String()+"\n")
	return name, true
}

// sees reports a variable that can be named where the item is put.
func (m *merge) sees(v *types.Var) bool {
	return slices.Contains(m.Variables(m.Call.Pos()), v)
}

// comparesNil reports that what was read may be nil.
func (m *merge) comparesNil() bool {
	found := false
	ast.Inspect(m.Outermost(), func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok && (m.Variable(b.X) == m.old && syntax.Named(b.Y, "nil") || m.Variable(b.Y) == m.old && syntax.Named(b.X, "nil")) {
			found = true
		}
		return !found
	})
	return found
}

// encloses reports a statement of a block around the put.
func (m *merge) encloses(st ast.Stmt) bool { return m.Outer(st) == st }

// captured writes a statement where what was read has just been filled.
func (m *merge) captured(text string) bool {
	if branch, ok := m.got.(*ast.IfStmt); ok {
		switch other := branch.Else.(type) {
		case nil:
			m.d.After(m.Site, branch, text)
			return true
		case *ast.BlockStmt:
			m.d.Replace(m.File, other.Lbrace+1, other.Lbrace+1, "\n"+text)
			return true
		}
		return false
	}
	st := m.got
	_, list := m.Around(m.got).Statement()
	if i := slices.Index(list, st); i >= 0 && i+1 < len(list) {
		if branch, ok := list[i+1].(*ast.IfStmt); ok && branch.Else == nil && branch.Init == nil && syntax.MentionsNil(branch.Cond) {
			st = branch
		}
	}
	m.d.After(m.Site, st, text)
	return true
}

// blind says, for the title, that there are other puts of the entity, whose version nobody counts.
func (m *merge) blind() string {
	for s := range m.Src.Sites() {
		found := false
		ast.Inspect(s.File, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || call == m.encoding || found {
				return !found
			}
			if n, ok := dynamo.Encodes(s.Callee(call)); !ok || n >= len(call.Args) || !m.entity.Is(s.Info.TypeOf(call.Args[n])) {
				return true
			}
			at := s.Around(call)
			fn, ok := syntax.Enclosing[*ast.FuncDecl](at)
			found = ok && !Creating.MatchString(fn.Name.Name) && !write.Changes(at, m.entity, m.version.Field)
			return !found
		})
		if found {
			return "; other puts of " + m.entity.Named.Obj().Name() + " must count it too"
		}
	}
	return ""
}
