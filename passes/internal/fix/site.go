package fix

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A site is a place in the source with everything around it.
type site struct {
	src *Source
	*Package
	file *ast.File
	pos  token.Pos
	// path are the nodes around the place, innermost first.
	path []ast.Node
}

// at finds a place of a finding in the source.
func (src *Source) at(p finding.Pos) (*site, bool) {
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
			return &site{src: src, Package: pkg, file: file, pos: pos, path: path}, len(path) > 0
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

// around moves to a node of the same file.
func (s *site) around(n ast.Node) *site {
	c := *s
	c.pos = n.Pos()
	c.path, _ = astutil.PathEnclosingInterval(s.file, n.Pos(), n.End())
	return &c
}

// enclosing gives the innermost node of type T around a place.
func enclosing[T ast.Node](s *site) (T, bool) {
	for _, n := range s.path {
		if t, ok := n.(T); ok {
			return t, true
		}
	}
	var none T
	return none, false
}

// function gives the body and the signature of the innermost function around a place.
func (s *site) function() (*ast.BlockStmt, *types.Signature) {
	for _, n := range s.path {
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

// statement gives the innermost statement of a block around a place, and the block's statements.
func (s *site) statement() (ast.Stmt, []ast.Stmt) {
	for i, n := range s.path {
		st, ok := n.(ast.Stmt)
		if !ok || i+1 >= len(s.path) {
			continue
		}
		switch b := s.path[i+1].(type) {
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

// variables lists the variables of type-checked scopes that code at pos can name, innermost first.
func (s *site) variables(pos token.Pos) []*types.Var {
	var out []*types.Var
	seen := map[string]bool{}
	scope := s.scope(pos)
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

// scope gives the innermost scope at a place.
func (s *site) scope(pos token.Pos) *types.Scope {
	if file := s.Info.Scopes[s.file]; file != nil {
		if inner := file.Innermost(pos); inner != nil {
			return inner
		}
		return file
	}
	return s.Types.Scope()
}

// text is an expression as it is written.
func (s *site) text(n ast.Node) string {
	return s.src.text(n)
}

func (src *Source) text(n ast.Node) string {
	from, to := src.Fset.Position(n.Pos()), src.Fset.Position(n.End())
	content, err := src.Read(src.Fset.File(n.Pos()).Name())
	if err != nil || to.Offset > len(content) {
		return ""
	}
	return string(content[from.Offset:to.Offset])
}
