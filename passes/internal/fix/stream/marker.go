package stream

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/chain"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A handler that keeps markers of its own has a table for them, and looks there first. Its marker becomes the claim: it is put in
// the transaction of the effect, under a condition, and no more by itself.

// ClaimMarker puts the marker of a record, which is written apart from its effect, into one transaction with it. A marker of
// several effects cannot be put into each of their transactions.
func ClaimMarker(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	if len(f.Writes) != 2 || len(f.Reads) == 0 || f.Writes[0].Op != "UpdateItem" || f.Writes[1].Op != "PutItem" {
		return finding.Fix{}, false
	}
	m, ok := markerOf(src, f)
	if !ok || !m.alone(f) {
		return finding.Fix{}, false
	}
	c, ok := claimOn(src, f, m)
	if !ok || !m.sameClient(c.Site, c.call) {
		return finding.Fix{}, false
	}
	if !(&syntax.Cleanup{Site: m.at, D: c.d}).Line(m.stmt) {
		return finding.Fix{}, false
	}
	return c.d.Fix("leave the marker in one transaction with the update, unless it is there, and pass over a record that has one"+c.passes, true)
}

// A marker is what a handler leaves for a record that it has done.
type marker struct {
	*write.Request
	// at is the handler, stmt the statement there that leaves the marker, call the call in it; code is the record's identifier.
	at   *syntax.Site
	stmt ast.Stmt
	call *ast.CallExpr
	code string
	// id is the parameter that the identifier is in where the marker is made; nil in the handler itself.
	id *types.Var
	// key is an attribute of the marker's key.
	key string
}

// markerOf finds the marker of a finding, and the one statement that leaves it.
func markerOf(src *syntax.Source, f *finding.Finding) (*marker, bool) {
	w := f.Writes[1]
	at, ok := src.At(f.Pos)
	r, found := write.RequestOf(src, w)
	if !ok || !found || r.Made || len(w.Via) > 1 || len(f.Reads[0].Key) == 0 || !write.OfV2(r.Site, r.Input) {
		return nil, false
	}
	m := &marker{Request: r, at: at, key: f.Reads[0].Key[0]}
	for _, e := range r.Lit.Elts { // with other fields it does something else as well
		if kv, ok := e.(*ast.KeyValueExpr); !ok || !syntax.Named(kv.Key, dynamo.TableName, dynamo.Item) {
			return nil, false
		}
	}
	d := src.Draft()
	if m.code, _, _, ok = identifier(at, d); !ok || len(d.Files) > 0 {
		return nil, false
	}
	m.call = r.Call
	if len(w.Via) == 1 {
		l, ok := chain.NewLink(at, r.Site, w.Via[0].Line)
		if !ok || !m.takes(l) {
			return nil, false
		}
		m.call = l.Call
	}
	m.stmt = dispensable(at.Around(m.call), m.call)
	return m, m.stmt != nil
}

// takes finds the parameter by which the helper that makes the marker gets the record's identifier.
func (m *marker) takes(l *chain.Link) bool {
	i := slices.IndexFunc(l.Call.Args, func(e ast.Expr) bool { return m.at.Text(e) == m.code })
	if i < 0 {
		return false
	}
	m.id = l.Fn.Signature().Params().At(i)
	return len(l.Of.Assignments(m.id)) == 0
}

// dispensable gives the statement of a call that does nothing besides it, and goes on unless it has failed.
func dispensable(s *syntax.Site, call *ast.CallExpr) ast.Stmt {
	st, _ := s.Statement()
	branch, ok := st.(*ast.IfStmt)
	if !ok || branch.Else != nil {
		return nil
	}
	as, ok := branch.Init.(*ast.AssignStmt)
	if !ok || as.Tok != token.DEFINE || ast.Unparen(as.Rhs[0]) != ast.Expr(call) {
		return nil
	}
	if body, _ := s.BranchOf(branch, as); body == nil {
		return nil
	}
	return branch
}

// alone reports that nothing but the effect is done for a record before it has its marker: or else the marker would keep the rest
// from being done again.
func (m *marker) alone(f *finding.Finding) bool {
	_, _, from, _ := identifier(m.at, m.Src.Draft())
	i := slices.IndexFunc(m.at.Path, func(n ast.Node) bool { return n.Pos() <= from })
	if i < 0 || !syntax.Within(m.call, m.at.Path[i:i+1]) {
		return false
	}
	lines := []int{f.Pos.Line, m.Src.Fset.Position(m.call.Pos()).Line, f.Reads[0].Line}
	if via := f.Reads[0].Via; len(via) > 0 {
		lines[2] = via[0].Line
	}
	only := true
	ast.Inspect(m.at.Path[i], func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || call.Pos() < from || !only {
			return only
		}
		if slices.Contains(lines, m.Src.Fset.Position(call.Lparen).Line) || m.at.Logged(call) || harmless(m.at, call) {
			return true
		}
		only = false
		return false
	})
	return only
}

// harmless reports a call that only gives a value: a conversion, one of a record's own methods, or of the standard library's
// packages for text.
func harmless(s *syntax.Site, call *ast.CallExpr) bool {
	if s.Info.Types[call.Fun].IsType() || s.Pure(call) {
		return true
	}
	f := s.CalledFunc(call)
	if f == nil {
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		_, builtin := s.Info.Uses[id].(*types.Builtin)
		return ok && builtin
	}
	path := ""
	if f.Pkg() != nil {
		path = f.Pkg().Path()
	}
	return strings.HasSuffix(path, "aws-lambda-go/events") || slices.Contains([]string{"errors", "fmt", "strings", "strconv", "time"}, path) || path == write.AwsPath
}

// sameClient reports an effect that is sent by the client that the marker is sent by.
func (m *marker) sameClient(s *syntax.Site, call *ast.CallExpr) bool {
	a, ok := syntax.CallSelector(m.Request.Call)
	b, ok2 := syntax.CallSelector(call)
	if !ok || !ok2 {
		return false
	}
	x, ok := ast.Unparen(a.X).(*ast.SelectorExpr)
	y, ok2 := ast.Unparen(b.X).(*ast.SelectorExpr)
	return ok && ok2 && m.Info.Uses[x.Sel] != nil && m.Info.Uses[x.Sel] == s.Info.Uses[y.Sel]
}

// put writes the marker's table and item for a claim at a site, whose code is what the marker is kept by.
func (m *marker) put(d *syntax.Draft, s *syntax.Site, code string) (table, item string, ok bool) {
	t, i := write.Field(m.Lit, dynamo.TableName), write.Field(m.Lit, dynamo.Item)
	if t == nil || i == nil {
		return "", "", false
	}
	table, _, ok = m.moved(d, s, t.Value, code)
	item, kept, ok2 := m.moved(d, s, i.Value, code)
	return table, item, ok && ok2 && kept
}

// moved writes an expression of the marker's function at a site, with the code of what the marker is kept by; kept tells whether
// that is in it, ok is false where it means something else there.
func (m *marker) moved(d *syntax.Draft, s *syntax.Site, e ast.Expr, code string) (text string, kept, ok bool) {
	text, start := m.Text(e), e.Pos()
	if s.Package != m.Package {
		return "", false, false
	}
	type place struct{ from, to token.Pos }
	var holes []place
	ok = true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case ast.Expr:
			if m.id == nil && m.Text(n) == m.code {
				holes = append(holes, place{n.Pos(), n.End()})
				return false
			}
		}
		id, isName := n.(*ast.Ident)
		if !isName {
			return ok
		}
		if v, isVar := m.Info.Uses[id].(*types.Var); isVar && m.id != nil && v == m.id {
			holes = append(holes, place{id.Pos(), id.End()})
			return true
		}
		ok = ok && m.known(d, s, id)
		return ok
	})
	slices.Reverse(holes)
	for _, h := range holes {
		text = text[:h.from-start] + code + text[h.to-start:]
	}
	return text, len(holes) > 0, ok
}

// known reports a name that means the same at a site.
func (m *marker) known(d *syntax.Draft, s *syntax.Site, id *ast.Ident) bool {
	obj := m.Info.Uses[id]
	switch o := obj.(type) {
	case *types.PkgName:
		name, ok := d.Use(s, o.Imported().Path(), o.Name())
		return ok && name == id.Name
	case *types.Var:
		if o.IsField() {
			return true
		}
		if recv := receiver(m.Request.Site); recv == o {
			theirs := receiver(s)
			return theirs != nil && theirs.Name() == o.Name() && types.Identical(theirs.Type(), o.Type())
		}
	case *types.Func:
		if o.Signature().Recv() != nil {
			return true
		}
	}
	if obj == nil || obj.Pkg() != nil && obj.Pkg() != m.Types {
		return true // the field of a literal, or behind a package's name
	}
	return s.Names(id.Name, obj)
}

// receiver gives the receiver of the method around a place; nil in a function.
func receiver(s *syntax.Site) *types.Var {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
	if !ok || fn.Recv == nil || len(fn.Recv.List) != 1 || len(fn.Recv.List[0].Names) != 1 {
		return nil
	}
	v, _ := s.Info.Defs[fn.Recv.List[0].Names[0]].(*types.Var)
	return v
}
