package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A Site is a place in the source with everything around it.
type Site struct {
	Src *Source
	*Package
	File *ast.File
	Pos  token.Pos
	// Path are the nodes around the place, innermost first.
	Path []ast.Node
}

// Sites are the files of the source, in order: each as the place of the whole file, without a path.
func (src *Source) Sites() iter.Seq[*Site] {
	return func(yield func(*Site) bool) {
		for _, pkg := range src.Packages {
			for _, file := range pkg.Files {
				if !yield(&Site{Src: src, Package: pkg, File: file}) {
					return
				}
			}
		}
	}
}

// At finds a place of a finding in the source.
func (src *Source) At(p finding.Pos) (*Site, bool) {
	for _, pkg := range src.Packages {
		for _, file := range pkg.Files {
			tf := src.Fset.File(file.FileStart)
			if tf == nil || tf.Name() != p.File || p.Line < 1 || p.Line > tf.LineCount() {
				continue
			}
			pos := tf.LineStart(p.Line) + token.Pos(max(p.Col-1, 0))
			if p.Col == 0 {
				pos = src.firstOf(tf, pos)
			}
			path, _ := astutil.PathEnclosingInterval(file, pos, pos)
			return &Site{Src: src, Package: pkg, File: file, Pos: pos, Path: path}, len(path) > 0
		}
	}
	return nil, false
}

// firstOf gives the first character of a line that is no blank.
func (src *Source) firstOf(tf *token.File, line token.Pos) token.Pos {
	content, err := src.Read(tf.Name())
	at := tf.Offset(line)
	for err == nil && at < len(content) && at < tf.Size() && (content[at] == '\t' || content[at] == ' ') {
		at++
	}
	return tf.Pos(at)
}

// Around moves to a node of the same file.
func (s *Site) Around(n ast.Node) *Site {
	c := *s
	c.Pos = n.Pos()
	c.Path, _ = astutil.PathEnclosingInterval(s.File, n.Pos(), n.End())
	return &c
}

// Enclosing gives the innermost node of type T around a place.
func Enclosing[T ast.Node](s *Site) (T, bool) {
	for _, n := range s.Path {
		if t, ok := n.(T); ok {
			return t, true
		}
	}
	var none T
	return none, false
}

// Function gives the body and the signature of the innermost function around a place.
func (s *Site) Function() (*ast.BlockStmt, *types.Signature) {
	for _, n := range s.Path {
		switch f := n.(type) {
		case *ast.FuncLit:
			sig, _ := s.Info.TypeOf(f).(*types.Signature)
			return f.Body, sig
		case *ast.FuncDecl:
			sig, _ := s.Info.TypeOf(f.Name).(*types.Signature)
			return f.Body, sig
		}
	}
	return nil, nil
}

// Statement gives the innermost statement of a block around a place, and the block's statements.
func (s *Site) Statement() (ast.Stmt, []ast.Stmt) {
	for i, n := range s.Path {
		st, ok := n.(ast.Stmt)
		if !ok || i+1 >= len(s.Path) {
			continue
		}
		switch b := s.Path[i+1].(type) {
		case *ast.BlockStmt:
			return st, b.List
		case *ast.CaseClause:
			return st, b.Body
		case *ast.CommClause:
			return st, b.Body
		}
	}
	return nil, nil
}

// Variables lists the variables of type-checked scopes that code at pos can name, innermost first.
func (s *Site) Variables(pos token.Pos) []*types.Var {
	var out []*types.Var
	seen := map[string]bool{}
	scope := s.Scope(pos)
	for ; scope != nil && scope != s.Types.Scope() && scope != types.Universe; scope = scope.Parent() {
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if ok && !seen[name] && name != "_" && (v.Pos() < pos || scope.Pos() == token.NoPos) {
				seen[name] = true
				out = append(out, v)
			}
		}
	}
	return out
}

// Scope gives the innermost scope at a place.
func (s *Site) Scope(pos token.Pos) *types.Scope {
	if file := s.Info.Scopes[s.File]; file != nil {
		if inner := file.Innermost(pos); inner != nil {
			return inner
		}
		return file
	}
	return s.Types.Scope()
}

// Text is an expression as it is written.
func (s *Site) Text(n ast.Node) string {
	return s.Src.Text(n)
}

// Text gives the source of a node.
func (src *Source) Text(n ast.Node) string {
	from, to := src.Fset.Position(n.Pos()), src.Fset.Position(n.End())
	content, err := src.Read(src.Fset.File(n.Pos()).Name())
	if err != nil || to.Offset > len(content) {
		return ""
	}
	return string(content[from.Offset:to.Offset])
}

// CalledName is the name in a call.
func CalledName(call *ast.CallExpr) *ast.Ident {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	switch x := fun.(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	}
	return nil
}

// Ends reports a block that is left for good.
func Ends(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	return Leaves(b.List[len(b.List)-1])
}

// Callee gives the function that a call names.
func (s *Site) Callee(call *ast.CallExpr) *types.Func {
	f, _ := s.Info.Uses[CalledName(call)].(*types.Func)
	return f
}

// IsRange reports a loop over a range.
func IsRange(st ast.Stmt) bool { _, ok := st.(*ast.RangeStmt); return ok }

// LoopBody gives what a loop repeats.
func LoopBody(loop ast.Stmt) *ast.BlockStmt {
	switch l := loop.(type) {
	case *ast.ForStmt:
		return l.Body
	case *ast.RangeStmt:
		return l.Body
	}
	return &ast.BlockStmt{}
}

// Exclusive reports two calls of which only one is made: they stand in different branches, or one of them in a branch that
// ends before the other.
func (s *Site) Exclusive(a, b ast.Node) bool {
	pa, pb := s.Around(a).Path, s.Around(b).Path
	for i, n := range pa {
		j := slices.Index(pb, n)
		if j < 0 {
			continue
		}
		if i == 0 || j == 0 {
			return false
		}
		branch, ok := n.(*ast.IfStmt)
		if ok && branch.Else != nil && (pa[i-1] == ast.Node(branch.Body) && pb[j-1] == branch.Else || pb[j-1] == ast.Node(branch.Body) && pa[i-1] == branch.Else) {
			return true
		}
		_, one := pa[i-1].(*ast.CaseClause)
		_, two := pb[j-1].(*ast.CaseClause)
		return one && two || leavesFirst(pa[:i], pb[:j])
	}
	return false
}

// leavesFirst reports that the one of two places that comes first is in a block that is left before the other.
func leavesFirst(a, b []ast.Node) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if a[0].Pos() > b[0].Pos() {
		a = b
	}
	return slices.ContainsFunc(a, func(n ast.Node) bool {
		block, ok := n.(*ast.BlockStmt)
		return ok && Ends(block)
	})
}

// Outermost gives the declared function around a place, or the file.
func (s *Site) Outermost() ast.Node {
	for _, n := range s.Path {
		if f, ok := n.(*ast.FuncDecl); ok {
			return f
		}
	}
	return s.File
}

// CalledFunc gives the function or method that a call names.
func (s *Site) CalledFunc(call *ast.CallExpr) *types.Func {
	if call == nil || CalledName(call) == nil {
		return nil
	}
	return s.Callee(call)
}

// CallSelector gives x.f of a call x.f().
func CallSelector(call *ast.CallExpr) (*ast.SelectorExpr, bool) {
	if call == nil {
		return nil, false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return sel, ok
}
