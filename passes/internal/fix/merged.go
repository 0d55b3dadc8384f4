package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// mergeLock is optimisticLock where the function of the write has what was read in a variable of the stored struct's type,
// and what it puts was made of that: another value, or one whose version the program counts on already and never checks.
// Since every put of the function gets its version from the read, callers do not matter.
func mergeLock(src *Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := src.request(f.Writes[0])
	if !ok || len(f.Writes[0].Via) > 0 || r.made {
		return finding.Fix{}, false
	}
	return mergeOn(r, f)
}

// mergeOn is mergeLock for a request.
func mergeOn(r *request, f *finding.Finding) (finding.Fix, bool) {
	m := &merge{lock: lock{request: r, d: r.src.draft(), f: f}}
	if !m.stored() || !m.source() || !m.once() {
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
	title := "put the item only if its " + m.version.attr + " is still the one that was read"
	switch {
	case m.version.added:
		title = "add a " + m.version.attr + " to " + m.entity.named.Obj().Name() + ", put the item only if it is still the one that was read, and count it on"
	case counted == nil:
		title += ", and count it on (" + m.value.Name() + "." + m.version.field + ")"
	}
	return m.d.fix(title+note+m.blind()+refused(f), true)
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
	s, ok := m.src.at(finding.Pos{File: read.File, Line: read.Line, Col: read.Col})
	if !ok || s.projects() {
		return false
	}
	at := finding.Pos{File: read.File, Line: read.Line}
	if len(read.Via) > 0 {
		at = finding.Pos{File: read.Via[0].File, Line: read.Via[0].Line}
	}
	if m.src.Fset.Position(m.pos).Filename != at.File {
		return false
	}
	var found []*types.Var
	ast.Inspect(m.outermost(), func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := m.Info.Defs[id].(*types.Var)
		if ok && !v.IsField() && m.entity.is(v.Type()) && m.comesFrom(v, at.Line, 0) {
			found = append(found, v)
		}
		return true
	})
	if len(found) != 1 || len(m.assignments(found[0])) > 1 {
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
		if st, _ := m.around(n).statement(); st != nil && found == nil {
			found = st
		}
	}
	for _, a := range m.assignments(m.old) {
		if call, ok := ast.Unparen(a.value).(*ast.CallExpr); ok && m.onLine(call, line) {
			note(call)
		}
	}
	ast.Inspect(m.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		into, decodes := dynamo.Decodes(m.callee(call))
		helper := !decodes && m.onLine(call, line) && slices.ContainsFunc(call.Args, func(a ast.Expr) bool {
			return m.variable(a) == m.old && fillsIn(m.Info.TypeOf(a))
		})
		if helper || decodes && into < len(call.Args) && m.variable(call.Args[into]) == m.old {
			note(call)
		}
		return true
	})
	return found
}

// once reports that every put follows a read of its own.
func (m *merge) once() bool { return !m.repeated(m.got.Pos()) }

// counted gives the statement by which the program counts the version on; nil where it does not. ok is false where it does
// something else with the version.
func (m *merge) counted() (stmt ast.Stmt, ok bool) {
	ok = true
	ast.Inspect(m.outermost(), func(n ast.Node) bool {
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
	return ok && sel.Sel.Name == m.version.field && m.entity.is(m.Info.TypeOf(sel.X))
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
	if m.variable(sel.X) != m.value {
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
	return ok && m.isVersion(from) && m.variable(from.X) == m.old
}

// write makes the edits; counted is the statement by which the program counts on.
func (m *merge) write(counted ast.Stmt) bool {
	if m.version.added && counted != nil {
		return false
	}
	encode, _ := m.around(m.encoding).statement()
	if encode == nil || encode.Pos() > m.lit.Pos() && m.in != nil || encode.Pos() < m.got.Pos() {
		return false
	}
	code, ok := m.kept(counted, encode)
	if !ok {
		return false
	}
	if counted == nil {
		m.d.insert(m.file, encode.Pos(), m.value.Name()+"."+m.version.field+" = "+code+" + 1\n")
	}
	m.entity.add(m.d, m.version)
	if b, built := m.builder(); built {
		return m.buildDemand(b, m.version.attr, code)
	}
	return m.demand(m.version.attr, code, m.version.typ)
}

// kept gives the code of the version that was read, where the item is made of it and where it is put. It is kept in a
// variable where what was read is not in view there, is changed, or may be nil.
func (m *merge) kept(counted, encode ast.Stmt) (string, bool) {
	code := m.old.Name() + "." + m.version.field
	_, pointer := m.old.Type().Underlying().(*types.Pointer)
	optional := pointer && m.comparesNil()
	seen := m.sees(m.old)
	same := m.value == m.old
	if seen && !optional && !same {
		return code, true
	}
	name := m.fresh("version", "readVersion", "versionRead")
	switch {
	case seen && !optional:
		at := encode
		if counted != nil {
			at = counted
		}
		if !m.encloses(at) {
			return "", false
		}
		m.d.insert(m.file, at.Pos(), name+" := "+code+"\n")
		return name, true
	case seen:
		if same || !m.encloses(encode) {
			return "", false
		}
		m.d.insert(m.file, encode.Pos(), "var "+name+" "+m.version.typ.String()+"\nif "+m.old.Name()+" != nil {\n"+name+" = "+code+"\n}\n")
		return name, true
	case pointer || counted != nil:
		return "", false
	}
	outer := m.outer(m.got)
	if outer == nil || !m.captured(name+" = "+code) {
		return "", false
	}
	m.d.insert(m.file, outer.Pos(), "var "+name+" "+m.version.typ.String()+"\n")
	return name, true
}

// sees reports a variable that can be named where the item is put.
func (m *merge) sees(v *types.Var) bool {
	return slices.Contains(m.variables(m.call.Pos()), v)
}

// comparesNil reports that what was read may be nil.
func (m *merge) comparesNil() bool {
	found := false
	ast.Inspect(m.outermost(), func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok && (m.variable(b.X) == m.old && named(b.Y, "nil") || m.variable(b.Y) == m.old && named(b.X, "nil")) {
			found = true
		}
		return !found
	})
	return found
}

// encloses reports a statement of a block around the put.
func (m *merge) encloses(st ast.Stmt) bool { return m.outer(st) == st }

// captured writes a statement where what was read has just been filled.
func (m *merge) captured(text string) bool {
	if branch, ok := m.got.(*ast.IfStmt); ok {
		switch other := branch.Else.(type) {
		case nil:
			m.d.after(m.site, branch, text)
			return true
		case *ast.BlockStmt:
			m.d.replace(m.file, other.Lbrace+1, other.Lbrace+1, "\n"+text)
			return true
		}
		return false
	}
	st := m.got
	_, list := m.around(m.got).statement()
	if i := slices.Index(list, st); i >= 0 && i+1 < len(list) {
		if branch, ok := list[i+1].(*ast.IfStmt); ok && branch.Else == nil && branch.Init == nil && mentionsNil(branch.Cond) {
			st = branch
		}
	}
	m.d.after(m.site, st, text)
	return true
}

// blind says, for the title, that there are other puts of the entity, whose version nobody counts.
func (m *merge) blind() string {
	for _, pkg := range m.src.Packages {
		for _, f := range pkg.Files {
			found := false
			s := &site{src: m.src, Package: pkg, file: f}
			ast.Inspect(f, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || call == m.encoding || found {
					return !found
				}
				if n, ok := dynamo.Encodes(s.callee(call)); !ok || n >= len(call.Args) || !m.entity.is(pkg.Info.TypeOf(call.Args[n])) {
					return true
				}
				at := s.around(call)
				fn, ok := enclosing[*ast.FuncDecl](at)
				found = ok && !creating.MatchString(fn.Name.Name) && !at.changes(m.entity, m.version.field)
				return !found
			})
			if found {
				return "; other puts of " + m.entity.named.Obj().Name() + " must count it too"
			}
		}
	}
	return ""
}
